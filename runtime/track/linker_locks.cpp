// linker_locks.cpp - see linker_locks.h.

#include "track/linker_locks.h"

#include "sys/x86_64/frame.h"
#include "track/lock_kinds.h"

namespace ckpt::track {

namespace {

struct Range {
  uint64_t start, end;
};
constinit Range g_ranges[kLinkerRanges] = {};

}  // namespace

void NoteLinkerData(uint64_t start, uint64_t end) {
  for (Range& range : g_ranges) {
    if (range.end != 0) continue;
    range = {(start + 7) & ~uint64_t{7}, end};
    return;
  }
}

void LinkerLocks::Find() {
  count_ = 0;
  for (const Range& range : g_ranges) {
    for (uint64_t at = range.start; at + sizeof(pthread_mutex_t) <= range.end;
         at += 8) {
      auto* mutex = reinterpret_cast<pthread_mutex_t*>(at);
      const auto& data = mutex->__data;
      if (count_ < kMost && data.__kind == static_cast<int>(kRecursive) &&
          data.__lock > 0 && data.__lock <= 2 && data.__count > 0 &&
          data.__owner > 0) {
        found_[count_++] = mutex;
      }
    }
  }
}

bool IsInLinkerLockCode(const ucontext_t* frame,
                        const pthread_mutex_t* mutex) {
  return sys::AnyRegister(frame, [=](uint64_t value) {
    if (mutex != nullptr) {
      return value == reinterpret_cast<uint64_t>(mutex);
    }
    for (const Range& range : g_ranges) {
      if (value < range.start || value >= range.end || value % 8 != 0 ||
          range.end - value < sizeof(pthread_mutex_t)) {
        continue;
      }
      const auto* found = reinterpret_cast<const pthread_mutex_t*>(value);
      if (found->__data.__kind == static_cast<int>(kRecursive)) return true;
    }
    return false;
  });
}

bool KeepsValue(const ucontext_t* frame, int32_t value) {
  if (sys::AnyRegister(frame, [=](uint64_t v) {
        return static_cast<int32_t>(v) == value;
      })) {
    return true;
  }
  // The waiting function and the one that called it; glibc's take less than
  // half of this.
  constexpr int kWords = 64;
  const auto* stack = reinterpret_cast<const int32_t*>(
      frame->uc_mcontext.gregs[REG_RSP]);
  for (int i = 0; i < kWords; ++i) {
    if (stack[i] == value) return true;
  }
  return false;
}

}  // namespace ckpt::track
