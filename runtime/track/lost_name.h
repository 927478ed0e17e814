// lost_name.h - open files whose name is gone ("... (deleted)" in /proc).
// No libc; coordinator only.

#ifndef CKPT_TRACK_LOST_NAME_H
#define CKPT_TRACK_LOST_NAME_H

#include <stddef.h>
#include <sys/stat.h>

namespace ckpt::track {

// A file of a directory, of which the last part of `path` is no name any more.
// Not memory (memfd, System V), which only looks like that.
bool HasLostName(const char* path);

// Takes that mark off.
void CutMark(char* path);

// The file has another name (link(2), linkat of an O_TMPFILE): if it is in the
// same directory, `path`, marked, becomes that one.
bool FindOtherName(const struct stat& st, char* path, size_t capacity);

}  // namespace ckpt::track

#endif
