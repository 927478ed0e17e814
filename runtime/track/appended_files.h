// appended_files.h - files that the program has opened for appending, and may
// have closed: it opens them again when it has the next line to log. What it
// appends after a checkpoint must be cut off like that of a file that is open
// (core/file_content). No libc.

#ifndef CKPT_TRACK_APPENDED_FILES_H
#define CKPT_TRACK_APPENDED_FILES_H

#include <stddef.h>
#include <stdint.h>

namespace ckpt::track {

constexpr size_t kAppendedFiles = 256;

struct AppendedFile {
  uint64_t device, inode;
  char path[4096];
};

// Any thread, handlers included: `fd` was opened for appending. What does not
// fit is not known.
void NoteAppending(int fd);

// World stopped: entry `index`, or nullptr if there is none.
const AppendedFile* GetAppended(size_t index);
// Likewise: it is no such file any more.
void ForgetAppended(size_t index);

}  // namespace ckpt::track

#endif
