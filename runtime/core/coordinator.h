// coordinator.h - the thread that takes checkpoints (the paper's checkpoint
// thread, section 3.5). Created by raw clone: it is none of the C library's
// threads, never calls it, and blocks every signal. It exists from the first
// moment it has something to do: at start with -t or -x, else from the first
// request.

#ifndef CKPT_CORE_COORDINATOR_H
#define CKPT_CORE_COORDINATOR_H

#include <stdint.h>

#include "image/format.h"

namespace ckpt::core {

// Starts the coordinator if there is none. Runs in handlers too. 0 or -errno.
long StartCoordinator();

// In a handler: somebody asks for a checkpoint.
void RequestNow(uint64_t nonce);  // `ckpt now`
void RequestExit();               // -x

// checkpoint_here: asks, and waits for the outcome: 0, or a positive errno.
int RequestHere();

// Makes the coordinator look again at what is due.
void WakeCoordinator();

// After a change of the program's user or group ids: if they are other ones
// than at start, the coordinator, which still has those, ends, and
// checkpointing is off.
void RetireIfIdsChanged();

// The coordinator's own memory, which is no part of an image: it changes while
// the image is written.
image::Range CoordinatorStack();

// In a restored process or a forked child: there is no coordinator (yet).
void ForgetCoordinator();

// A stop is about to end in a restored process: requests that the image holds
// are served (core/resume).
void ServeRestored();

}  // namespace ckpt::core

#endif
