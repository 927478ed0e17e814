// Tests of cli/text.h and cli/table.h.

#include "text.h"

#include <gtest/gtest.h>

#include "captured_output.h"
#include "table.h"

namespace ckpt::cli {
namespace {

// Intent: sizes keep to four digits, also next to the change of unit.
TEST(Text, HumanSize) {
  EXPECT_EQ(HumanSize(0), "0 B");
  EXPECT_EQ(HumanSize(1023), "1023 B");
  EXPECT_EQ(HumanSize(4096), "4.0 KiB");
  EXPECT_EQ(HumanSize((1 << 20) - 1), "1.0 MiB");
  EXPECT_EQ(HumanSize(3ull << 29), "1.5 GiB");
  EXPECT_EQ(HumanSize(~0ull), "16.0 EiB");
}

// Intent: ages change their unit where the number would get long.
TEST(Text, Age) {
  constexpr uint64_t kSecond = 1000000000;
  EXPECT_EQ(Age(0, 59 * kSecond), "59s");
  EXPECT_EQ(Age(0, 60 * kSecond), "1m");
  EXPECT_EQ(Age(0, 47 * 3600 * kSecond), "47h");
  EXPECT_EQ(Age(0, 48 * 3600 * kSecond), "2d");
  EXPECT_EQ(Age(5, 4), "-");
}

// Intent: names of files and threads cannot steer the terminal.
TEST(Text, PrintableHidesControlCharacters) {
  EXPECT_EQ(Printable("a\x1b[1mb\n"), "a\\x1b[1mb\\x0a");
}

// Intent: an argument is shown so that a shell would take it back.
TEST(Text, ShellWord) {
  EXPECT_EQ(ShellWord("--size=4"), "--size=4");
  EXPECT_EQ(ShellWord("a b"), "'a b'");
  EXPECT_EQ(ShellWord("it's"), "'it'\\''s'");
  EXPECT_EQ(ShellWord(""), "''");
}

// Intent: columns are as wide as their widest cell, numbers to the right.
TEST(Table, AlignsColumns) {
  const CapturedOutput output;
  Table table({"NAME", ">SIZE", "END"}, 2);
  table.Row({"long name", "1", "x"});
  table.Row({"n", "1000", ""});
  table.Print(output.stream());
  EXPECT_EQ(output.Text(),
            "  NAME       SIZE  END\n"
            "  long name     1  x\n"
            "  n          1000\n");
}

}  // namespace
}  // namespace ckpt::cli
