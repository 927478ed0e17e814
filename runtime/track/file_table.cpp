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

constexpr uint32_t kSought = 1u << 31;  // no O_* flag

uint32_t Word(int fd) {
  return IsTracked(fd) ? g_flags[fd].load(std::memory_order_relaxed) : 0;
}

void Note(int fd, uint32_t flags) {
  if (!IsTracked(fd)) return;
  if (g_flags[fd].load(std::memory_order_relaxed) == flags || !IsOwnThread()) {
    return;
  }
  g_flags[fd].store(flags, std::memory_order_relaxed);
}

}  // namespace

bool IsOwnThread() {
  const Slot* slot = t_slot;
  const int tid = slot != nullptr ? slot->tid.load(std::memory_order_relaxed)
                                  : 0;
  return tid == 0 || tid == sys::GetTid();
}

void NoteOpen(int fd, int flags) {
  Note(fd, static_cast<uint32_t>(flags & (O_CREAT | O_EXCL | O_TRUNC)));
}

void NoteClose(int fd) { Note(fd, 0); }

void NoteDup(int from, int to) { Note(to, Word(from)); }

void NoteSeek(int fd) {
  if (IsTracked(fd)) Note(fd, Word(fd) | kSought);
}

bool HasSought(int fd) { return (Word(fd) & kSought) != 0; }

uint32_t CreationFlags(int fd) { return Word(fd) & ~kSought; }

}  // namespace ckpt::track
