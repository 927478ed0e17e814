// foreign_vdso.h - going on under a kernel whose vdso is another one than the
// image's. The program keeps addresses of functions in the old one, so its
// bytes stay where they were, as ordinary memory, with a jump to the function
// of the same name in the running kernel's at the start of each; that one lies
// where there is room, and is moved with the next image as the first was.
// No libc, no allocation.

#ifndef CKPT_RESTORE_FOREIGN_VDSO_H
#define CKPT_RESTORE_FOREIGN_VDSO_H

#include "base/line.h"
#include "base/types.h"
#include "image/reader.h"
#include "restore/layout.h"

namespace ckpt::restore {

// The vdso of this process.
Span<const uint8_t> VdsoBytes(const VdsoLayout& here);

// True if the functions of `old` can be led to `here`, `file` being the bytes
// of the image. False with *why, above all if a thread was inside of one: what
// it reads next is not where it was.
bool CanReplaceVdso(const image::Reader& image, Span<const uint8_t> file,
                    const VdsoLayout& here, Line* why);

// Puts the jumps into `copy`, the bytes of the image's vdso. `now` are those of
// the running kernel, which will lie at `address`. False with *why if a
// function cannot be led anywhere; `copy` may then be half changed.
bool LeadAway(Span<uint8_t> copy, Span<const uint8_t> now, uint64_t address,
              Line* why);

}  // namespace ckpt::restore

#endif
