// track_tables_test.cpp - the file table and the strings of an image.

#include <fcntl.h>
#include <gtest/gtest.h>

#include "track/file_table.h"
#include "track/strings.h"

namespace ckpt::track {
namespace {

TEST(FileTable, KeepsOnlyWhatTheKernelForgets) {
  NoteOpen(5, O_RDWR | O_CREAT | O_TRUNC | O_APPEND);
  EXPECT_EQ(CreationFlags(5), unsigned{O_CREAT | O_TRUNC});
  NoteOpen(5, O_RDONLY);
  EXPECT_EQ(CreationFlags(5), 0u);
}

TEST(FileTable, FollowsDupAndClose) {
  NoteOpen(6, O_WRONLY | O_CREAT | O_EXCL);
  NoteDup(6, 7);
  NoteClose(6);
  EXPECT_EQ(CreationFlags(6), 0u);
  EXPECT_EQ(CreationFlags(7), unsigned{O_CREAT | O_EXCL});
  NoteClose(7);
}

TEST(FileTable, LeavesOtherNumbersAlone) {
  for (int fd : {-1, -9, kTrackedFds, kTrackedFds + 1, 0x7fffffff}) {
    NoteOpen(fd, O_CREAT);
    NoteDup(5, fd);
    NoteDup(fd, 8);
    NoteClose(fd);
    EXPECT_EQ(CreationFlags(fd), 0u);
    EXPECT_EQ(CreationFlags(8), 0u);
  }
}

TEST(Strings, ZeroIsTheEmptyOne) {
  char memory[32];
  Strings strings(Arena(memory, sizeof(memory)));
  EXPECT_STREQ(strings.Get(0), "");
  const image::StringRef one = strings.Add("one");
  const image::StringRef two = strings.Add("two");
  EXPECT_EQ(one, 1u);
  EXPECT_EQ(two, one + 4);  // behind it, for lists of arguments
  EXPECT_STREQ(strings.Get(two), "two");
  EXPECT_EQ(strings.bytes().size, 9u);
  EXPECT_FALSE(strings.full());
}

TEST(Strings, SaysWhenItIsFull) {
  char memory[8];
  Strings strings(Arena(memory, sizeof(memory)));
  EXPECT_EQ(strings.Add("too long"), 0u);
  EXPECT_TRUE(strings.full());
  EXPECT_STREQ(strings.Get(strings.Add("x")), "x");
  EXPECT_TRUE(Strings(Arena()).full());
}

}  // namespace
}  // namespace ckpt::track
