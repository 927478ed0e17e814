// Intent: resource limits that the program has set, soft and hard, are as it
// has set them; the others are as at its start.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids new %t
// RUN: %generations --ids ns --user nobody %t
// RUN: %generations --ids new --user nobody %t
// REQUIRES: nobody
#include <sys/resource.h>

#include "behave.h"

enum { kLimits = 16 };

static struct rlimit limits[kLimits];

static void Get16(struct rlimit* out) {
  for (int i = 0; i < kLimits; ++i) {
    CHECK(getrlimit((__rlimit_resource_t)i, &out[i]) == 0);
  }
}

// Only what everybody may set: soft limits below the hard one, hard ones down.
static void Set1(int which, rlim_t soft, rlim_t hard) {
  const struct rlimit limit = {soft, hard};
  CHECK(setrlimit((__rlimit_resource_t)which, &limit) == 0);
}

int main(void) {
  Get16(limits);
  Set1(RLIMIT_NOFILE, 300, 400);
  Set1(RLIMIT_STACK, 16 << 20, limits[RLIMIT_STACK].rlim_max);
  Set1(RLIMIT_AS, 64l << 30, limits[RLIMIT_AS].rlim_max);
  Set1(RLIMIT_DATA, 8l << 30, 16l << 30);
  Set1(RLIMIT_NPROC, 20000, 30000);
  Set1(RLIMIT_SIGPENDING, 1000, 2000);
  Set1(RLIMIT_FSIZE, 1l << 40, 1l << 41);
  Set1(RLIMIT_CORE, 0, 0);
  Get16(limits);
  LiveThroughRestarts();
  struct rlimit now[kLimits];
  Get16(now);
  for (int i = 0; i < kLimits; ++i) {
    CHECK(now[i].rlim_cur == limits[i].rlim_cur);
    CHECK(now[i].rlim_max == limits[i].rlim_max);
  }
  return Done();
}
