// children.cpp - doors of waiting for children: after a restart the program
// finds those that had ended before the checkpoint (core/ended_children).

#include <errno.h>
#include <limits.h>

#include "core/ended_children.h"
#include "hooks/finally.h"
#include "hooks/libc.h"
#include "track/registry.h"

namespace {

using ckpt::core::TakeEnded;
using ckpt::hooks::Real;

// True if a wait that says `r` has to be done again by us: a restart may have
// come between the first look into the table and the wait.
bool FoundNone(long r) { return r == -1 && errno == ECHILD; }

// wait4(2) and its kin, `wait` being the real one.
template <typename Wait>
pid_t WaitPid(pid_t pid, int* status, int options, rusage* usage, Wait wait) {
  constexpr int kOptions = WNOHANG | WUNTRACED | WCONTINUED | __WNOTHREAD |
                           __WALL | static_cast<int>(__WCLONE);
  if ((options & ~kOptions) != 0 || pid == INT_MIN) return wait();
  const int type = pid == -1 ? P_ALL : pid > 0 ? P_PID : P_PGID;
  const int id = pid < -1 ? -pid : pid;
  siginfo_t info;
  if (!TakeEnded(type, id, options | WEXITED, &info)) {
    const pid_t r = wait();
    if (!FoundNone(r) || !TakeEnded(type, id, options | WEXITED, &info)) {
      return r;
    }
  }
  if (status != nullptr) *status = ckpt::core::WaitStatus(info);
  if (usage != nullptr) *usage = {};
  return info.si_pid;
}

// The child behind a stream of popen: glibc's struct _IO_proc_file, which
// continues a FILE and its table of functions.
pid_t ChildBehind(FILE* stream) {
  static_assert(sizeof(FILE) == 216);
  pid_t pid;
  __builtin_memcpy(&pid, reinterpret_cast<char*>(stream) + sizeof(FILE) + 8,
                   sizeof(pid));
  return pid;
}

}  // namespace

pid_t __ckpt_wait(int* status) {
  return WaitPid(-1, status, 0, nullptr,
                 [=] { return Real().wait(status); });
}

pid_t __ckpt_waitpid(pid_t pid, int* status, int options) {
  return WaitPid(pid, status, options, nullptr,
                 [=] { return Real().waitpid(pid, status, options); });
}

pid_t __ckpt_wait3(int* status, int options, rusage* usage) __THROW {
  return WaitPid(-1, status, options, usage,
                 [=] { return Real().wait3(status, options, usage); });
}

pid_t __ckpt_wait4(pid_t pid, int* status, int options,
                   rusage* usage) __THROW {
  return WaitPid(pid, status, options, usage,
                 [=] { return Real().wait4(pid, status, options, usage); });
}

int __ckpt_waitid(idtype_t type, id_t id, siginfo_t* info, int options) {
  siginfo_t ended;
  const auto found = [&] {
    return TakeEnded(type, static_cast<int>(id), options, &ended);
  };
  if (!found()) {
    const int r = Real().waitid(type, id, info, options);
    if (!FoundNone(r) || !found()) return r;
  }
  if (info != nullptr) *info = ended;
  return 0;
}

// Nobody else knows the child: when it has ended, no checkpoint is taken before
// it has been waited for (core/children).
int __ckpt_system(const char* command) {
  uint32_t* inside = &ckpt::track::Self()->waits_inside;
  ++*inside;
  return ckpt::hooks::Finally([=] { return Real().system(command); },
                              [=] { --*inside; });
}

int __ckpt_pclose(FILE* stream) {
  const pid_t child = ChildBehind(stream);
  const int r = Real().pclose(stream);
  siginfo_t info;
  if (!FoundNone(r) || !TakeEnded(P_PID, child, WEXITED, &info)) return r;
  return ckpt::core::WaitStatus(info);
}
