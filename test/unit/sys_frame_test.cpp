// sys_frame_test.cpp - which system call code makes. The libraries that are
// installed: core_stubs_test.cpp.

#include <gtest/gtest.h>

#include <vector>

#include "sys/x86_64/call_number.h"

namespace ckpt::sys {
namespace {

long NumberIn(std::vector<unsigned char> code) {
  // What is before must not matter.
  static ucontext_t frame{};
  frame.uc_mcontext.gregs[REG_RDX] = 202;
  long first = -1;
  for (unsigned char filler : {0xcc, 0x00, 0x24, 0x48, 0x8b, 0xb8, 0xff}) {
    std::vector<unsigned char> all(64, filler);
    const size_t at = all.size() + code.size();
    all.insert(all.end(), code.begin(), code.end());
    const long number = NumberLoadedBefore(all.data() + at, &frame);
    if (filler == 0xcc) first = number;
    if (number != first) return -2;
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

TEST(Frame, FindsTheNumberInAnotherRegister) {
  // mov %edx, %eax
  EXPECT_EQ(NumberIn({0x89, 0xd0}), 202);
  // mov %edx, %eax; mov %r9, %r8; mov 0x8(%rsp), %r9
  EXPECT_EQ(NumberIn({0x89, 0xd0, 0x4d, 0x89, 0xc8, 0x4c, 0x8b, 0x4c, 0x24,
                      0x08}),
            202);
  // mov $0xca, %rax; xor $0x80, %sil
  EXPECT_EQ(NumberIn({0x48, 0xc7, 0xc0, 0xca, 0, 0, 0, 0x40, 0x80, 0xf6,
                      0x80}),
            202);
  // push $7; pop %rax
  EXPECT_EQ(NumberIn({0x6a, 0x07, 0x58}), 7);
}

TEST(Frame, FindsTheNumberOnTheStack) {
  int stack[4] = {1, 2, 35, 4};
  ucontext_t frame{};
  frame.uc_mcontext.gregs[REG_RBP] = reinterpret_cast<greg_t>(stack + 3);
  // mov -0x4(%rbp), %eax; mov -0x10(%rbp), %rdi
  std::vector<unsigned char> code(64, 0xcc);
  for (unsigned char byte : {0x8b, 0x45, 0xfc, 0x48, 0x8b, 0x7d, 0xf0}) {
    code.push_back(byte);
  }
  EXPECT_EQ(NumberLoadedBefore(code.data() + code.size(), &frame), 35);
}

TEST(Frame, KnowsNoNumberOfOtherCode) {
  // mov %edx, %eax; mov %esi, %edx
  EXPECT_EQ(NumberIn({0x89, 0xd0, 0x89, 0xf2}), -1);
  // syscall(2): mov %rdi, %rax; mov %rsi, %rdi
  EXPECT_EQ(NumberIn({0x48, 0x89, 0xf8, 0x48, 0x89, 0xf7}), -1);
  // mov $7, %eax; cmove %edx, %eax
  EXPECT_EQ(NumberIn({0xb8, 7, 0, 0, 0, 0x0f, 0x44, 0xc2}), -1);
  // mov $7, %eax; ret
  EXPECT_EQ(NumberIn({0xb8, 7, 0, 0, 0, 0xc3}), -1);
  // mov $7, %r8d
  EXPECT_EQ(NumberIn({0x41, 0xb8, 7, 0, 0, 0}), -1);
}

}  // namespace
}  // namespace ckpt::sys
