// base_line_test.cpp - text in a fixed buffer.

#include "base/line.h"

#include <gtest/gtest.h>

namespace ckpt {
namespace {

TEST(Line, BuildsText) {
  EXPECT_STREQ(Line().Str("a").Char(' ').Dec(0).text(), "a 0");
  EXPECT_STREQ(Line().Dec(~uint64_t{0}).text(), "18446744073709551615");
  EXPECT_STREQ(Line().Hex(0).text(), "0");
  EXPECT_STREQ(Line().Hex(0xbeef).text(), "beef");
  EXPECT_STREQ(Line().Hex(0xe, 2).text(), "0e");
  EXPECT_STREQ(Line().Hex(~uint64_t{0}, 4).text(), "ffffffffffffffff");
}

TEST(Line, SecondsHaveThreePlaces) {
  EXPECT_STREQ(Line().Seconds(0).text(), "0.000");
  EXPECT_STREQ(Line().Seconds(1999).text(), "0.001");
  EXPECT_STREQ(Line().Seconds(61000001).text(), "61.000");
}

TEST(Line, CutsInsteadOfOverflowing) {
  LineOf<4> line;
  line.Str("abc");
  EXPECT_FALSE(line.cut());
  line.Char('d').Dec(12).Hex(3);
  EXPECT_TRUE(line.cut());
  EXPECT_STREQ(line.text(), "abc");
  EXPECT_EQ(line.size(), 3u);
}

}  // namespace
}  // namespace ckpt
