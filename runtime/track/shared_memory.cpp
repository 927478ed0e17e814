// shared_memory.cpp - see shared_memory.h.

#include "track/shared_memory.h"

#include "base/bytes.h"
#include "sys/directory.h"

namespace ckpt::track {

namespace {
constexpr char kDirectory[] = "/dev/shm/";
}

bool IsSharedMemory(const char* path) { return StartsWith(path, kDirectory); }

bool NameOfSharedMemory(uint64_t inode, PathLine* name) {
  bool found = false;
  sys::ForEachEntry(kDirectory, [&](const sys::DirEntry& entry) {
    if (found || entry.inode != inode) return;
    found = true;
    name->Str(kDirectory).Str(entry.name);
  });
  return found;
}

}  // namespace ckpt::track
