// working_directory.cpp - see working_directory.h.

#include "restore/working_directory.h"

#include "base/line.h"
#include "core/state.h"
#include "sys/file.h"
#include "sys/process.h"

namespace ckpt::restore {
namespace {

// Makes a directory in `parent`, goes there, and removes it.
long EnterRemoved(const char* parent) {
  PathLine path;
  path.Str(parent).Str("/.ckpt-").Dec(static_cast<uint64_t>(sys::GetPid()));
  path.Str(".tmp");
  long r = sys::Raw(__NR_mkdir, path.text(), 0700);
  if (r < 0) return r;
  r = sys::Raw(__NR_chdir, path.text());
  sys::Raw(__NR_rmdir, path.text());
  return r;
}

}  // namespace

long EnterDirectory(const char* path, bool removed) {
  if (!removed) return sys::Raw(__NR_chdir, path);
  size_t size = 0;
  while (path[size] != '\0') ++size;
  while (size > 0) {
    while (path[--size] != '/') {
    }
    PathLine parent;
    for (size_t i = 0; i < size; ++i) parent.Char(path[i]);
    if (EnterRemoved(parent.text()) >= 0) return 0;
  }
  return EnterRemoved(core::g_state.options.directory);
}

}  // namespace ckpt::restore
