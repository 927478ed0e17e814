// object_signalfd.cpp - a signalfd's mask, from fdinfo. The signals that wait
// are the process's and its threads' (core/snapshot).

#include "base/bytes.h"
#include "sys/proc.h"
#include "track/objects.h"

namespace ckpt::track {

// Coordinator only, world stopped.
bool RecordSignalFd(const ObjectSource& source, ObjectTable* out, Line*) {
  if (!source.ReadInfo()) return false;
  const char* mask = sys::StatusField(source.info, "sigmask:");
  return mask != nullptr &&
         out->Add(image::SignalFdData{ParseNumber(&mask, 16)});
}

}  // namespace ckpt::track
