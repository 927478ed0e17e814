// file_locks.cpp - see file_locks.h.

#include "track/file_locks.h"

#include "base/bytes.h"
#include "sys/file.h"

namespace ckpt::track {
namespace {

using image::FileLockKind;
using image::FileLockRecord;

constexpr size_t kTextCapacity = 1 << 20;

const char* SkipBlanks(const char* p) {
  while (*p == ' ' || *p == '\t') ++p;
  return p;
}

const char* SkipWord(const char* p) {
  p = SkipBlanks(p);
  while (*p != ' ' && *p != '\t' && *p != '\0' && *p != '\n') ++p;
  return SkipBlanks(p);
}

}  // namespace

// "1: POSIX  ADVISORY  WRITE 4711 08:01:12345 0 EOF"
bool ParseFileLock(const char* text, FileLockRecord* lock) {
  const char* p = SkipWord(text);
  if (StartsWith(p, "POSIX")) {
    lock->kind = FileLockKind::kPosix;
  } else if (StartsWith(p, "OFDLCK")) {
    lock->kind = FileLockKind::kOpenFile;
  } else if (StartsWith(p, "FLOCK")) {
    lock->kind = FileLockKind::kFlock;
  } else {
    return false;
  }
  p = SkipWord(SkipWord(p));
  lock->exclusive = StartsWith(p, "WRITE") ? 1 : 0;
  p = SkipWord(SkipWord(SkipWord(p)));
  lock->start = ParseNumber(&p, 10);
  p = SkipBlanks(p);
  lock->end = StartsWith(p, "EOF") ? image::kToTheEnd : ParseNumber(&p, 10);
  return true;
}

bool CollectFileLocks(const ProgramFiles& files,
                      Span<const image::FdRecord> fds, Arena* scratch,
                      ArenaList<FileLockRecord>* locks, Line* reason) {
  char* text = scratch->Take<char>(kTextCapacity);
  for (const image::FdRecord& fd : fds) {
    // A copy shows the same ones.
    if (fd.same_as >= 0 || (fd.mode & S_IFMT) != S_IFREG) continue;
    const Line info = files.Entry("fdinfo", fd.fd);
    long r = text == nullptr
                 ? -12  // ENOMEM
                 : sys::ReadWhole(info.text(), text, kTextCapacity);
    char* cursor = text;
    for (char* line; r >= 0 && (line = NextLine(&cursor)) != nullptr;) {
      if (!StartsWith(line, "lock:")) continue;
      FileLockRecord lock{};
      if (!ParseFileLock(SkipBlanks(line + 5), &lock)) continue;
      lock.fd = fd.fd;
      FileLockRecord* added = locks->Add();
      if (added != nullptr) *added = lock;
      if (added == nullptr) r = -12;  // ENOMEM
    }
    if (r >= 0) continue;
    reason->Str("cannot list the locks on descriptor ")
        .Dec(static_cast<uint64_t>(fd.fd));
    return false;
  }
  return true;
}

}  // namespace ckpt::track
