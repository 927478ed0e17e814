// Intent: memory that is to come from certain nodes (mbind) still is after a
// restart; memory of which nothing was said still follows the thread.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids new %t
// RUN: %generations --ids ns --user nobody %t
// REQUIRES: nobody
#include <linux/mempolicy.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "behave.h"

enum { kPage = 4096, kNodeBits = 1024 };

static void* Map(void) {
  void* at = mmap(NULL, 4 * kPage, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(at != MAP_FAILED);
  memset(at, 5, kPage);
  return at;
}

static void Bind(void* at, int mode) {
  const unsigned long nodes[kNodeBits / 64] = {1};
  CHECK(syscall(SYS_mbind, at, 2 * kPage, mode, nodes, kNodeBits, 0) == 0);
}

static void Expect(char* at, int mode) {
  unsigned long nodes[kNodeBits / 64];
  int now;
  CHECK(syscall(SYS_get_mempolicy, &now, nodes, kNodeBits, at,
                MPOL_F_ADDR) == 0);
  CHECK(now == mode && nodes[0] == (mode != MPOL_DEFAULT));
  CHECK(*at == 5 || at[-kPage] == 0);
}

int main(void) {
  int mode;
  char* bound = Map();
  char* interleaved = Map();
  char* plain = Map();
  const int has_policies =
      syscall(SYS_get_mempolicy, &mode, NULL, 0, NULL, 0) == 0;
  if (has_policies) {
    Bind(bound, MPOL_BIND);
    Bind(interleaved, MPOL_INTERLEAVE);
  }
  LiveThroughRestarts();
  if (has_policies) {
    Expect(bound, MPOL_BIND);
    Expect(bound + 2 * kPage, MPOL_DEFAULT);
    Expect(interleaved, MPOL_INTERLEAVE);
    Expect(plain, MPOL_DEFAULT);
  }
  return Done();
}
