// base_bytes_test.cpp - strings, numbers and memory without a C library.

#include "base/bytes.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

// base/mem.cpp under names that are not the C library's.
extern "C" {
void* ckpt_test_memcpy(void* to, const void* from, size_t n);
void* ckpt_test_memmove(void* to, const void* from, size_t n);
void* ckpt_test_memset(void* to, int value, size_t n);
int ckpt_test_memcmp(const void* a, const void* b, size_t n);
}

namespace ckpt {
namespace {

TEST(Strings, ComparesLikeTheCLibrary) {
  EXPECT_EQ(StrLen(""), 0u);
  EXPECT_EQ(StrLen("four"), 4u);
  EXPECT_TRUE(StrEq("", ""));
  EXPECT_FALSE(StrEq("a", ""));
  EXPECT_FALSE(StrEq("", "a"));
  EXPECT_FALSE(StrEq("ab", "ac"));
  EXPECT_TRUE(StartsWith("prog", ""));
  EXPECT_TRUE(StartsWith("prog", "prog"));
  EXPECT_FALSE(StartsWith("pro", "prog"));
  EXPECT_TRUE(EndsWith("x (deleted)", " (deleted)"));
  EXPECT_FALSE(EndsWith("d", "ed"));
}

TEST(Strings, BaseNameIsBehindTheLastSlash) {
  EXPECT_STREQ(BaseName("prog"), "prog");
  EXPECT_STREQ(BaseName("/a/b"), "b");
  EXPECT_STREQ(BaseName("/a/"), "");
}

TEST(Strings, CopyTerminatesAndTellsWhatItCut) {
  char small[4];
  EXPECT_TRUE(StrCopy(small, sizeof(small), "abc"));
  EXPECT_STREQ(small, "abc");
  EXPECT_FALSE(StrCopy(small, sizeof(small), "abcd"));
  EXPECT_STREQ(small, "abc");
  EXPECT_FALSE(StrCopy(small, 1, "a"));
  EXPECT_STREQ(small, "");
}

TEST(Numbers, MovesBehindTheDigits) {
  const char* p = "123,4";
  EXPECT_EQ(ParseNumber(&p, 10), 123u);
  EXPECT_STREQ(p, ",4");
  p = "7ffdeadbeefx";
  EXPECT_EQ(ParseNumber(&p, 16), 0x7ffdeadbeefu);
  EXPECT_STREQ(p, "x");
  p = "0778";
  EXPECT_EQ(ParseOctal(&p), 077u);
  EXPECT_STREQ(p, "8");
}

TEST(Numbers, DoNotWrap) {
  const char* p = "18446744073709551615";
  EXPECT_EQ(ParseNumber(&p, 10), 18446744073709551615u);
  for (const char* text : {"18446744073709551616", "18446744073709551626",
                           "99999999999999999999999"}) {
    p = text;
    EXPECT_EQ(ParseNumber(&p, 10), ~uint64_t{0}) << text;
    EXPECT_STREQ(p, "");
  }
  p = "ffffffffffffffff";
  EXPECT_EQ(ParseNumber(&p, 16), ~uint64_t{0});
  p = "10000000000000000";
  EXPECT_EQ(ParseNumber(&p, 16), ~uint64_t{0});
}

TEST(Numbers, WithoutADigitNothingMoves) {
  const char* const text = "-1";
  const char* p = text;
  EXPECT_EQ(ParseNumber(&p, 10), 0u);
  EXPECT_EQ(p, text);
}

TEST(NextLine, CutsInPlace) {
  char text[] = "one\n\nlast";
  char* cursor = text;
  EXPECT_STREQ(NextLine(&cursor), "one");
  EXPECT_STREQ(NextLine(&cursor), "");
  EXPECT_STREQ(NextLine(&cursor), "last");
  EXPECT_EQ(NextLine(&cursor), nullptr);
}

TEST(Memory, MovesAsTheCLibraryDoes) {
  std::string pattern(300, '\0');
  for (size_t i = 0; i < pattern.size(); ++i) {
    pattern[i] = static_cast<char>(i * 31);
  }
  for (size_t from = 0; from < 40; from += 13) {
    for (size_t to = 0; to < 40; to += 11) {
      for (size_t size : {0u, 1u, 7u, 64u, 250u}) {
        std::string want = pattern, got = pattern;
        std::memmove(&want[to], &want[from], size);
        EXPECT_EQ(ckpt_test_memmove(&got[to], &got[from], size), &got[to]);
        EXPECT_EQ(got, want) << from << " " << to << " " << size;
      }
    }
  }
}

TEST(Memory, CopiesSetsAndCompares) {
  char a[100], b[100];
  EXPECT_EQ(ckpt_test_memset(a, 0x1ab, sizeof(a)), a);
  EXPECT_EQ(a[99], static_cast<char>(0xab));
  EXPECT_EQ(ckpt_test_memcpy(b, a, sizeof(a)), b);
  EXPECT_EQ(ckpt_test_memcmp(a, b, sizeof(a)), 0);
  b[50] = 0x7f;  // bytes are unsigned: 0xab is more
  EXPECT_GT(ckpt_test_memcmp(a, b, sizeof(a)), 0);
  EXPECT_LT(ckpt_test_memcmp(b, a, sizeof(a)), 0);
  EXPECT_EQ(ckpt_test_memcmp(a, b, 50), 0);
  EXPECT_TRUE(BytesEq(a, b, 50));
  EXPECT_FALSE(BytesEq(a, b, 51));
}

}  // namespace
}  // namespace ckpt
