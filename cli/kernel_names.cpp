// kernel_names.cpp - words for the kernel's numbers (declared in
// image_facts.h): descriptor kinds, open flags, system calls.

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/syscall.h>

#include <iterator>

#include "image_facts.h"

namespace ckpt::cli {
namespace {

struct Named {
  uint64_t value;
  const char* name;
};

constexpr Named kOpenFlags[] = {
    {O_APPEND, "append"},       {O_NONBLOCK, "nonblock"},
    {O_DIRECT, "direct"},       {O_DIRECTORY, "directory"},
    {O_NOATIME, "noatime"},     {O_PATH, "path"},
    {O_SYNC & ~O_DSYNC, "sync"}, {O_DSYNC, "dsync"},
};

// Those that a thread can stay in.
constexpr Named kSyscalls[] = {
    {SYS_accept, "accept"},
    {SYS_accept4, "accept4"},
    {SYS_clock_nanosleep, "clock_nanosleep"},
    {SYS_connect, "connect"},
    {SYS_epoll_pwait, "epoll_pwait"},
    {SYS_epoll_pwait2, "epoll_pwait2"},
    {SYS_epoll_wait, "epoll_wait"},
    {SYS_fcntl, "fcntl"},
    {SYS_fdatasync, "fdatasync"},
    {SYS_flock, "flock"},
    {SYS_fsync, "fsync"},
    {SYS_futex, "futex"},
    {SYS_futex_waitv, "futex_waitv"},
    {SYS_io_getevents, "io_getevents"},
    {SYS_io_uring_enter, "io_uring_enter"},
    {SYS_ioctl, "ioctl"},
    {SYS_mq_timedreceive, "mq_timedreceive"},
    {SYS_mq_timedsend, "mq_timedsend"},
    {SYS_msgrcv, "msgrcv"},
    {SYS_msgsnd, "msgsnd"},
    {SYS_nanosleep, "nanosleep"},
    {SYS_open, "open"},
    {SYS_openat, "openat"},
    {SYS_pause, "pause"},
    {SYS_poll, "poll"},
    {SYS_ppoll, "ppoll"},
    {SYS_pread64, "pread"},
    {SYS_preadv, "preadv"},
    {SYS_pselect6, "pselect"},
    {SYS_pwrite64, "pwrite"},
    {SYS_pwritev, "pwritev"},
    {SYS_read, "read"},
    {SYS_readv, "readv"},
    {SYS_recvfrom, "recvfrom"},
    {SYS_recvmmsg, "recvmmsg"},
    {SYS_recvmsg, "recvmsg"},
    {SYS_rt_sigsuspend, "sigsuspend"},
    {SYS_rt_sigtimedwait, "sigtimedwait"},
    {SYS_select, "select"},
    {SYS_semop, "semop"},
    {SYS_semtimedop, "semtimedop"},
    {SYS_sendmmsg, "sendmmsg"},
    {SYS_sendmsg, "sendmsg"},
    {SYS_sendto, "sendto"},
    {SYS_splice, "splice"},
    {SYS_wait4, "wait4"},
    {SYS_waitid, "waitid"},
    {SYS_write, "write"},
    {SYS_writev, "writev"},
};

}  // namespace

std::string ClockName(uint32_t clock) {
  // CLOCK_*, from 0 on; those that have no timers are not named.
  constexpr const char* kNames[] = {
      "realtime", "monotonic", "process CPU time", "thread CPU time", "", "",
      "",         "boottime",  "realtime alarm",   "boottime alarm",  "", "TAI",
  };
  if (clock >= std::size(kNames) || kNames[clock][0] == '\0') {
    return fmt::format("clock {}", clock);
  }
  return kNames[clock];
}

const char* FdKindName(image::FdKind kind) {
  switch (kind) {
    case image::FdKind::kRegular:
      return "file";
    case image::FdKind::kDirectory:
      return "directory";
    case image::FdKind::kDevice:
      return "device";
    case image::FdKind::kInherited:
      return "inherited";
    case image::FdKind::kObject:
      return "object";
  }
  return "?";
}

std::string OpenFlagsText(uint32_t flags) {
  constexpr const char* kModes[] = {"r", "w", "rw", "-"};
  std::string text = kModes[flags & O_ACCMODE];
  for (const Named& flag : kOpenFlags) {
    if ((flags & flag.value) != 0) text += fmt::format(" {}", flag.name);
  }
  return text;
}

std::string SyscallName(uint64_t number) {
  for (const Named& call : kSyscalls) {
    if (call.value == number) return call.name;
  }
  return fmt::format("system call {}", number);
}

}  // namespace ckpt::cli
