// object_pidfd.cpp - a pidfd of the program itself, from fdinfo.

#include "base/bytes.h"
#include "sys/file.h"
#include "sys/proc.h"
#include "track/objects.h"

namespace ckpt::track {

// Coordinator only, world stopped. By the ids of the outermost namespace that
// /proc shows.
bool RecordPidFd(const ObjectSource& source, ObjectTable*, Line* reason) {
  char self[32];
  const char* p = self;
  if (!source.ReadInfo() ||
      sys::ReadLink("/proc/self", self, sizeof(self)) <= 0) {
    return false;
  }
  const char* id = sys::StatusField(source.info, "Pid:");
  if (id == nullptr) return false;
  if (*id != '-' && ParseNumber(&id, 10) == ParseNumber(&p, 10)) return true;
  reason->Str("of another process");
  return false;
}

}  // namespace ckpt::track
