// resume.h - the first steps of a restored program: its threads come back into
// the safepoint they were parked in, a new coordinator brings the runtime up to
// date and releases them (the paper, section 3.6, from step 6 on: "the threads
// follow the same steps they follow after the checkpoint file has been
// written").

#ifndef CKPT_CORE_RESUME_H
#define CKPT_CORE_RESUME_H

#include "restore/plan.h"

namespace ckpt::core {

// Written by the restorer; plan == 0 in a program that was not restored.
extern constinit restore::RestoredInfo g_restored;

// Coordinator of a restored process: its descriptor of the image.
int RestoredImage();

// Likewise: waits for the threads, corrects what is
// different now, and releases them.
void CompleteRestart();

}  // namespace ckpt::core

#endif
