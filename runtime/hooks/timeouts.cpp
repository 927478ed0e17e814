// timeouts.cpp - see timeouts.h; and the doors of the calls that wait for a
// relative timeout and have no other business with the runtime.

#include "hooks/timeouts.h"

#include "hooks/libc.h"
#include "hooks/signals.h"
#include "sys/x86_64/syscall.h"

using ckpt::hooks::Real;
using ckpt::hooks::Waiting;

namespace ckpt::hooks {

uint64_t ToNs(const timespec& t) {
  constexpr uint64_t kSecond = 1000000000;
  const uint64_t seconds = static_cast<uint64_t>(t.tv_sec);
  return seconds >= kForeverNs / kSecond
             ? kForeverNs
             : seconds * kSecond + static_cast<uint64_t>(t.tv_nsec);
}

Waiting::Waiting(uint32_t call, clockid_t clock, uint64_t span_ns,
                 const void* argument)
    : slot_(track::Self()), outer_(slot_->timeout) {
  if (span_ns >= kForeverNs) return;
  timespec now;
  Real().clock_gettime(clock, &now);
  // The number last: the note is complete when it counts.
  slot_->timeout.call = 0;
  asm volatile("" ::: "memory");
  slot_->timeout.clock = static_cast<uint32_t>(clock);
  slot_->timeout.deadline_ns = ToNs(now) + span_ns;
  slot_->timeout.argument = reinterpret_cast<uint64_t>(argument);
  asm volatile("" ::: "memory");
  slot_->timeout.call = call;
}

}  // namespace ckpt::hooks

namespace {

// Runs `wait` under a note for `ms` milliseconds; negative: for ever.
template <typename Wait>
int WaitMs(uint32_t call, int ms, const void* argument, Wait wait) {
  if (ms <= 0) return wait();
  const Waiting waiting(call, CLOCK_MONOTONIC,
                        static_cast<uint64_t>(ms) * 1000000, argument);
  return wait();
}

// The same with a timespec of our own, which the kernel reads.
template <typename Wait>
int WaitSpan(uint32_t call, const timespec* span, Wait wait) {
  if (span == nullptr || !ckpt::hooks::IsValid(*span)) return wait(span);
  timespec own = *span;
  const Waiting waiting(call, CLOCK_MONOTONIC, ckpt::hooks::ToNs(own), &own);
  return wait(&own);
}

}  // namespace

int __ckpt_poll(pollfd* fds, nfds_t count, int ms) {
  return WaitMs(__NR_poll, ms, fds,
                [=] { return Real().poll(fds, count, ms); });
}

int __ckpt___poll_chk(pollfd* fds, nfds_t count, int ms, size_t size) {
  return WaitMs(__NR_poll, ms, fds,
                [=] { return Real().__poll_chk(fds, count, ms, size); });
}

int __ckpt_epoll_wait(int fd, epoll_event* events, int capacity, int ms) {
  return WaitMs(__NR_epoll_wait, ms, events, [=] {
    return Real().epoll_wait(fd, events, capacity, ms);
  });
}

int __ckpt_epoll_pwait(int fd, epoll_event* events, int capacity, int ms,
                       const sigset_t* set) {
  const ckpt::hooks::WithoutReserved own(set);
  return WaitMs(__NR_epoll_pwait, ms, events, [&] {
    return Real().epoll_pwait(fd, events, capacity, ms, own.get());
  });
}

int __ckpt_epoll_pwait2(int fd, epoll_event* events, int capacity,
                        const timespec* span, const sigset_t* set) {
  const ckpt::hooks::WithoutReserved own(set);
  return WaitSpan(__NR_epoll_pwait2, span, [&](const timespec* t) {
    return Real().epoll_pwait2(fd, events, capacity, t, own.get());
  });
}

int __ckpt_sigtimedwait(const sigset_t* set, siginfo_t* info,
                        const timespec* span) {
  const ckpt::hooks::WithoutReserved own(set);
  return WaitSpan(__NR_rt_sigtimedwait, span, [&](const timespec* t) {
    return Real().sigtimedwait(own.get(), info, t);
  });
}

int __ckpt_semtimedop(int set, sembuf* operations, size_t count,
                      const timespec* span) __THROW {
  return WaitSpan(__NR_semtimedop, span, [=](const timespec* t) {
    return Real().semtimedop(set, operations, count, t);
  });
}
