// file_locks.h - the locks that the program has on its open files (fcntl, open
// file description locks, flock), from fdinfo. No libc; coordinator only, world
// stopped. Partner: core/file_locks.

#ifndef CKPT_TRACK_FILE_LOCKS_H
#define CKPT_TRACK_FILE_LOCKS_H

#include "base/arena.h"
#include "base/line.h"
#include "base/types.h"
#include "image/format.h"
#include "track/program_files.h"

namespace ckpt::track {

// Reads one line of fdinfo behind "lock:". False if it is no such lock (a
// lease).
bool ParseFileLock(const char* text, image::FileLockRecord* lock);

// Adds a record for each lock of `fds`. False with *reason.
bool CollectFileLocks(const ProgramFiles& files,
                      Span<const image::FdRecord> fds, Arena* scratch,
                      ArenaList<image::FileLockRecord>* locks, Line* reason);

}  // namespace ckpt::track

#endif
