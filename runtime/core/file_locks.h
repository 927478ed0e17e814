// file_locks.h - locks on files are taken again in a restored program, before
// its files go back (core/rollback). Partner: track/file_locks.

#ifndef CKPT_CORE_FILE_LOCKS_H
#define CKPT_CORE_FILE_LOCKS_H

#include "base/types.h"
#include "image/format.h"

namespace ckpt::core {

// In a restored thread: fcntl's locks belong to the program's descriptor table.
// Ends the process with a line if somebody else has one.
void TakeFileLocks(Span<const image::FileLockRecord> locks);

}  // namespace ckpt::core

#endif
