// working_directory.cpp - see working_directory.h.

#include "restore/working_directory.h"

#include "base/bytes.h"
#include "base/line.h"
#include "core/state.h"
#include "sys/file.h"
#include "sys/process.h"

namespace ckpt::restore {
namespace {

// Makes a directory in `parent` and removes it; a descriptor of it, or -errno.
long MakeRemoved(const char* parent, int flags) {
  PathLine path;
  path.Str(parent).Str("/.ckpt-").Dec(static_cast<uint64_t>(sys::GetPid()));
  path.Str(".tmp");
  const long r = sys::Raw(__NR_mkdir, path.text(), 0700);
  if (r < 0) return r;
  const long fd = sys::Open(path.text(), flags | O_DIRECTORY | O_CLOEXEC);
  sys::Raw(__NR_rmdir, path.text());
  return fd;
}

}  // namespace

long OpenRemovedDirectory(const char* path, int flags) {
  size_t size = StrLen(path);
  while (size > 0) {
    while (path[--size] != '/') {
    }
    PathLine parent;
    for (size_t i = 0; i < size; ++i) parent.Char(path[i]);
    const long fd = MakeRemoved(parent.text(), flags);
    if (fd >= 0) return fd;
  }
  return MakeRemoved(core::g_state.options.directory, flags);
}

long EnterDirectory(const char* path, bool removed) {
  if (!removed) return sys::Raw(__NR_chdir, path);
  const long fd = OpenRemovedDirectory(path, O_PATH);
  if (fd < 0) return fd;
  const long r = sys::Raw(__NR_fchdir, fd);
  sys::Close(static_cast<int>(fd));
  return r;
}

}  // namespace ckpt::restore
