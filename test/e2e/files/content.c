// Intent: under --files content=PATTERN the files that match are what they were
// at the checkpoint: overwritten, mapped, cut, removed, renamed and replaced
// ones, open or not, and those that have come into being since are gone.
// RUN: %build_c
// RUN: %generations --generations 6 --option=--files --option=content=data/* %t
// RUN: %generations --generations 6 --option=--files --option=content=data/* --ids ns %t
// RUN: %generations --generations 6 --option=--files --option=content=data/* --ids new --user nobody %t
// REQUIRES: nobody
#include <sys/mman.h>
#include <sys/stat.h>

#include "behave.h"

enum { kRecords = 64, kRecord = 5000, kPages = 40, kPage = 4096 };

// What the files must say, in memory that is part of the checkpoint.
static int32_t records[kRecords];
static int32_t* mapped;
static int32_t pages[kPages];
static long version, length, steps;
static int base;

static unsigned Random(void) {
  static unsigned state = 12345;
  state = state * 1103515245 + 12345;
  return state >> 8;
}

static void PutRecord(int32_t at) {
  int32_t data[kRecord / 4];
  for (int i = 0; i < kRecord / 4; ++i) data[i] = records[at] + i;
  CHECK(pwrite(base, data, kRecord, (off_t)at * kRecord) == kRecord);
}

static void CheckRecord(int32_t at) {
  int32_t data[kRecord / 4];
  CHECK(pread(base, data, kRecord, (off_t)at * kRecord) == kRecord);
  for (int i = 0; i < kRecord / 4; ++i) CHECK(data[i] == records[at] + i);
}

static void PutText(const char* path, long number, int flags) {
  char text[32];
  const int size = snprintf(text, sizeof(text), "%ld\n", number);
  const int fd = open(path, O_WRONLY | O_CREAT | flags, 0600);
  CHECK(fd >= 0 && write(fd, text, (size_t)size) == size && close(fd) == 0);
}

static long Text(const char* path) {
  char text[32] = "";
  const int fd = open(path, O_RDONLY);
  if (fd < 0) return -1;
  CHECK(read(fd, text, sizeof(text) - 1) >= 0 && close(fd) == 0);
  return atol(text);
}

// All files are compared before each step: whatever a restart has got wrong is
// found before it is overwritten.
static void Compare(void) {
  struct stat st;
  for (int i = 0; i < kRecords; ++i) CheckRecord(i);
  for (int i = 0; i < kPages; ++i) CHECK(mapped[i * kPage / 4] == pages[i]);
  // Written anew, replaced by a rename, made and removed again, cut and grown.
  CHECK(Text("data/status") == version);
  CHECK(Text("data/replaced") == version);
  CHECK(Text("data/odd") == (version % 2 != 0 ? version : -1));
  CHECK(Text("data/new") == -1);
  CHECK(stat("data/grows", &st) == 0 && st.st_size == length);
}

static void Step(void) {
  ++steps;
  for (int k = 0; k < 4; ++k) {
    const int32_t at = (int32_t)(Random() % kRecords);
    records[at] = (int32_t)Random();
    PutRecord(at);
    const int page = (int)(Random() % kPages);
    mapped[page * kPage / 4] = pages[page] = (int32_t)Random();
  }
  PutText("data/new", version, O_EXCL);
  PutText("data/status", version + 1, O_TRUNC);
  CHECK(rename("data/new", "data/replaced") == 0);
  PutText("data/replaced", version + 1, O_TRUNC);
  if (version % 2 != 0) {
    CHECK(unlink("data/odd") == 0);
  } else {
    PutText("data/odd", version + 1, O_EXCL);
  }
  ++version;
  length = (long)(Random() % 300000);
  CHECK(truncate("data/grows", length) == 0);
}

int main(void) {
  CHECK(mkdir("data", 0700) == 0);
  base = open("data/base", O_CREAT | O_RDWR, 0600);
  const int map = open("data/map", O_CREAT | O_RDWR, 0600);
  CHECK(base >= 0 && map >= 0 && ftruncate(map, kPages * kPage) == 0);
  for (int i = 0; i < kRecords; ++i) PutRecord(i);
  mapped = mmap(NULL, kPages * kPage, PROT_READ | PROT_WRITE, MAP_SHARED, map,
                0);
  CHECK(mapped != MAP_FAILED && close(map) == 0);
  PutText("data/status", 0, O_TRUNC);
  PutText("data/replaced", 0, O_TRUNC);
  PutText("data/grows", 0, O_TRUNC);
  CHECK(truncate("data/grows", 0) == 0);
  Ready();
  while (!Go()) {
    Compare();
    // The checkpoint may fall anywhere in it.
    Step();
  }
  Compare();
  return Done();
}
