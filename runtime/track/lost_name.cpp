// lost_name.cpp - see lost_name.h.

#include "track/lost_name.h"

#include "base/bytes.h"
#include "base/line.h"
#include "sys/directory.h"

namespace ckpt::track {
namespace {

constexpr char kMark[] = " (deleted)";

}  // namespace

bool HasLostName(const char* path) {
  return path[0] == '/' && EndsWith(path, kMark) &&
         !StartsWith(path, "/memfd:") && !StartsWith(path, "/SYSV");
}

void CutMark(char* path) { path[StrLen(path) - StrLen(kMark)] = '\0'; }

bool FindOtherName(const struct stat& st, char* path, size_t capacity) {
  PathLine directory;
  for (const char* p = path; p < BaseName(path); ++p) directory.Char(*p);
  bool found = false;
  sys::ForEachEntry(directory.text(), [&](const sys::DirEntry& entry) {
    if (found || entry.inode != st.st_ino) return;
    PathLine name;
    name.Str(directory.text()).Str(entry.name);
    struct stat other;
    found = sys::LinkStatPath(name.text(), &other) >= 0 &&
            other.st_ino == st.st_ino && other.st_dev == st.st_dev &&
            StrCopy(path, capacity, name.text());
  });
  return found;
}

}  // namespace ckpt::track
