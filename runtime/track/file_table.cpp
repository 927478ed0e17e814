// file_table.cpp - see file_table.h.

#include "track/file_table.h"

#include <fcntl.h>

#include <atomic>

#include "sys/process.h"
#include "track/registry.h"

namespace ckpt::track {
namespace {

// One word per descriptor; pages that are not touched cost nothing. Relaxed:
// the kernel orders open, dup and close of one number for us.
constinit std::atomic<uint32_t> g_flags[kTrackedFds] = {};

bool IsTracked(int fd) { return fd >= 0 && fd < kTrackedFds; }

// Between vfork and exec a child runs on this memory: what it opens and closes
// are its own descriptors.
bool IsOwnThread() {
  const Slot* slot = t_slot;
  const int tid = slot != nullptr ? slot->tid.load(std::memory_order_relaxed)
                                  : 0;
  return tid == 0 || tid == sys::GetTid();
}

void Note(int fd, uint32_t flags) {
  if (!IsTracked(fd)) return;
  if (g_flags[fd].load(std::memory_order_relaxed) == flags || !IsOwnThread()) {
    return;
  }
  g_flags[fd].store(flags, std::memory_order_relaxed);
}

}  // namespace

void NoteOpen(int fd, int flags) {
  Note(fd, static_cast<uint32_t>(flags & (O_CREAT | O_EXCL | O_TRUNC)));
}

void NoteClose(int fd) { Note(fd, 0); }

void NoteDup(int from, int to) { Note(to, CreationFlags(from)); }

uint32_t CreationFlags(int fd) {
  return IsTracked(fd) ? g_flags[fd].load(std::memory_order_relaxed) : 0;
}

}  // namespace ckpt::track
