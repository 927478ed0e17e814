// cpu_time.h - processor time that a process or a thread has used, as the
// program sees it: a restored one has used what it had, and goes on from there.
// Header-only; in handlers and with the world stopped, too.

#ifndef CKPT_TRACK_CPU_TIME_H
#define CKPT_TRACK_CPU_TIME_H

#include <stdint.h>
#include <sys/resource.h>
#include <time.h>

#include "sys/process.h"

namespace ckpt::track {

// An amount of it, or a difference.
struct CpuTime {
  int64_t total_ns;
  int64_t user_us, system_us;
};

inline CpuTime operator+(const CpuTime& a, const CpuTime& b) {
  return {a.total_ns + b.total_ns, a.user_us + b.user_us,
          a.system_us + b.system_us};
}
inline CpuTime operator-(const CpuTime& a, const CpuTime& b) {
  return {a.total_ns - b.total_ns, a.user_us - b.user_us,
          a.system_us - b.system_us};
}

// In a handler too. What the kernel has counted, of the process or of the
// calling thread.
inline CpuTime UsedHere(bool thread) {
  rusage usage{};
  sys::Raw(__NR_getrusage, thread ? RUSAGE_THREAD : RUSAGE_SELF, &usage);
  const auto us = [](const timeval& t) {
    return static_cast<int64_t>(t.tv_sec) * 1000000 + t.tv_usec;
  };
  return {static_cast<int64_t>(sys::NowNs(thread ? CLOCK_THREAD_CPUTIME_ID
                                                 : CLOCK_PROCESS_CPUTIME_ID)),
          us(usage.ru_utime), us(usage.ru_stime)};
}

// `before` is what comes from earlier lives, less what this one had used when
// it took over; `at_stop` what the program could see at the checkpoint.
struct CpuAccount {
  CpuTime before;
  CpuTime at_stop;

  // In a handler, or world stopped.
  void Stop(bool thread) { at_stop = UsedHere(thread) + before; }
  // After a restart.
  void Resume(bool thread) { before = at_stop - UsedHere(thread); }
};

}  // namespace ckpt::track

#endif
