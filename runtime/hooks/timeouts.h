// timeouts.h - until when a call with a relative timeout is to wait: noted
// while the call runs, so that it waits for the rest when a signal of ours has
// interrupted it (core/interruption) and after a restart.

#ifndef CKPT_HOOKS_TIMEOUTS_H
#define CKPT_HOOKS_TIMEOUTS_H

#include <stdint.h>
#include <time.h>

#include "track/registry.h"

namespace ckpt::hooks {

// Longer than that is for ever: nothing is noted.
constexpr uint64_t kForeverNs = uint64_t{1} << 62;

// Nanoseconds; kForeverNs if there are too many.
uint64_t ToNs(const timespec& t);

// True if the kernel would take it.
inline bool IsValid(const timespec& t) {
  return t.tv_sec >= 0 && t.tv_nsec >= 0 && t.tv_nsec < 1000000000;
}

// While it lives the thread's table says that it waits, for `span_ns`, in
// system call `call`, which `argument` tells from others (track::Timeout). A
// handler's call on top puts back what it found. One that is unwound leaves the
// note behind, which fits no other call.
class Waiting {
 public:
  Waiting(uint32_t call, clockid_t clock, uint64_t span_ns,
          const void* argument);
  ~Waiting() { slot_->timeout = outer_; }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

  // Of the clock, shifted if a restart came in between.
  uint64_t deadline_ns() const { return slot_->timeout.deadline_ns; }

 private:
  track::Slot* slot_;
  track::Timeout outer_;
};

}  // namespace ckpt::hooks

#endif
