// layout.h - where things are in the process that restarts: its vdso, and a
// hole that is free in its own and in the saved address space. No libc, no
// allocation.

#ifndef CKPT_RESTORE_LAYOUT_H
#define CKPT_RESTORE_LAYOUT_H

#include <stdint.h>

#include "base/types.h"
#include "image/format.h"

namespace ckpt::restore {

struct VdsoLayout {
  image::Range parts[4];
  uint32_t count = 0;
  uint32_t vdso = 0;  // which of them is [vdso]

  // From /proc/self/maps. False if it cannot be read.
  bool Read();
};

// The start of `size` free bytes in both; 0 if there are none.
uint64_t FindHole(Span<const image::VmaRecord> saved,
                  const image::ProcessRecord& process, uint64_t size);

}  // namespace ckpt::restore

#endif
