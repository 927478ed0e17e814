// Intent: guard pages (MADV_GUARD_INSTALL) are guard pages after a restart: in
// memory that is full, between pages, at its ends, on a private file mapping;
// and what is behind one that is taken away is zero or the file's.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids new %t
// RUN: %generations --ids ns --user nobody %t
// RUN: %ckpt_cc -static -std=gnu11 -D_GNU_SOURCE -pthread -I %behave %s -o %t
// RUN: %generations %t
// REQUIRES: nobody
#include <setjmp.h>
#include <sys/mman.h>

#include "behave.h"

enum { kPage = 4096, kPages = 64, kInstall = 102, kRemove = 103 };

static sigjmp_buf jump;

static void OnFault(int signal) { siglongjmp(jump, signal); }

static int Faults(const char* at) {
  if (sigsetjmp(jump, 1) != 0) return 1;
  (void)*(const volatile char*)at;
  return 0;
}

// Of 64 pages the first and the last, every 8th, and a run of four.
static int IsGuard(int page) {
  return page % 8 == 0 || page == kPages - 1 || (page >= 20 && page < 24);
}

static int Install(char* base) {
  for (int page = 0; page < kPages; ++page) {
    if (!IsGuard(page)) continue;
    if (madvise(base + page * kPage, kPage, kInstall) != 0) return 0;
  }
  return 1;
}

static void Look(char* base, char filled) {
  for (int page = 0; page < kPages; ++page) {
    char* at = base + page * kPage;
    CHECK(Faults(at) == IsGuard(page));
    if (!IsGuard(page)) CHECK(*at == filled && at[kPage - 1] == filled);
  }
}

int main(void) {
  const struct sigaction action = {.sa_handler = OnFault};
  CHECK(sigaction(SIGSEGV, &action, NULL) == 0);
  char* full = mmap(NULL, kPages * kPage, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  char* empty = mmap(NULL, kPages * kPage, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(full != MAP_FAILED && empty != MAP_FAILED);
  const int fd = open("/proc/self/exe", O_RDONLY);
  char* file = mmap(NULL, 4 * kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd,
                    0);
  close(fd);
  CHECK(file != MAP_FAILED);
  memset(full, 'x', kPages * kPage);
  if (!Install(full)) {  // before Linux 6.13
    CHECK(errno == EINVAL);
    LiveThroughRestarts();
    return Done();
  }
  CHECK(Install(empty));
  const int of_file = madvise(file, kPage, kInstall) == 0;  // Linux 6.15
  LiveThroughRestarts();
  Look(full, 'x');
  Look(empty, 0);
  CHECK(Faults(file) == of_file && !Faults(file + kPage));
  CHECK(madvise(full + 8 * kPage, kPage, kRemove) == 0);
  CHECK(full[8 * kPage] == 0);
  if (of_file) CHECK(madvise(file, kPage, kRemove) == 0);
  CHECK(memcmp(file, "\177ELF", 4) == 0);
  return Done();
}
