// objects.cpp - see objects.h.

#include "restore/objects.h"

#include "core/message.h"
#include "sys/file.h"
#include "sys/memory.h"

namespace ckpt::restore {

using image::ObjectKind;
using image::ObjectRecord;

long Workshop::Open(int base) {
  base_ = base;
  const size_t count = reader_.objects().size;
  const long memory = sys::MapAnonymous((count + 1) * sizeof(*spares_));
  if (sys::IsError(memory)) return memory;
  spares_ = reinterpret_cast<int (*)[2]>(memory);
  for (size_t i = 0; i < count; ++i) spares_[i][0] = spares_[i][1] = -1;
  return 0;
}

void Workshop::Close() {
  sys::Unmap(reinterpret_cast<uint64_t>(spares_),
             (reader_.objects().size + 1) * sizeof(*spares_));
}

long Workshop::PutAside(long fd) const {
  if (fd < 0) return fd;
  const long r = sys::Fcntl(static_cast<int>(fd), F_DUPFD_CLOEXEC, base_);
  sys::Close(static_cast<int>(fd));
  return r;
}

long Workshop::Make(const image::FdRecord& record) {
  const ObjectRecord* object = reader_.FindObject(record.fd);
  if (object == nullptr) return -22;  // EINVAL; the reader lets none pass
  switch (object->kind) {
    case ObjectKind::kEventFd:
      return MakeEventFd(reader_.ObjectData<image::EventFdData>(*object)[0]);
    case ObjectKind::kTimerFd:
      return MakeTimerFd(reader_.ObjectData<image::TimerFdData>(*object)[0]);
    case ObjectKind::kSignalFd:
      return MakeSignalFd(reader_.ObjectData<image::SignalFdData>(*object)[0]);
    case ObjectKind::kEpoll:
      return MakeEpoll();
    case ObjectKind::kPipe:
      return MakePipe(this, record, *object);
    case ObjectKind::kSocket:
      return MakeSocket(this, *object);
    case ObjectKind::kPidFd:
      return MakePidFd(record);
  }
  return -22;  // EINVAL; the reader lets no such image pass
}

void Workshop::Link() {
  for (const ObjectRecord& object : reader_.objects()) {
    if (object.kind == ObjectKind::kSocket) FillSocket(this, object);
  }
  for (const ObjectRecord& object : reader_.objects()) {
    if (object.kind == ObjectKind::kSocket) LinkSocket(this, object);
  }
  for (const ObjectRecord& object : reader_.objects()) {
    if (object.kind != ObjectKind::kEpoll) continue;
    LinkEpoll(object.fd, reader_.ObjectData<image::EpollTarget>(object));
  }
}

void RefuseObject(const char* what, long error) {
  Line line;
  line.Str("restart refused: ").Str(what).Str(": ");
  core::AddError(&line, error);
  core::Fatal(line);
}

}  // namespace ckpt::restore
