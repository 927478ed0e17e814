// clocks.h - processor time of earlier lives, for doors beside those of the
// clocks.

#ifndef CKPT_HOOKS_CLOCKS_H
#define CKPT_HOOKS_CLOCKS_H

#include <stdint.h>
#include <time.h>

namespace ckpt::hooks {

// What the program sees on a clock of processor time above what the kernel
// counts, in nanoseconds. *clock becomes the clock to ask the kernel for.
int64_t UsedBefore(clockid_t* clock);

}  // namespace ckpt::hooks

#endif
