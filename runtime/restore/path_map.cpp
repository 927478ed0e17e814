// path_map.cpp - see path_map.h.

#include "restore/path_map.h"

#include "base/bytes.h"
#include "core/state.h"

namespace ckpt::restore {

const char* MapPath(const char* path, PathLine* room) {
  // OLD=NEW, each ended by a newline (core/options).
  for (const char* p = core::g_state.options.path_map; *p != '\0';) {
    const char* old_path = p;
    while (*p != '=') ++p;
    const size_t size = static_cast<size_t>(p - old_path);
    const char* new_path = ++p;
    while (*p != '\n') ++p;
    const char* end = p++;
    size_t n = 0;
    while (n < size && path[n] != '\0' && path[n] == old_path[n]) ++n;
    // Whole names only.
    if (n < size || (path[n] != '\0' && path[n] != '/')) continue;
    *room = PathLine();
    while (new_path < end) room->Char(*new_path++);
    return room->Str(path + n).text();
  }
  return path;
}

bool IsMapped(const char* path) {
  PathLine room;
  return MapPath(path, &room) != path;
}

}  // namespace ckpt::restore
