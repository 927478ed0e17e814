// moved_file.cpp - see moved_file.h.

#include "restore/moved_file.h"

#include "base/bytes.h"
#include "sys/directory.h"
#include "sys/file.h"
#include "sys/process.h"

namespace ckpt::restore {
namespace {

constexpr char kSuffix[] = ".ckpt-moved";

void Directory(const char* path, PathLine* directory) {
  const char* end = BaseName(path);
  while (path < end) directory->Char(*path++);
}

long CopyAll(int from, int to, uint64_t size) {
  if (sys::Raw(__NR_ioctl, to, FICLONE, from) >= 0) return 0;
  while (size > 0) {
    const long n = sys::Raw(__NR_sendfile, to, from, 0,
                            size < (1u << 30) ? size : (1u << 30));
    if (n < 0) return n;
    if (n == 0) return 0;
    size -= static_cast<uint64_t>(n);
  }
  return 0;
}

// A copy of `from` as `to`, mode and owner included.
long CopyFile(const char* from, const char* to) {
  const long source = sys::Open(from, O_RDONLY | O_CLOEXEC);
  if (source < 0) return source;
  struct stat st;
  sys::Stat(static_cast<int>(source), &st);
  sys::Unlink(to);
  const long fd = sys::Open(to, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  long r = fd;
  if (fd >= 0) {
    r = CopyAll(static_cast<int>(source), static_cast<int>(fd),
                static_cast<uint64_t>(st.st_size));
    sys::Raw(__NR_fchown, fd, st.st_uid, st.st_gid);
    sys::Raw(__NR_fchmod, fd, st.st_mode & 07777);
    sys::Close(static_cast<int>(fd));
  }
  sys::Close(static_cast<int>(source));
  return r < 0 ? r : 0;
}

}  // namespace

bool FindMoved(const char* path, const image::FileRecord& record,
               PathLine* now) {
  PathLine directory;
  Directory(path, &directory);
  bool found = false;
  sys::ForEachEntry(directory.text(), [&](const sys::DirEntry& entry) {
    if (found || entry.inode != record.inode) return;
    *now = PathLine();
    now->Str(directory.text()).Str(entry.name);
    struct stat st;
    if (sys::LinkStatPath(now->text(), &st) < 0 || !S_ISREG(st.st_mode) ||
        st.st_ino != record.inode) {
      return;
    }
    const long fd = sys::Open(now->text(), O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) return;
    found = record.birth_ns != 0
                ? sys::BirthTime(static_cast<int>(fd)) == record.birth_ns
                : st.st_dev == record.device;
    sys::Close(static_cast<int>(fd));
  });
  return found;
}

long MoveBack(const char* from, const char* to) {
  // What an earlier attempt has left half way.
  if (EndsWith(from, kSuffix)) return sys::RenameNoReplace(from, to);
  PathLine copy;
  copy.Str(to).Str(kSuffix);
  long r = CopyFile(from, copy.text());
  if (r < 0) {
    sys::Unlink(copy.text());
    return r;
  }
  constexpr int kExchange = 2;  // RENAME_EXCHANGE
  r = sys::Raw(__NR_renameat2, AT_FDCWD, from, AT_FDCWD, copy.text(),
               kExchange);
  if (r >= 0) return sys::RenameNoReplace(copy.text(), to);
  // Not on this file system.
  r = sys::Raw(__NR_rename, from, to);
  return r < 0 ? r : sys::Raw(__NR_rename, copy.text(), from);
}

long OpenWithoutName(const char* directory, int flags, PathLine* name) {
  *name = PathLine();
  long r = sys::Open(directory, flags | O_CLOEXEC, 0600);
  // EOPNOTSUPP, EISDIR: not on this one.
  if (r != -95 && r != -21) return r;
  name->Str(directory)
      .Str("/.ckpt-")
      .Dec(static_cast<uint64_t>(sys::GetPid()))
      .Str(".tmp");
  sys::Unlink(name->text());
  r = sys::Open(name->text(),
                (flags & ~O_TMPFILE) | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  return r;
}

long GiveName(int fd, const PathLine& name, const char* path) {
  if (name.size() == 0) return sys::LinkNameless(fd, path);
  const long r = sys::RenameNoReplace(name.text(), path);
  if (r < 0) sys::Unlink(name.text());
  return r;
}

}  // namespace ckpt::restore
