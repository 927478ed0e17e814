// Tests of runtime/image/checksum.h.

#include "image/checksum.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace ckpt::image {
namespace {

// Intent: the function is XXH3-64 with seed 0, whatever library version or
// vector code is behind it; otherwise images would not travel.
TEST(Checksum, IsXxh3) {
  EXPECT_EQ(Xxh3("", 0), 0x2d06800538d394c2u);
}

// Intent: every place of the zeroed field, across the library's internal
// buffer and stripe sizes, gives what hashing a changed copy gives.
TEST(Checksum, FieldCountsAsZero) {
  std::vector<uint8_t> bytes(4096);
  for (size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<uint8_t>(i * 7 + 1);
  }
  for (size_t field = 0; field + 8 <= bytes.size(); field += 8) {
    std::vector<uint8_t> copy = bytes;
    for (size_t i = 0; i < 8; ++i) copy[field + i] = 0;
    ASSERT_EQ(Xxh3WithFieldZero(bytes.data(), bytes.size(), field),
              Xxh3(copy.data(), copy.size()))
        << field;
  }
}

}  // namespace
}  // namespace ckpt::image
