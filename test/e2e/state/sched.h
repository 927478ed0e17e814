/* sched.h - scheduling of the calling thread, by the kernel's own structures. */
#ifndef STATE_SCHED_H
#define STATE_SCHED_H

#include <sched.h>
#include <sys/syscall.h>

#include "behave.h"

struct Sched {
  uint32_t size, policy;
  uint64_t flags;
  int32_t nice;
  uint32_t priority;
  uint64_t runtime, deadline, period;
};

static inline struct Sched GetSched(void) {
  struct Sched now;
  CHECK(syscall(SYS_sched_getattr, 0, &now, sizeof(now), 0) == 0);
  return now;
}

static inline void SetSched(struct Sched wanted) {
  wanted.size = sizeof(wanted);
  CHECK(syscall(SYS_sched_setattr, 0, &wanted, 0) == 0);
}

#endif
