// objects.cpp - see objects.h.

#include "restore/objects.h"

namespace ckpt::restore {

using image::ObjectKind;
using image::ObjectRecord;

long MakeObject(const image::Reader& reader, const ObjectRecord& object) {
  switch (object.kind) {
    case ObjectKind::kEventFd:
      return MakeEventFd(reader.ObjectData<image::EventFdData>(object)[0]);
    case ObjectKind::kTimerFd:
      return MakeTimerFd(reader.ObjectData<image::TimerFdData>(object)[0]);
    case ObjectKind::kSignalFd:
      return MakeSignalFd(reader.ObjectData<image::SignalFdData>(object)[0]);
    case ObjectKind::kEpoll:
      return MakeEpoll();
  }
  return -22;  // EINVAL; the reader lets no such image pass
}

void LinkObject(const image::Reader& reader, const ObjectRecord& object) {
  if (object.kind != ObjectKind::kEpoll) return;
  LinkEpoll(object.fd, reader.ObjectData<image::EpollTarget>(object));
}

}  // namespace ckpt::restore
