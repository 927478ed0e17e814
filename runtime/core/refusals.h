// refusals.h - what a program may be or have that no image can express, apart
// from what it holds open or mapped (track/). No libc: coordinator only.

#ifndef CKPT_CORE_REFUSALS_H
#define CKPT_CORE_REFUSALS_H

#include "base/line.h"

namespace ckpt::core {

// False with *reason if the program has changed its ids or put on a seccomp
// filter: the restored process has those of whoever starts it; or if its calls
// are recorded on a shadow stack. Before the stop, whose handler a filter might
// not let through.
bool CheckCredentials(Line* reason);

// False with *reason if the program uses something of the processor that a
// restart could not give back.
bool CheckProcessor(Line* reason);

}  // namespace ckpt::core

#endif
