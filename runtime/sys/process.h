// process.h - this process and its threads: ids, clone3(2), prctl(2),
// arch_prctl(2), clocks. Header-only; safe everywhere. Results are the
// kernel's: a value or -errno.

#ifndef CKPT_SYS_PROCESS_H
#define CKPT_SYS_PROCESS_H

#include <linux/prctl.h>
#include <linux/sched.h>
#include <sched.h>
#include <time.h>

#include "sys/x86_64/syscall.h"

namespace ckpt::sys {

inline int GetPid() { return static_cast<int>(Raw(__NR_getpid)); }
inline int GetTid() { return static_cast<int>(Raw(__NR_gettid)); }
[[noreturn]] inline void ExitGroup(int status) {
  for (;;) Raw(__NR_exit_group, status);
}
inline long Prctl(int option, uint64_t a = 0, uint64_t b = 0, uint64_t c = 0,
                  uint64_t d = 0) {
  return Raw(__NR_prctl, option, a, b, c, d);
}

// Newer than Debian 12's headers.
constexpr int kPrSetMdwe = 65, kPrGetMdwe = 66;                // Linux 6.3
constexpr int kPrSetMemoryMerge = 67, kPrGetMemoryMerge = 68;  // Linux 6.4

constexpr int kArchSetGs = 0x1001, kArchSetFs = 0x1002;
constexpr int kArchGetFs = 0x1003, kArchGetGs = 0x1004;
constexpr int kArchGetXcompPerm = 0x1022;  // Linux 5.16
// XTILECFG and XTILEDATA: not for everybody.
constexpr uint64_t kXfeaturesOnRequest = 3 << 17;
inline long ArchPrctl(int code, uint64_t argument) {
  return Raw(__NR_arch_prctl, code, argument);
}

// What glibc hands to rseq(2) (linux/rseq.h; not in every libc-dev).
constexpr uint32_t kRseqSignature = 0x53053053;
constexpr int kRseqUnregister = 1;

inline uint64_t NowNs(int clock) {
  timespec t{};
  Raw(__NR_clock_gettime, clock, &t);
  return static_cast<uint64_t>(t.tv_sec) * 1000000000u +
         static_cast<uint64_t>(t.tv_nsec);
}
inline uint64_t NowUs() { return NowNs(CLOCK_MONOTONIC) / 1000; }
inline timespec ToTimespec(uint64_t ns) {
  return {static_cast<time_t>(ns / 1000000000u),
          static_cast<long>(ns % 1000000000u)};
}

}  // namespace ckpt::sys

#endif
