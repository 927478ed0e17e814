// file_table.cpp - see file_table.h.

#include "track/file_table.h"

#include <fcntl.h>

#include <atomic>

namespace ckpt::track {
namespace {

// One word per descriptor; pages that are not touched cost nothing. Relaxed:
// the kernel orders open, dup and close of one number for us.
constinit std::atomic<uint32_t> g_flags[kTrackedFds] = {};

bool IsTracked(int fd) { return fd >= 0 && fd < kTrackedFds; }

}  // namespace

void NoteOpen(int fd, int flags) {
  if (!IsTracked(fd)) return;
  g_flags[fd].store(static_cast<uint32_t>(flags & (O_CREAT | O_EXCL | O_TRUNC)),
                    std::memory_order_relaxed);
}

void NoteClose(int fd) {
  if (IsTracked(fd) && CreationFlags(fd) != 0) {
    g_flags[fd].store(0, std::memory_order_relaxed);
  }
}

void NoteDup(int from, int to) {
  if (IsTracked(to)) {
    g_flags[to].store(CreationFlags(from), std::memory_order_relaxed);
  }
}

uint32_t CreationFlags(int fd) {
  return IsTracked(fd) ? g_flags[fd].load(std::memory_order_relaxed) : 0;
}

}  // namespace ckpt::track
