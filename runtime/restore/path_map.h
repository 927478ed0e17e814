// path_map.h - where what had a path at the checkpoint is now: the option
// --path-map. Loader; no libc.

#ifndef CKPT_RESTORE_PATH_MAP_H
#define CKPT_RESTORE_PATH_MAP_H

#include "base/line.h"

namespace ckpt::restore {

// `path` itself, or in *room the path that it has now.
const char* MapPath(const char* path, PathLine* room);

// True if the option says something about `path`.
bool IsMapped(const char* path);

}  // namespace ckpt::restore

#endif
