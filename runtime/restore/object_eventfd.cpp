// object_eventfd.cpp - an eventfd with its counter.

#include <sys/eventfd.h>

#include "restore/objects.h"
#include "sys/file.h"

namespace ckpt::restore {

long MakeEventFd(const image::EventFdData& data) {
  const int kind = data.semaphore != 0 ? EFD_SEMAPHORE : 0;
  // A full counter must not make the write wait.
  const long fd =
      sys::Raw(__NR_eventfd2, 0, kind | EFD_CLOEXEC | EFD_NONBLOCK);
  if (fd < 0 || data.count == 0) return fd;
  const long r =
      sys::WriteAll(static_cast<int>(fd), &data.count, sizeof(data.count));
  if (r >= 0) return fd;
  sys::Close(static_cast<int>(fd));
  return r;
}

}  // namespace ckpt::restore
