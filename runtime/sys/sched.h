// sched.h - how the kernel schedules a thread and where it takes memory from
// (sched_setattr(2), ioprio_set(2), set_mempolicy(2) ...). Always the calling
// thread. Header-only; safe everywhere. Results are the kernel's: a value or
// -errno.

#ifndef CKPT_SYS_SCHED_H
#define CKPT_SYS_SCHED_H

#include <stdint.h>

#include "sys/x86_64/syscall.h"

namespace ckpt::sys {

// linux/sched/types.h, which does not go together with the C library's sched.h.
struct SchedAttr {
  uint32_t size, policy;
  uint64_t flags;
  int32_t nice;
  uint32_t priority;
  uint64_t runtime, deadline, period;  // ns
  uint32_t util_min, util_max;         // Linux 5.3
};
static_assert(sizeof(SchedAttr) == 56);

constexpr uint32_t kSchedOther = 0, kSchedFifo = 1, kSchedRr = 2,
                   kSchedBatch = 3, kSchedIdle = 5, kSchedDeadline = 6;
constexpr uint64_t kSchedFlagResetOnFork = 0x01;
constexpr uint64_t kSchedFlagClamps = 0x60;  // UTIL_CLAMP_MIN | MAX

// Of these the time slice can be chosen (Linux 6.12).
constexpr bool IsOrdinary(uint32_t policy) {
  return policy == kSchedOther || policy == kSchedBatch ||
         policy == kSchedIdle;
}
// Of these the timer slack is none.
constexpr bool IsRealTime(uint32_t policy) {
  return policy == kSchedFifo || policy == kSchedRr ||
         policy == kSchedDeadline;
}

inline long GetSchedAttr(SchedAttr* attr) {
  return Raw(__NR_sched_getattr, 0, attr, sizeof(*attr), 0);
}
inline long SetSchedAttr(SchedAttr attr) {
  attr.size = sizeof(attr);
  return Raw(__NR_sched_setattr, 0, &attr, 0);
}

// The bytes of `mask` that count, the others are zero; or -errno.
inline long GetAffinity(uint64_t* mask, uint64_t size) {
  __builtin_memset(mask, 0, size);
  return Raw(__NR_sched_getaffinity, 0, size, mask);
}
inline long SetAffinity(const uint64_t* mask, uint64_t size) {
  return Raw(__NR_sched_setaffinity, 0, size, mask);
}

// The raw call answers 20 - nice.
inline int GetNice() {
  return 20 - static_cast<int>(Raw(__NR_getpriority, 0, 0));
}
inline long SetNice(int nice) { return Raw(__NR_setpriority, 0, 0, nice); }

constexpr int kIoprioThread = 1;  // IOPRIO_WHO_PROCESS: one thread
inline long GetIoPriority() { return Raw(__NR_ioprio_get, kIoprioThread, 0); }
inline long SetIoPriority(uint32_t priority) {
  return Raw(__NR_ioprio_set, kIoprioThread, 0, priority);
}

// The kernel counts one bit less than it is told.
inline long GetMemoryPolicy(int* mode, uint64_t* nodes, uint64_t words) {
  return Raw(__NR_get_mempolicy, mode, nodes, words * 64 + 1, 0, 0);
}
inline long SetMemoryPolicy(uint64_t mode, const uint64_t* nodes,
                            uint64_t words) {
  return Raw(__NR_set_mempolicy, mode, nodes, words * 64 + 1);
}

}  // namespace ckpt::sys

#endif
