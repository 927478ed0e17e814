// message.cpp - see message.h.

#include "core/message.h"

#include "base/check.h"
#include "core/state.h"
#include "sys/file.h"
#include "sys/process.h"
#include "track/registry.h"

namespace ckpt {

void CheckFailed(const char* what) {
  core::Fatal(Line().Str("internal error: ").Str(what));
}

}  // namespace ckpt

namespace ckpt::core {
namespace {

// Descriptor 2 as the launcher handed it over.
bool IsFirstStandardError(const struct stat& st) {
  for (uint32_t i = 0; i < g_state.inherited_count; ++i) {
    const track::InheritedFd& fd = g_state.inherited[i];
    if (fd.fd == 2) return fd.device == st.st_dev && fd.inode == st.st_ino;
  }
  return false;
}

// A main thread that has ended has no descriptors; any other has the same.
long BorrowStandardError(int self) {
  long fd = sys::BorrowDescriptor(g_state.pid, 2);
  const track::Slot* slots = track::FirstSlot();
  for (uint32_t i = 0; fd < 0 && i < track::SlotCount(); ++i) {
    const int tid = slots[i].tid.load(std::memory_order_relaxed);
    if (tid != 0 && tid != self && tid != g_state.pid) {
      fd = sys::BorrowDescriptor(tid, 2);
    }
  }
  return fd;
}

// Not into what the program has put in the place of its standard error.
bool IsTheUsers(int fd) {
  struct stat st;
  return sys::Stat(fd, &st) >= 0 && IsFirstStandardError(st);
}

// One write, so that the lines of several processes do not mix.
void WriteLine(const Line& text, bool error) {
  LineOf<600> line;
  line.Str("ckpt: ").Str(text.text()).Char('\n');
  const int tid = g_state.coordinator_tid.load(std::memory_order_relaxed);
  if (tid == 0 || tid != sys::GetTid()) {
    // Before the program runs, and when it cannot go on, in any case.
    if (error || !g_state.enabled || IsTheUsers(2)) {
      sys::Write(2, line.text(), line.size());
    }
    return;
  }
  // The coordinator has a descriptor table of its own.
  const long fd = BorrowStandardError(tid);
  if (fd < 0) return;
  if (IsTheUsers(static_cast<int>(fd))) {
    sys::Write(static_cast<int>(fd), line.text(), line.size());
  }
  sys::Close(static_cast<int>(fd));
}

}  // namespace

void Say(const Line& text) {
  if (!g_state.options.quiet) WriteLine(text, false);
}
void SayVerbose(const Line& text) {
  if (g_state.options.verbose) WriteLine(text, false);
}
void SayError(const Line& text) { WriteLine(text, true); }

void Fatal(const Line& text) {
  WriteLine(text, true);
  sys::ExitGroup(kExitToolFailed);
}

const char* ErrorName(int error) {
  switch (error) {
    case 1: return "operation not permitted";
    case 2: return "no such file or directory";
    case 4: return "interrupted";
    case 5: return "input/output error";
    case 11: return "resource temporarily unavailable";
    case 12: return "out of memory";
    case 13: return "permission denied";
    case 16: return "busy";
    case 17: return "file exists";
    case 20: return "not a directory";
    case 21: return "is a directory";
    case 22: return "invalid argument";
    case 23: return "too many open files in the system";
    case 24: return "too many open files";
    case 27: return "file too large";
    case 28: return "no space left on device";
    case 30: return "read-only file system";
    case 36: return "file name too long";
    case 38: return "not supported by this kernel";
    case 40: return "symbolic link";
    case 95: return "not supported";
    case 98: return "address in use";
    case 99: return "no such address here";
    case 110: return "timed out";
    case 122: return "disk quota exceeded";
    default: return "error";
  }
}

void AddError(Line* line, long negative_errno) {
  const int error = static_cast<int>(-negative_errno);
  line->Str(ErrorName(error)).Str(" (errno ").Dec(
      static_cast<uint64_t>(error)).Char(')');
}

}  // namespace ckpt::core
