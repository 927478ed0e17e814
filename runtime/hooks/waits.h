// waits.h - relative timeouts: a wait that our signal interrupts would begin
// with all of its timeout again, and so never end when checkpoints come faster.
// The hook notes when the wait ends; core/interruption does the sum.

#ifndef CKPT_HOOKS_WAITS_H
#define CKPT_HOOKS_WAITS_H

#include <time.h>

#include "sys/process.h"
#include "track/registry.h"

namespace ckpt::hooks {

// The note of a wait. If it is cancelled or jumped out of, the note stays
// behind; it is known by its timeout and does no harm.
class TimedWait {
 public:
  TimedWait(const TimedWait&) = delete;
  TimedWait& operator=(const TimedWait&) = delete;

 protected:
  TimedWait() = default;
  ~TimedWait() {
    if (noted_) track::Self()->wait_deadline_ns = 0;
  }
  void Note(uint64_t span_ns, uint64_t timeout) {
    track::Slot* slot = track::Self();
    uint64_t deadline_ns;
    // Hundreds of years need no note.
    if (__builtin_add_overflow(sys::NowNs(CLOCK_MONOTONIC), span_ns,
                               &deadline_ns)) {
      return;
    }
    slot->wait_deadline_ns = 0;
    std::atomic_signal_fence(std::memory_order_seq_cst);
    slot->wait_timeout = timeout;
    std::atomic_signal_fence(std::memory_order_seq_cst);
    slot->wait_deadline_ns = deadline_ns;
    noted_ = true;
  }

 private:
  bool noted_ = false;
};

// A timeout in a register.
class Milliseconds : TimedWait {
 public:
  explicit Milliseconds(int timeout_ms) {
    if (timeout_ms > 0) {
      Note(static_cast<uint64_t>(timeout_ms) * 1000000,
           static_cast<uint64_t>(timeout_ms));
    }
  }
};

// A copy of a timeout, for the kernel to read; what is left of it is written
// there.
class Timespec : TimedWait {
 public:
  explicit Timespec(const timespec* timeout) : given_(timeout) {
    if (timeout == nullptr) return;
    copy_ = *timeout;
    if (copy_.tv_sec < 0 || copy_.tv_sec > kMaxSeconds || copy_.tv_nsec < 0 ||
        copy_.tv_nsec >= 1000000000) {
      return;  // wrong, or for ever
    }
    Note(static_cast<uint64_t>(copy_.tv_sec) * 1000000000u +
             static_cast<uint64_t>(copy_.tv_nsec),
         reinterpret_cast<uint64_t>(&copy_));
  }
  const timespec* get() const { return given_ != nullptr ? &copy_ : nullptr; }

 private:
  static constexpr time_t kMaxSeconds = 9000000000;
  const timespec* given_;
  timespec copy_;
};

}  // namespace ckpt::hooks

#endif
