// Intent: descriptors of every sort are what they were: O_DIRECT, O_PATH, O_SYNC,
// O_NONBLOCK, O_NOATIME and what open does only once; high numbers, close on
// exec, devices, a file of /proc/self, a directory in the middle of a listing.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids ns %t
// RUN: %generations --ids new --user nobody %t
// REQUIRES: nobody
#include <dirent.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "behave.h"

enum { kFiles = 300, kHigh = 1000 };

static struct {
  const char* path;
  int flags, fd, status, descriptor;
  struct stat st;
} opened[] = {
    {"direct", O_CREAT | O_RDWR | O_DIRECT, 0, 0, 0, {0}},
    {"sync", O_CREAT | O_WRONLY | O_SYNC | O_CLOEXEC, 0, 0, 0, {0}},
    {"dsync", O_CREAT | O_EXCL | O_RDWR | O_DSYNC, 0, 0, 0, {0}},
    {"plain", O_CREAT | O_RDWR | O_NOATIME, 0, 0, 0, {0}},
    {"plain", O_RDONLY | O_NONBLOCK, 0, 0, 0, {0}},
    {"plain", O_PATH | O_CLOEXEC, 0, 0, 0, {0}},
    {".", O_PATH | O_DIRECTORY, 0, 0, 0, {0}},
    {".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0, 0, 0, {0}},
    {"/dev/null", O_RDWR, 0, 0, 0, {0}},
    {"/dev/zero", O_RDONLY | O_CLOEXEC, 0, 0, 0, {0}},
    {"/dev/full", O_WRONLY, 0, 0, 0, {0}},
    {"/dev/urandom", O_RDONLY | O_NONBLOCK, 0, 0, 0, {0}},
    {"/proc/self/status", O_RDONLY, 0, 0, 0, {0}},
    {"/proc/cpuinfo", O_RDONLY, 0, 0, 0, {0}},
};
enum { kOpened = sizeof(opened) / sizeof(opened[0]) };

static int Listed(DIR* directory, int* seen, int most) {
  int count = 0;
  for (struct dirent* entry; count < most && (entry = readdir(directory));) {
    int number;
    if (sscanf(entry->d_name, "f%d", &number) != 1) continue;
    CHECK(number < kFiles && seen[number]++ == 0);
    ++count;
  }
  return count;
}

int main(void) {
  static int seen[kFiles];
  struct stat st;
  char name[32], data[512] = "";
  const struct rlimit limit = {2 * kHigh + 100, 2 * kHigh + 100};
  CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0 || errno == EPERM);
  CHECK(mkdir("many", 0700) == 0);
  for (int i = 0; i < kFiles; ++i) {
    snprintf(name, sizeof(name), "many/f%d", i);
    CHECK(close(open(name, O_CREAT | O_WRONLY, 0600)) == 0);
  }
  DIR* directory = opendir("many");
  CHECK(directory != NULL && Listed(directory, seen, 100) == 100);
  for (int i = 0; i < kOpened; ++i) {
    const int fd = open(opened[i].path, opened[i].flags, 0640);
    CHECK(fd >= 0);
    // The even ones under high numbers.
    opened[i].fd = fd;
    if (i % 2 == 0) {
      opened[i].fd = fcntl(fd, opened[i].flags & O_CLOEXEC ? F_DUPFD_CLOEXEC
                                                           : F_DUPFD, kHigh);
      CHECK(opened[i].fd >= kHigh && close(fd) == 0);
    }
    opened[i].status = fcntl(opened[i].fd, F_GETFL);
    opened[i].descriptor = fcntl(opened[i].fd, F_GETFD);
    CHECK(fstat(opened[i].fd, &opened[i].st) == 0);
  }
  CHECK(read(opened[13].fd, data, 100) == 100);
  CHECK(umask(027) >= 0);
  LiveThroughRestarts();

  for (int i = 0; i < kOpened; ++i) {
    CHECK(fcntl(opened[i].fd, F_GETFL) == opened[i].status);
    CHECK(fcntl(opened[i].fd, F_GETFD) == opened[i].descriptor);
    CHECK(fstat(opened[i].fd, &st) == 0);
    CHECK(st.st_mode == opened[i].st.st_mode);
    CHECK(st.st_rdev == opened[i].st.st_rdev);
    // Under /proc numbers are made up.
    if (i < 12) CHECK(st.st_ino == opened[i].st.st_ino);
  }
  CHECK(read(opened[5].fd, data, 1) == -1 && errno == EBADF);
  CHECK(openat(opened[6].fd, "plain", O_RDONLY) >= 0);
  CHECK(read(opened[9].fd, data, 8) == 8 && data[7] == 0);
  CHECK(write(opened[10].fd, data, 1) == -1 && errno == ENOSPC);
  CHECK(read(opened[11].fd, data, 8) == 8);
  CHECK(read(opened[12].fd, data, 6) == 6 && memcmp(data, "Name:\t", 6) == 0);
  CHECK(lseek(opened[13].fd, 0, SEEK_CUR) == 100);
  CHECK(Listed(directory, seen, kFiles) == kFiles - 100);
  CHECK(umask(0) == 027);
  return Done();
}
