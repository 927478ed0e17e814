// advice.h - what the program has advised the kernel about its memory, and what
// it has locked: the flags of /proc/self/smaps (proc_pid_smaps(5)). The kernel
// walks every page for that file, so it is read only where there is something
// to find. No libc: coordinator only, world stopped.

#ifndef CKPT_TRACK_ADVICE_H
#define CKPT_TRACK_ADVICE_H

#include "base/types.h"
#include "image/format.h"

namespace ckpt::track {

// The bits of VmaRecord::advice for the text of a VmFlags line: "rd wr mr ..".
uint32_t AdviceOf(const char* flags);

// Enters the advice of each area in its record. 0 or -errno.
long ReadAdvice(Span<image::VmaRecord> vmas);

}  // namespace ckpt::track

#endif
