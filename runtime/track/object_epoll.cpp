// object_epoll.cpp - what an epoll watches, from fdinfo.

#include <linux/kcmp.h>

#include "base/bytes.h"
#include "sys/proc.h"
#include "sys/process.h"
#include "track/objects.h"

namespace ckpt::track {
namespace {

// The number of `key` in a line.
bool Field(const char* line, const char* key, unsigned base, uint64_t* value) {
  for (; *line != '\0'; ++line) {
    if (!StartsWith(line, key)) continue;
    line += StrLen(key);
    while (*line == ' ') ++line;
    *value = ParseNumber(&line, base);
    return true;
  }
  return false;
}

// Whether the file of descriptor `fd` is the one that was added as `fd`; an
// epoll keeps that number whatever becomes of it. `index`: there may be several
// of one number. 0: it is; -2 (ENOENT): there are not so many.
long CompareTarget(const ObjectSource& source, uint32_t fd, uint32_t index) {
  kcmp_epoll_slot slot{static_cast<uint32_t>(source.fd), fd, index};
  const int tid = source.files.tid();
  return sys::Raw(__NR_kcmp, tid, tid, KCMP_EPOLL_TFD, fd, &slot);
}

}  // namespace

// Coordinator only, world stopped.
bool RecordEpoll(const ObjectSource& source, ObjectTable* out, Line* reason) {
  if (!source.ReadInfo()) return false;
  char* cursor = source.info;
  while (const char* line = NextLine(&cursor)) {
    uint64_t fd, events, data;
    if (!StartsWith(line, "tfd:")) continue;
    if (!Field(line, "tfd:", 10, &fd) || !Field(line, "events:", 16, &events) ||
        !Field(line, "data:", 16, &data)) {
      return false;
    }
    const auto number = static_cast<uint32_t>(fd);
    if (CompareTarget(source, number, 0) != 0 ||
        CompareTarget(source, number, 1) != -2) {
      reason->Str("that watches what was descriptor ").Dec(fd)
          .Str(" and is another one now");
      return false;
    }
    if (!out->Add(image::EpollTarget{static_cast<int32_t>(fd),
                                     static_cast<uint32_t>(events), data})) {
      return false;
    }
  }
  return true;
}

}  // namespace ckpt::track
