// object_pidfd.cpp - a pidfd of the program itself: this process is the one
// that will be restored.

#include "restore/objects.h"
#include "sys/process.h"

namespace ckpt::restore {

long MakePidFd(const image::FdRecord& record) {
  constexpr uint32_t kNonblock = 04000;  // PIDFD_NONBLOCK
  return sys::Raw(__NR_pidfd_open, sys::GetPid(),
                  record.open_flags & kNonblock);
}

}  // namespace ckpt::restore
