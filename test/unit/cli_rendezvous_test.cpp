// Tests of cli/rendezvous.h: what /proc says about a process under ckpt.

#include "rendezvous.h"

#include <gtest/gtest.h>

#include <sstream>

namespace ckpt::cli {
namespace {

constexpr char kRun[] = "00112233445566778899aabbccddeeff";
constexpr char kOtherRun[] = "ffffffffffffffffffffffffffffffff";

std::string MapsLine(const std::string& name) {
  return "7f0000000000-7f0000001000 ---s 00000000 00:01 1234      "
         "                 /memfd:" +
         name + " (deleted)\n";
}

std::optional<Rendezvous> Find(const std::string& maps) {
  std::istringstream stream(maps);
  return FindRendezvous(stream);
}

// Intent: run id, signal and directory come out of one name among other lines.
TEST(Rendezvous, IsFoundInMaps) {
  const auto found =
      Find("00400000-00401000 r-xp 00000000 00:01 1      /bin/prog\n" +
           MapsLine(std::string("ckpt:1:") + kRun + ":64:0:/home/me/run") +
           "7ffff0000000-7ffff0021000 rw-p 00000000 00:00 0    [stack]\n");
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->run_id, kRun);
  EXPECT_EQ(found->stop_signal, 64);
  EXPECT_EQ(found->directory, "/home/me/run");
}

// Intent: the pieces of a long directory are joined by number, not by address.
TEST(Rendezvous, JoinsPiecesByNumber) {
  const std::string start = std::string("ckpt:1:") + kRun + ":64:";
  std::string maps;
  for (const int part : {10, 1, 0, 2, 9, 3, 8, 4, 7, 5, 6}) {
    maps += MapsLine(start + std::to_string(part) + ":/p" +
                     std::to_string(part));
  }
  const auto found = Find(maps);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->directory, "/p0/p1/p2/p3/p4/p5/p6/p7/p8/p9/p10");
}

// Intent: colons, blanks and newlines belong to the directory.
TEST(Rendezvous, TakesAnyDirectoryName) {
  const auto found = Find(MapsLine(std::string("ckpt:1:") + kRun +
                                   ":10:0:/a:b/c d\\012e (deleted)"));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->directory, "/a:b/c d\ne (deleted)");
}

// Intent: a missing piece is not passed over.
TEST(Rendezvous, NeedsEveryPiece) {
  const std::string start = std::string("ckpt:1:") + kRun + ":64:";
  EXPECT_FALSE(Find(MapsLine(start + "0:/a") + MapsLine(start + "2:/c")));
  EXPECT_FALSE(Find(MapsLine(start + "1:/a")));
}

// Intent: pieces of another run do not mix with these.
TEST(Rendezvous, KeepsRunsApart) {
  const auto found =
      Find(MapsLine(std::string("ckpt:1:") + kRun + ":64:0:/a") +
           MapsLine(std::string("ckpt:1:") + kOtherRun + ":64:1:/b"));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->directory, "/a");
}

// Intent: names that only look like ours are left alone.
TEST(Rendezvous, IgnoresOtherNames) {
  const std::string run(kRun);
  EXPECT_FALSE(Find(""));
  EXPECT_FALSE(Find(MapsLine("ckpt:2:" + run + ":64:0:/a")));
  EXPECT_FALSE(Find(MapsLine("ckpt:1:short:64:0:/a")));
  EXPECT_FALSE(Find(MapsLine("ckpt:1:" + run + ":65:0:/a")));
  EXPECT_FALSE(Find(MapsLine("ckpt:1:" + run + ":0:0:/a")));
  EXPECT_FALSE(Find(MapsLine("ckpt:1:" + run + ":64:x:/a")));
  EXPECT_FALSE(Find(MapsLine("ckpt:1:" + run + ":64:0:relative")));
  EXPECT_FALSE(Find(MapsLine("ckpt:1:" + run)));
  EXPECT_FALSE(Find("memfd:ckpt:1:" + run + ":64:0:/a\n"));
}

// Intent: the mask of caught signals is read bit by bit, signal 64 included.
TEST(CatchesSignal, ReadsTheMask) {
  const std::string text = "Name:\tprog\nSigIgn:\tffffffffffffffff\n"
                           "SigCgt:\t8000000000000200\n";
  std::istringstream last(text), tenth(text), other(text);
  EXPECT_TRUE(CatchesSignal(last, 64));
  EXPECT_TRUE(CatchesSignal(tenth, 10));
  EXPECT_FALSE(CatchesSignal(other, 9));
}

// Intent: without the line there is no handler.
TEST(CatchesSignal, NeedsTheLine) {
  std::istringstream status("Name:\tprog\n");
  EXPECT_FALSE(CatchesSignal(status, 10));
}

}  // namespace
}  // namespace ckpt::cli
