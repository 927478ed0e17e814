// rollback.h - the files of a restart go back to what they were at the
// checkpoint: the last thing that happens before the program runs. Killed in
// the middle, the next restart begins again. Checkpoint thread of a restored
// program; no libc. Partner: restore/rollback, which has looked at them.

#ifndef CKPT_CORE_ROLLBACK_H
#define CKPT_CORE_ROLLBACK_H

#include "restore/plan.h"

namespace ckpt::core {

// Ends the process with a line if a file cannot be had.
void RollBackFiles(const restore::Plan& plan);

}  // namespace ckpt::core

#endif
