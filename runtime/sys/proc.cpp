// proc.cpp - see proc.h.

#include "sys/proc.h"

#include <sys/mman.h>
#include <sys/sysmacros.h>
#include <time.h>

#include "base/bytes.h"
#include "base/line.h"
#include "sys/directory.h"
#include "sys/file.h"
#include "sys/process.h"

namespace ckpt::sys {

bool ParseMapLine(const char* line, MapLine* out) {
  const char* p = line;
  out->start = ParseNumber(&p, 16);
  if (p == line || *p++ != '-') return false;
  out->end = ParseNumber(&p, 16);
  if (*p++ != ' ') return false;
  out->prot = (p[0] == 'r' ? PROT_READ : 0) | (p[1] == 'w' ? PROT_WRITE : 0) |
              (p[2] == 'x' ? PROT_EXEC : 0);
  out->shared = p[3] == 's';
  p += 5;
  out->offset = ParseNumber(&p, 16);
  if (*p++ != ' ') return false;
  const uint64_t major = ParseNumber(&p, 16);
  if (*p++ != ':') return false;
  const uint64_t minor = ParseNumber(&p, 16);
  out->device = makedev(major, minor);
  if (*p++ != ' ') return false;
  out->inode = ParseNumber(&p, 10);
  while (*p == ' ') ++p;
  out->name = p;
  return true;
}

long ForEachNumber(const char* directory, bool (*visit)(void*, int),
                   void* context) {
  const long fd = Open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return fd;
  alignas(8) char buffer[4096];
  long n;
  bool go_on = true;
  while (go_on &&
         (n = GetDents(static_cast<int>(fd), buffer, sizeof(buffer))) > 0) {
    for (long at = 0; at < n && go_on;) {
      const auto* entry = reinterpret_cast<const DirEntry*>(buffer + at);
      at += entry->size;
      const char* p = entry->name;
      const uint64_t number = ParseNumber(&p, 10);
      if (p == entry->name || *p != '\0') continue;
      go_on = visit(context, static_cast<int>(number));
    }
  }
  Close(static_cast<int>(fd));
  return go_on ? n : 0;
}

long ListNumbers(const char* directory, int* out, size_t capacity) {
  struct List {
    int* out;
    size_t capacity, count;
  } list{out, capacity, 0};
  const long status = ForEachNumber(
      directory,
      [](void* context, int number) {
        auto* l = static_cast<List*>(context);
        if (l->count < l->capacity) l->out[l->count] = number;
        ++l->count;
        return true;
      },
      &list);
  if (status < 0) return status;
  return list.count <= capacity ? static_cast<long>(list.count)
                                : -7;  // E2BIG
}

const char* StatusField(const char* text, const char* key) {
  for (const char* p = text; *p != '\0';) {
    if (StartsWith(p, key)) {
      p += StrLen(key);
      while (*p == ' ' || *p == '\t') ++p;
      return p;
    }
    while (*p != '\0' && *p != '\n') ++p;
    if (*p == '\n') ++p;
  }
  return nullptr;
}

namespace {

// Field 3 (state) and field 22 (start time) of a stat file.
char ParseStat(const char* path, uint64_t* start_time) {
  char text[1024];
  if (ReadWhole(path, text, sizeof(text)) < 0) return 0;
  const char* p = nullptr;  // behind the last ')': the name may hold one
  for (const char* q = text; *q != '\0'; ++q) {
    if (*q == ')') p = q + 1;
  }
  if (p == nullptr || *p != ' ') return 0;
  const char state = *++p;
  for (int field = 3; field < 22 && *p != '\0'; ++p) {
    if (*p == ' ') ++field;
  }
  *start_time = ParseNumber(&p, 10);
  return state;
}

}  // namespace

char ThreadStateLetter(int tid) {
  uint64_t start_time;
  return ParseStat(Line()
                       .Str("/proc/self/task/")
                       .Dec(static_cast<uint64_t>(tid))
                       .Str("/stat")
                       .text(),
                   &start_time);
}

uint64_t ThreadRunNs(int tid) {
  char text[128];
  const long n = ReadWhole(Line()
                               .Str("/proc/self/task/")
                               .Dec(static_cast<uint64_t>(tid))
                               .Str("/schedstat")
                               .text(),
                           text, sizeof(text));
  const char* p = text;
  return n > 0 ? ParseNumber(&p, 10) : NowNs(CLOCK_MONOTONIC);
}

char ProcessState(int pid, uint64_t* start_time) {
  return ParseStat(Line()
                       .Str("/proc/")
                       .Dec(static_cast<uint64_t>(pid))
                       .Str("/stat")
                       .text(),
                   start_time);
}

bool IsDying(int id) {
  uint64_t start_time;
  const char state = ProcessState(id, &start_time);
  if (state == 0) return false;
  if (state == 'Z' || state == 'X') return true;
  Line directory;
  directory.Str("/proc/").Dec(static_cast<uint64_t>(id));
  char text[4096];
  Line path;
  path.Str(directory.text()).Str("/status");
  if (ReadWhole(path.text(), text, sizeof(text)) > 0) {
    const char* pending = StatusField(text, "SigPnd:");
    constexpr uint64_t kKillBit = 1 << 8;
    if (pending != nullptr && (ParseNumber(&pending, 16) & kKillBit) != 0) {
      return true;
    }
  }
  // Past the point where its memory is let go.
  path = Line();
  path.Str(directory.text()).Str("/exe");
  return ReadLink(path.text(), text, sizeof(text)) == -2;  // ENOENT
}

}  // namespace ckpt::sys
