// Intent: files without a name (unlinked, tmpfile, O_TMPFILE) are carried with
// their content, holes, offsets, sharing and flags, by way of any number of
// restarts; they get no name, but for O_TMPFILE by linkat.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids ns %t
// RUN: %generations --ids new --user nobody %t
// REQUIRES: nobody
#include <sys/stat.h>

#include "behave.h"

static void CheckBytes(int fd, off_t at, const char* text) {
  char found[64] = "";
  CHECK(pread(fd, found, strlen(text), at) == (ssize_t)strlen(text));
  CHECK(strcmp(found, text) == 0);
}

int main(void) {
  struct stat st, other;
  // Named once, with a hole of 64 MiB, behind two descriptors of their own.
  const int a = open("gone", O_CREAT | O_EXCL | O_RDWR, 0640);
  const int reader = open("gone", O_RDONLY);
  CHECK(a >= 0 && reader >= 0 && unlink("gone") == 0);
  CHECK(write(a, "first", 5) == 5);
  CHECK(pwrite(a, "last", 4, 64 << 20) == 4);
  CHECK(lseek(reader, 3, SEEK_SET) == 3);
  const int copy = dup(a);
  const int flags = fcntl(a, F_GETFL);
  // To be appended to.
  const int log = open("log", O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
  CHECK(log >= 0 && unlink("log") == 0 && write(log, "one", 3) == 3);
  FILE* stream = tmpfile();
  CHECK(stream != NULL && fputs("buffered", stream) >= 0);
  const int nameless = open(".", O_TMPFILE | O_RDWR, 0600);
  CHECK(nameless >= 0 && write(nameless, "named later", 11) == 11);
  const int nameless_flags = fcntl(nameless, F_GETFL);
  const int empty = open(".", O_TMPFILE | O_WRONLY, 0644);
  CHECK(empty >= 0);
  LiveThroughRestarts();

  CHECK(fstat(a, &st) == 0 && fstat(reader, &other) == 0);
  CHECK(st.st_ino == other.st_ino && st.st_nlink == 0);
  CHECK((st.st_mode & 07777) == 0640);
  CHECK(st.st_size == (64 << 20) + 4 && st.st_blocks < 1024);
  CheckBytes(a, 0, "first");
  CheckBytes(reader, 64 << 20, "last");
  CHECK(lseek(copy, 0, SEEK_CUR) == 5 && lseek(reader, 0, SEEK_CUR) == 3);
  CHECK(write(copy, "x", 1) == 1 && lseek(a, 0, SEEK_CUR) == 6);
  CHECK(fcntl(a, F_GETFL) == flags);
  CHECK((fcntl(reader, F_GETFL) & O_ACCMODE) == O_RDONLY);
  CHECK(write(log, "two", 3) == 3 && fstat(log, &st) == 0);
  CHECK(st.st_size == 6 && (fcntl(log, F_GETFD) & FD_CLOEXEC) != 0);
  CHECK(fcntl(log, F_GETFL) & O_APPEND);
  rewind(stream);
  char text[16] = "";
  CHECK(fgets(text, sizeof(text), stream) && strcmp(text, "buffered") == 0);
  CHECK(fcntl(nameless, F_GETFL) == nameless_flags);
  char path[64];
  snprintf(path, sizeof(path), "/proc/self/fd/%d", nameless);
  CHECK(linkat(AT_FDCWD, path, AT_FDCWD, "named", AT_SYMLINK_FOLLOW) == 0);
  const int named = open("named", O_RDONLY);
  CHECK(named >= 0);
  CheckBytes(named, 0, "named later");
  CHECK(fstat(empty, &st) == 0 && st.st_size == 0);
  CHECK(access("gone", F_OK) != 0 && access("log", F_OK) != 0);
  return Done();
}
