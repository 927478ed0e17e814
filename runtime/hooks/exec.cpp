// exec.cpp - doors of exec: no checkpoint is under way when the program is
// replaced, because a stop signal that is still pending would meet the new one
// without a handler and end it. A child between vfork and exec passes through.

#include <alloca.h>
#include <errno.h>
#include <stdarg.h>

#include "checkpoint.h"
#include "core/state.h"
#include "hooks/libc.h"
#include "sys/signal.h"

namespace {

using ckpt::hooks::Real;

// One of a stop that was given up may still wait behind the thread's mask.
void DrainStopSignal() {
  const ckpt::sys::SignalSet stop =
      ckpt::sys::SignalBit(ckpt::core::g_state.stop_signal);
  const timespec now{};
  siginfo_t info;
  while (ckpt::sys::WaitInfo(&stop, &info, &now) > 0) {
  }
}

template <typename Exec>
int Replace(Exec exec) {
  const bool own = ckpt::core::InOwnProcess();
  if (own) {
    checkpoint_disable();
    DrainStopSignal();
  }
  const int r = exec();  // comes back only with an error
  const int error = errno;
  if (own) checkpoint_enable();
  errno = error;
  return r;
}

}  // namespace

int __ckpt_execve(const char* path, char* const argv[],
                  char* const envp[]) __THROW {
  return Replace([=] { return Real().execve(path, argv, envp); });
}

int __ckpt_execv(const char* path, char* const argv[]) __THROW {
  return Replace([=] { return Real().execv(path, argv); });
}

int __ckpt_execvp(const char* file, char* const argv[]) __THROW {
  return Replace([=] { return Real().execvp(file, argv); });
}

int __ckpt_execvpe(const char* file, char* const argv[],
                   char* const envp[]) __THROW {
  return Replace([=] { return Real().execvpe(file, argv, envp); });
}

int __ckpt_fexecve(int fd, char* const argv[], char* const envp[]) __THROW {
  return Replace([=] { return Real().fexecve(fd, argv, envp); });
}

// The listed arguments, null included, as an array `argv` on the stack; the
// list is left behind the null.
#define CKPT_COLLECT(first, list)                                        \
  va_list list;                                                          \
  va_start(list, first);                                                 \
  size_t count = 1;                                                      \
  while (first != nullptr && va_arg(list, char*) != nullptr) ++count;    \
  va_end(list);                                                          \
  auto** argv =                                                          \
      static_cast<char**>(alloca((count + 1) * sizeof(char*)));          \
  argv[0] = const_cast<char*>(first);                                    \
  va_start(list, first);                                                 \
  for (size_t i = 1; i <= count; ++i) argv[i] = va_arg(list, char*)

int __ckpt_execveat(int dir, const char* path, char* const argv[],
                    char* const envp[], int flags) __THROW {
  return Replace([=] { return Real().execveat(dir, path, argv, envp, flags); });
}

int __ckpt_execl(const char* path, const char* first, ...) __THROW {
  CKPT_COLLECT(first, list);
  va_end(list);
  return __ckpt_execv(path, argv);
}

int __ckpt_execlp(const char* file, const char* first, ...) __THROW {
  CKPT_COLLECT(first, list);
  va_end(list);
  return __ckpt_execvp(file, argv);
}

int __ckpt_execle(const char* path, const char* first, ...) __THROW {
  CKPT_COLLECT(first, list);
  char* const* envp = va_arg(list, char* const*);
  va_end(list);
  return __ckpt_execve(path, argv, envp);
}
