// moved_file.h - files that have another name than at the checkpoint, or none
// yet. Loader; no libc. Results are 0 or a descriptor, or -errno.

#ifndef CKPT_RESTORE_MOVED_FILE_H
#define CKPT_RESTORE_MOVED_FILE_H

#include "base/line.h"
#include "image/format.h"

namespace ckpt::restore {

// Where in its directory the file of `record`, once `path`, is now.
bool FindMoved(const char* path, const image::FileRecord& record,
               PathLine* now);

// The file that is now `from` is `to` again, and a copy of it stays as `from`.
// Ended in the middle, FindMoved finds it all the same.
long MoveBack(const char* from, const char* to);

// A new file in `directory` with open(2)'s `flags`, O_TMPFILE among them; where
// there are none without a name it gets *name.
long OpenWithoutName(const char* directory, int flags, PathLine* name);

// Such a file becomes `path`, unless that exists.
long GiveName(int fd, const PathLine& name, const char* path);

}  // namespace ckpt::restore

#endif
