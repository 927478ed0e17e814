// blocking_calls.cpp - see blocking_calls.h.

#include "core/blocking_calls.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <sys/syscall.h>

namespace ckpt::core {

namespace {

// Newer than Debian 12's headers.
constexpr long kNrFutexWait = 455;  // Linux 6.7

// Those that wait for output first, and do something only then. Others may have
// done a part of what was asked for.
OnSignal Ioctl(unsigned request, long argument) {
  switch (request) {
    case 0x5409:  // TCSBRK; with an argument (tcdrain) it sends no break
      return argument != 0 ? OnSignal::kEither : OnSignal::kRestarts;
    case 0x5403:      // TCSETSW
    case 0x5404:      // TCSETSF
    case 0x5407:      // TCSETAW
    case 0x5408:      // TCSETAF
    case 0x402c542c:  // TCSETSW2
    case 0x402c542d:  // TCSETSF2
      return OnSignal::kEither;
    default:
      return OnSignal::kRestarts;
  }
}

// A file that is to be created may be there when the call is made again.
OnSignal Open(long flags) {
  return (flags & O_EXCL) != 0 ? OnSignal::kRestarts : OnSignal::kEither;
}

}  // namespace

OnSignal WhatASignalDoes(long number, const long* a) {
  switch (number) {
    case __NR_poll:
    case __NR_ppoll:
    case __NR_select:
    case __NR_pselect6:
    case __NR_epoll_wait:
    case __NR_epoll_pwait:
    case __NR_epoll_pwait2:
    case __NR_pause:
    case __NR_rt_sigsuspend:
    case __NR_rt_sigtimedwait:
    case __NR_msgrcv:
    case __NR_msgsnd:
    case __NR_semop:
    case __NR_semtimedop:
    case __NR_nanosleep:
    case __NR_clock_nanosleep:
    case __NR_io_getevents:
    case __NR_io_pgetevents:
    case __NR_io_uring_enter:
    case __NR_fallocate:
    case __NR_membarrier:
      return OnSignal::kEnds;

    case __NR_read:
    case __NR_readv:
    case __NR_pread64:
    case __NR_preadv:
    case __NR_preadv2:
    case __NR_write:
    case __NR_writev:
    case __NR_pwrite64:
    case __NR_pwritev:
    case __NR_pwritev2:
    case __NR_accept:
    case __NR_accept4:
    // A connection that has begun is waited for.
    case __NR_connect:
    case __NR_recvfrom:
    case __NR_recvmsg:
    case __NR_recvmmsg:
    case __NR_sendto:
    case __NR_sendmsg:
    case __NR_sendmmsg:
    case __NR_sendfile:
    case __NR_splice:
    case __NR_tee:
    case __NR_vmsplice:
    case __NR_copy_file_range:
    case __NR_getrandom:
    case __NR_mq_timedsend:
    case __NR_mq_timedreceive:
    case __NR_wait4:
    case __NR_waitid:
    case __NR_flock:
    case __NR_creat:
      return OnSignal::kEither;
    case __NR_futex:
      switch (static_cast<int>(a[1]) & FUTEX_CMD_MASK) {
        case FUTEX_WAIT:
        case FUTEX_WAIT_BITSET:
          // With a timeout any handler ends it.
          return a[3] != 0 ? OnSignal::kEnds : OnSignal::kRestarts;
        default:
          return OnSignal::kEither;
      }
    case __NR_futex_waitv:
    case kNrFutexWait:
      return OnSignal::kEither;
    case __NR_fcntl:
      return a[1] == F_SETLKW || a[1] == F_OFD_SETLKW
                 ? OnSignal::kEither
                 : OnSignal::kNotKnown;
    case __NR_ioctl:
      return Ioctl(static_cast<unsigned>(a[1]), a[2]);
    case __NR_open:
      return Open(a[1]);
    case __NR_openat:
      return Open(a[2]);
    case __NR_openat2:
    case __NR_syslog:
    case __NR_add_key:
    case __NR_request_key:
    case __NR_keyctl:
      return OnSignal::kRestarts;
    default:
      // close above all: the descriptor is gone, and its number may be another
      // thread's by now.
      return OnSignal::kNotKnown;
  }
}

RelativeTimeout TimeoutOf(long number, const long* a) {
  switch (number) {
    case __NR_poll:
      return {.argument = 2, .in_ms = true, .recognised = 0};
    case __NR_epoll_wait:
    case __NR_epoll_pwait:
      return {.argument = 3, .in_ms = true, .recognised = 1};
    case __NR_rt_sigtimedwait:
      return {.argument = 2, .recognised = 2};
    case __NR_epoll_pwait2:
    case __NR_semtimedop:
      return {.argument = 3, .recognised = 3};
    case __NR_io_getevents:
    case __NR_io_pgetevents:
      return {.argument = 4, .recognised = 4};
    case __NR_futex:
      if ((static_cast<int>(a[1]) & FUTEX_CMD_MASK) != FUTEX_WAIT) {
        return {};
      }
      return {.argument = 3, .recognised = 3};
    case __NR_nanosleep:
      return {.argument = 0, .recognised = 0, .left = 1};
    case __NR_clock_nanosleep:
      if ((a[1] & TIMER_ABSTIME) != 0) return {};
      // One on CLOCK_REALTIME does not follow a clock that is set.
      return {.argument = 2,
              .recognised = 2,
              .left = 3,
              .clock = a[0] == CLOCK_REALTIME
                           ? CLOCK_MONOTONIC
                           : static_cast<clockid_t>(a[0])};
    default:
      return {};
  }
}

bool Given(const RelativeTimeout& relative, const long* a, uint64_t* ns) {
  if (relative.argument < 0) return false;
  const long value = a[relative.argument];
  if (relative.in_ms) {
    const int ms = static_cast<int>(value);
    *ns = static_cast<uint64_t>(ms) * 1000000;
    return ms > 0;
  }
  const auto* span = reinterpret_cast<const timespec*>(value);
  constexpr uint64_t kSecond = 1000000000;
  // Longer than that is for ever.
  if (span == nullptr || static_cast<uint64_t>(span->tv_nsec) >= kSecond ||
      static_cast<uint64_t>(span->tv_sec) >= (uint64_t{1} << 62) / kSecond) {
    return false;
  }
  *ns = static_cast<uint64_t>(span->tv_sec) * kSecond +
        static_cast<uint64_t>(span->tv_nsec);
  return true;
}

}  // namespace ckpt::core
