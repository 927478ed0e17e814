// Tests of runtime/track/file_locks.cpp: lines of fdinfo.

#include "track/file_locks.h"

#include <gtest/gtest.h>

namespace ckpt::track {
namespace {

using image::FileLockKind;
using image::FileLockRecord;

// Intent: kind, mode and range of each kind of lock.
TEST(FileLocks, LinesAreRead) {
  FileLockRecord lock{};
  ASSERT_TRUE(ParseFileLock("1: POSIX  ADVISORY  WRITE 4711 08:01:123 0 EOF",
                            &lock));
  EXPECT_EQ(lock.kind, FileLockKind::kPosix);
  EXPECT_EQ(lock.exclusive, 1u);
  EXPECT_EQ(lock.start, 0u);
  EXPECT_EQ(lock.end, image::kToTheEnd);
  ASSERT_TRUE(ParseFileLock("12: OFDLCK ADVISORY  READ -1 08:01:123 10 19",
                            &lock));
  EXPECT_EQ(lock.kind, FileLockKind::kOpenFile);
  EXPECT_EQ(lock.exclusive, 0u);
  EXPECT_EQ(lock.start, 10u);
  EXPECT_EQ(lock.end, 19u);
  ASSERT_TRUE(ParseFileLock("3: FLOCK  ADVISORY  WRITE 1 fd:00:9 0 EOF",
                            &lock));
  EXPECT_EQ(lock.kind, FileLockKind::kFlock);
}

// Intent: what is no lock, or cut short, is harmless.
TEST(FileLocks, OtherLinesAreNone) {
  FileLockRecord lock{};
  EXPECT_FALSE(ParseFileLock("1: LEASE  ACTIVE    READ 1 08:01:1 0 EOF",
                             &lock));
  EXPECT_FALSE(ParseFileLock("", &lock));
  EXPECT_FALSE(ParseFileLock("1:", &lock));
  EXPECT_TRUE(ParseFileLock("1: POSIX", &lock));
}

}  // namespace
}  // namespace ckpt::track
