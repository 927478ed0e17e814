// names.cpp - doors of the names of other threads. The C library reads and
// writes them in /proc, where a thread may have another id (--ids ns). Partner:
// ids.cpp.

#include <errno.h>

#include "base/bytes.h"
#include "core/safepoint.h"
#include "core/thread_list.h"
#include "hooks/handle.h"
#include "hooks/libc.h"
#include "sys/file.h"
#include "track/locks.h"

namespace {

using ckpt::Line;
using ckpt::hooks::Real;

constexpr size_t kCapacity = 16;  // of a name, with its end

// A file of /proc that is open in an image could not be opened again: a stop
// waits until it is closed.
template <typename Call>
int WithComm(pthread_t thread, Call call) {
  int32_t tid;
  ckpt::track::Slot* slot = ckpt::track::Self();
  pthread_mutex_t* outer = slot->wanted;
  slot->wanted = reinterpret_cast<pthread_mutex_t*>(ckpt::track::kShortCall);
  asm volatile("" ::: "memory");
  int r = ckpt::hooks::ThreadOf(thread, &tid);
  if (r == 0) {
    const Line path = Line()
                          .Str("/proc/self/task/")
                          .Dec(static_cast<uint64_t>(ckpt::core::OuterTid(tid)))
                          .Str("/comm");
    const long fd = ckpt::sys::Open(path.text(), O_RDWR | O_CLOEXEC);
    r = static_cast<int>(fd < 0 ? -fd : call(static_cast<int>(fd)));
    if (fd >= 0) ckpt::sys::Close(static_cast<int>(fd));
  }
  asm volatile("" ::: "memory");
  slot->wanted = outer;
  asm volatile("" ::: "memory");
  ckpt::core::StopIfDeferred(slot);
  return r;
}

}  // namespace

int __ckpt_pthread_setname_np(pthread_t thread, const char* name) __THROW {
  const size_t size = ckpt::StrLen(name);
  if (thread == pthread_self() || size >= kCapacity) {
    return Real().pthread_setname_np(thread, name);
  }
  return WithComm(thread, [=](int fd) {
    const long n = ckpt::sys::Write(fd, name, size);
    return n < 0 ? -n : n == static_cast<long>(size) ? 0 : EIO;
  });
}

int __ckpt_pthread_getname_np(pthread_t thread, char* name,
                              size_t size) __THROW {
  if (thread == pthread_self() || size < kCapacity) {
    return Real().pthread_getname_np(thread, name, size);
  }
  return WithComm(thread, [=](int fd) -> long {
    const long n = ckpt::sys::Read(fd, name, size);
    if (n < 0) return -n;
    if (n == static_cast<long>(size) && name[n - 1] != '\n') return ERANGE;
    name[n > 0 && name[n - 1] == '\n' ? n - 1 : n] = '\0';
    return 0;
  });
}
