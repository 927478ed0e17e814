// file_locks.cpp - see file_locks.h.

#include "core/file_locks.h"

#include <sys/file.h>

#include "base/line.h"
#include "core/message.h"
#include "sys/file.h"
#include "sys/process.h"

namespace ckpt::core {
namespace {

using image::FileLockKind;
using image::FileLockRecord;

long Take(const FileLockRecord& lock) {
  if (lock.kind == FileLockKind::kFlock) {
    return sys::Raw(__NR_flock, lock.fd,
                    (lock.exclusive != 0 ? LOCK_EX : LOCK_SH) | LOCK_NB);
  }
  struct flock range{};
  range.l_type = lock.exclusive != 0 ? F_WRLCK : F_RDLCK;
  range.l_whence = SEEK_SET;
  range.l_start = static_cast<int64_t>(lock.start);
  range.l_len = lock.end == image::kToTheEnd
                    ? 0
                    : static_cast<int64_t>(lock.end - lock.start + 1);
  const int command =
      lock.kind == FileLockKind::kPosix ? F_SETLK : F_OFD_SETLK;
  return sys::Fcntl(lock.fd, command, reinterpret_cast<long>(&range));
}

}  // namespace

void TakeFileLocks(Span<const FileLockRecord> locks) {
  // A process that was killed a moment ago may still have it.
  constexpr uint64_t kPatienceUs = 2000000;
  const uint64_t begin = sys::NowUs();
  for (const FileLockRecord& lock : locks) {
    long r;
    while ((r = Take(lock)) == -11 || r == -13) {  // EAGAIN, EACCES
      if (sys::NowUs() - begin >= kPatienceUs) break;
      const timespec pause = sys::ToTimespec(2000000);
      sys::Raw(__NR_nanosleep, &pause, 0);
    }
    if (r >= 0) continue;
    char path[4096];
    const Line link = Line().Str("/proc/thread-self/fd/").Dec(
        static_cast<uint64_t>(lock.fd));
    if (sys::ReadLink(link.text(), path, sizeof(path)) < 0) path[0] = '\0';
    Line line;
    line.Str("restart failed: the lock on ").Str(path);
    if (r == -11 || r == -13) {
      line.Str(" is another process's now");
    } else {
      line.Str(": ");
      AddError(&line, r);
    }
    Fatal(line);
  }
}

}  // namespace ckpt::core
