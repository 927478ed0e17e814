// excluded.h - memory that the program does not want in its images
// (checkpoint_exclude_bytes): a set of byte ranges, sorted, none of which
// touches another. It lies in the program's memory, so that a restored program
// has it as well. Nobody stops inside a change: the signals are blocked.

#ifndef CKPT_TRACK_EXCLUDED_H
#define CKPT_TRACK_EXCLUDED_H

#include "base/types.h"
#include "image/format.h"

namespace ckpt::track {

constexpr uint32_t kMaxExcluded = 1024;

// Adds the bytes. 0, or -errno if there is no room for one more range.
long ExcludeBytes(uint64_t start, uint64_t end);

// Takes the bytes out. A range that is cut in two where there is no room for
// one more loses its end: what is not excluded is saved.
void IncludeBytes(uint64_t start, uint64_t end);

// True if bytes of [start, end) may be excluded; without a lock. Handlers too.
bool MayBeExcluded(uint64_t start, uint64_t end);

// World stopped, or nobody else runs.
Span<const image::Range> ExcludedBytes();

// The first run of whole pages of `ranges` that ends behind `at`; {~0, ~0} if
// there is none. Handlers too.
image::Range ExcludedPages(Span<const image::Range> ranges, uint64_t at);

// In a forked child: a thread of the parent's may have been changing the set.
void UnlockExcluded();

}  // namespace ckpt::track

#endif
