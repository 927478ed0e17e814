// object_signalfd.cpp - a signalfd with its mask.

#include <sys/signalfd.h>

#include "restore/objects.h"
#include "sys/x86_64/syscall.h"

namespace ckpt::restore {

long MakeSignalFd(const image::SignalFdData& data) {
  return sys::Raw(__NR_signalfd4, -1, &data.mask, sizeof(data.mask),
                  SFD_CLOEXEC);
}

}  // namespace ckpt::restore
