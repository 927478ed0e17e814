// objects.cpp - see objects.h.

#include "track/objects.h"

#include "base/bytes.h"
#include "sys/file.h"

namespace ckpt::track {
namespace {

using image::FdKind;
using image::FdRecord;
using image::ObjectKind;

struct Kind {
  const char* path;  // what /proc says
  const char* name;  // in messages
  ObjectKind kind;
  RecordObject record;
};

constexpr Kind kKinds[] = {
    {"anon_inode:[eventfd]", "an eventfd", ObjectKind::kEventFd, RecordEventFd},
    {"anon_inode:[timerfd]", "a timerfd", ObjectKind::kTimerFd, RecordTimerFd},
    {"anon_inode:[signalfd]", "a signalfd", ObjectKind::kSignalFd,
     RecordSignalFd},
    {"anon_inode:[eventpoll]", "an epoll descriptor", ObjectKind::kEpoll,
     RecordEpoll},
    {"anon_inode:[pidfd]", "a pidfd", ObjectKind::kPidFd, RecordPidFd},
    {"pidfd:", "a pidfd", ObjectKind::kPidFd, RecordPidFd},  // Linux 6.9
    {"pipe:", "a pipe", ObjectKind::kPipe, RecordPipe},
    {"socket:", "a socket", ObjectKind::kSocket, RecordSocket},
};
constexpr Kind kFifo = {"", "a FIFO", ObjectKind::kPipe, RecordPipe};

// An epoll has a line for each descriptor that it watches.
constexpr size_t kInfoCapacity = 1 << 20;

const Kind* FindKind(const char* path, uint32_t mode) {
  if (path[0] == '/' && (mode & S_IFMT) == S_IFIFO) return &kFifo;
  for (const Kind& kind : kKinds) {
    // "pipe:[1234]"; the other names are whole.
    const bool numbered = EndsWith(kind.path, ":");
    if (numbered ? StartsWith(path, kind.path) : StrEq(path, kind.path)) {
      return &kind;
    }
  }
  return nullptr;
}

}  // namespace

bool ObjectSource::ReadInfo() const {
  return sys::ReadWhole(files.Entry("fdinfo", fd).text(), info, capacity) > 0;
}

bool IsObject(const char* path, uint32_t mode) {
  return FindKind(path, mode) != nullptr;
}

bool CollectObjects(const ProgramFiles& files, Span<const FdRecord> fds,
                    const Strings& strings, Arena* scratch, ObjectTable* out,
                    Line* reason) {
  char* info = nullptr;
  for (const FdRecord& fd : fds) {
    if (fd.kind != FdKind::kObject || fd.same_as >= 0) continue;
    if (info == nullptr) info = scratch->Take<char>(kInfoCapacity);
    const char* path = strings.Get(fd.path);
    const Kind* kind = FindKind(path, fd.mode);
    if (info == nullptr || kind == nullptr || !out->Begin(fd.fd, kind->kind)) {
      reason->Str("too many open descriptors");
      return false;
    }
    Line why;
    const ObjectSource source{files, fd.fd, info, kInfoCapacity, fd, fds, path};
    if (kind->record(source, out, &why)) continue;
    reason->Str("descriptor ").Dec(static_cast<uint64_t>(fd.fd)).Str(" is ")
        .Str(kind->name).Char(' ')
        .Str(why.size() != 0 ? why.text() : "that /proc does not describe")
        .Str(", which cannot be carried over a restart");
    return false;
  }
  return true;
}

}  // namespace ckpt::track
