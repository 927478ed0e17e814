// sys_frame_test.cpp - which system call code makes.

#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "sys/x86_64/frame.h"

namespace ckpt::sys {
namespace {

long NumberIn(std::vector<unsigned char> code) {
  // What is before must not matter.
  for (unsigned char filler : {0x00, 0x24, 0x48, 0x8b, 0xb8, 0xff}) {
    std::vector<unsigned char> all(16, filler);
    const size_t at = all.size() + code.size();
    all.insert(all.end(), code.begin(), code.end());
    const long number = NumberLoadedBefore(all.data() + at);
    if (number != NumberLoadedBefore(code.data() + code.size())) return -2;
    if (filler == 0xff) return number;
  }
  return -2;
}

TEST(Frame, FindsTheNumberOfAStub) {
  // mov $0x46, %eax
  EXPECT_EQ(NumberIn({0x90, 0x90, 0x90, 0x90, 0x90, 0xb8, 0x46, 0, 0, 0}),
            0x46);
  // mov $0x10e, %eax; mov 0x1c(%rsp), %edi
  EXPECT_EQ(NumberIn({0x90, 0xb8, 0x0e, 0x01, 0, 0, 0x8b, 0x7c, 0x24, 0x1c}),
            0x10e);
  // mov $0x2d, %eax; mov 0x8(%rsp), %rsi
  EXPECT_EQ(NumberIn({0xb8, 0x2d, 0, 0, 0, 0x48, 0x8b, 0x74, 0x24, 0x08}),
            0x2d);
  // xor %eax, %eax
  EXPECT_EQ(
      NumberIn({0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x31, 0xc0}),
      0);
}

TEST(Frame, KnowsNoNumberOfOtherCode) {
  // mov %edx, %eax
  EXPECT_EQ(
      NumberIn({0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x89, 0xd0}),
      -1);
  // syscall(2): mov 0x8(%rsp), %r9
  EXPECT_EQ(
      NumberIn({0x4d, 0x89, 0xc8, 0x90, 0x90, 0x4c, 0x8b, 0x4c, 0x24, 0x08}),
      -1);
}

}  // namespace
}  // namespace ckpt::sys
