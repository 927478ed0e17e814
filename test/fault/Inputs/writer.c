/* writer.c - changes files in place until standard input ends, and remembers
 * what they must say: data/base is overwritten, data/odd is made and removed,
 * data/log grows, and one has no name. Compares them before each step, and in
 * the end says "right" and exits with 7. */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { kParts = 40, kPart = 60000 };

static int parts[kParts], nameless_parts[3];
static int base, nameless;
static long steps, logged;

static void wrong(const char *what) {
  printf("wrong: %s at step %ld\n", what, steps);
  fflush(stdout);
  _exit(1);
}

static void put(int fd, int at, int value) {
  static int data[kPart / sizeof(int)];
  for (unsigned i = 0; i < kPart / sizeof(int); ++i) data[i] = value + (int)i;
  if (pwrite(fd, data, kPart, (off_t)at * kPart) != kPart) wrong("pwrite");
}

static void compare(int fd, int at, int value) {
  static int data[kPart / sizeof(int)];
  if (pread(fd, data, kPart, (off_t)at * kPart) != kPart) wrong("pread");
  for (unsigned i = 0; i < kPart / sizeof(int); ++i) {
    if (data[i] != value + (int)i) wrong("a part");
  }
}

static void compare_all(void) {
  struct stat st;
  for (int i = 0; i < kParts; ++i) compare(base, i, parts[i]);
  for (int i = 0; i < 3; ++i) compare(nameless, i, nameless_parts[i]);
  if ((access("data/odd", F_OK) == 0) != (steps % 2 != 0)) wrong("data/odd");
  if (stat("data/log", &st) != 0 || st.st_size != logged) wrong("data/log");
}

static void step(int log) {
  ++steps;
  for (int i = 0; i < 3; ++i) {
    const int at = rand() % kParts;
    put(base, at, parts[at] = rand());
    put(nameless, i, nameless_parts[i] = rand());
  }
  if (steps % 2 == 0) {
    if (unlink("data/odd") != 0) wrong("unlink");
  } else {
    const int odd = open("data/odd", O_CREAT | O_EXCL | O_WRONLY, 0600);
    if (odd < 0 || write(odd, "odd", 3) != 3 || close(odd) != 0) wrong("odd");
  }
  if (write(log, "a line\n", 7) != 7) wrong("write");
  logged += 7;
}

static int ended(void) {
  struct pollfd in = {0, POLLIN, 0};
  return poll(&in, 1, 1) != 0;
}

int main(void) {
  mkdir("data", 0700);
  base = open("data/base", O_CREAT | O_TRUNC | O_RDWR, 0600);
  nameless = open("data", O_TMPFILE | O_RDWR, 0600);
  unlink("data/odd");
  const int log = open("data/log", O_CREAT | O_TRUNC | O_WRONLY, 0600);
  if (base < 0 || nameless < 0 || log < 0) wrong("open");
  for (int i = 0; i < kParts; ++i) put(base, i, 0);
  for (int i = 0; i < 3; ++i) put(nameless, i, 0);
  puts("started");
  fflush(stdout);
  while (!ended()) {
    compare_all();
    step(log);
  }
  compare_all();
  puts("right");
  fflush(stdout);
  return 7;
}
