// working_directory.h - the current directory of a restored program, and
// directories that it has open, also removed ones. Loader; no libc.

#ifndef CKPT_RESTORE_WORKING_DIRECTORY_H
#define CKPT_RESTORE_WORKING_DIRECTORY_H

namespace ckpt::restore {

// Goes to `path`; if it had been `removed`, to one made and removed as near to
// it as can be. 0 or -errno.
long EnterDirectory(const char* path, bool removed);

// A descriptor of such a removed directory, or -errno.
long OpenRemovedDirectory(const char* path, int flags);

}  // namespace ckpt::restore

#endif
