// object_eventfd.cpp - an eventfd's counter and kind, from fdinfo.

#include "base/bytes.h"
#include "sys/proc.h"
#include "track/objects.h"

namespace ckpt::track {

// Coordinator only, world stopped.
bool RecordEventFd(const ObjectSource& source, ObjectTable* out, Line* reason) {
  if (!source.ReadInfo()) return false;
  const char* count = sys::StatusField(source.info, "eventfd-count:");
  const char* semaphore = sys::StatusField(source.info, "eventfd-semaphore:");
  if (count == nullptr) return false;
  if (semaphore == nullptr) {  // before Linux 6.5
    reason->Str("of which this kernel does not tell whether it is a semaphore");
    return false;
  }
  image::EventFdData data{};
  data.count = ParseNumber(&count, 16);
  data.semaphore = ParseNumber(&semaphore, 10) != 0 ? 1 : 0;
  return out->Add(data);
}

}  // namespace ckpt::track
