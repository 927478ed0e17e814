// thread_list.cpp - see thread_list.h.

#include "core/thread_list.h"

#include "base/bytes.h"
#include "base/line.h"
#include "sys/file.h"
#include "sys/memory.h"
#include "sys/proc.h"
#include "sys/process.h"
#include "sys/signal.h"
#include "track/registry.h"

namespace ckpt::core {
namespace {

constexpr size_t kStatusCapacity = 4096;

long ReadStatus(int32_t outer_tid, char* text) {
  return sys::ReadWhole(Line()
                            .Str("/proc/self/task/")
                            .Dec(static_cast<uint64_t>(outer_tid))
                            .Str("/status")
                            .text(),
                        text, kStatusCapacity);
}

// True if /proc numbers threads in an outer namespace.
bool ProcIsOuter() {
  char self[32];
  const char* p = self;
  return sys::ReadLink("/proc/self", self, sizeof(self)) > 0 &&
         ParseNumber(&p, 10) != static_cast<uint64_t>(sys::GetPid());
}

int32_t InnerTid(int32_t outer_tid) {
  char text[kStatusCapacity];
  if (ReadStatus(outer_tid, text) < 0) return 0;
  // NSpid: the id in each namespace, the innermost last.
  const char* p = sys::StatusField(text, "NSpid:");
  if (p == nullptr) return 0;
  uint64_t tid = 0;
  while (*p >= '0' && *p <= '9') {
    tid = ParseNumber(&p, 10);
    while (*p == '\t' || *p == ' ') ++p;
  }
  return static_cast<int32_t>(tid);
}

}  // namespace

int32_t OuterTid(int32_t tid) {
  if (!ProcIsOuter()) return tid;
  constexpr uint64_t kSize = track::kMaxThreads * sizeof(int);
  const long memory = sys::MapAnonymous(kSize);
  if (sys::IsError(memory)) return 0;
  auto* names = reinterpret_cast<int*>(memory);
  const long n = sys::ListNumbers("/proc/self/task", names, track::kMaxThreads);
  int32_t outer = 0;
  for (long i = 0; i < n && outer == 0; ++i) {
    if (InnerTid(names[i]) == tid) outer = names[i];
  }
  sys::Unmap(static_cast<uint64_t>(memory), kSize);
  return outer;
}

ThreadList::ThreadList(Arena* scratch)
    : entries_(scratch->Take<Entry>(track::kMaxThreads)),
      names_(scratch->Take<int>(track::kMaxThreads)),
      outer_proc_(ProcIsOuter()) {}

bool ThreadList::Refresh() {
  const long n =
      sys::ListNumbers("/proc/self/task", names_, track::kMaxThreads);
  if (n <= 0) return false;
  size_ = 0;
  for (long i = 0; i < n; ++i) {
    const int32_t tid = outer_proc_ ? InnerTid(names_[i]) : names_[i];
    if (tid != 0) entries_[size_++] = {tid, names_[i]};
  }
  return true;
}

void ThreadList::Pending(const Entry& thread, uint64_t* own,
                         uint64_t* shared) const {
  char text[kStatusCapacity];
  if (ReadStatus(thread.outer_tid, text) < 0) return;
  const char* p = sys::StatusField(text, "SigPnd:");
  if (p != nullptr) *own = ParseNumber(&p, 16);
  p = sys::StatusField(text, "ShdPnd:");
  if (p != nullptr) *shared = ParseNumber(&p, 16);
}

void ThreadList::AddName(const Entry& thread, Line* line) const {
  char text[kStatusCapacity];
  if (ReadStatus(thread.outer_tid, text) < 0) return;
  const char* p = sys::StatusField(text, "Name:");
  if (p == nullptr) return;
  line->Str(" (");
  for (; *p != '\n' && *p != '\0'; ++p) line->Char(*p);
  line->Char(')');
}

bool ThreadList::Blocks(const Entry& thread, int signal) const {
  char text[kStatusCapacity];
  if (ReadStatus(thread.outer_tid, text) < 0) return false;
  const char* p = sys::StatusField(text, "SigBlk:");
  return p != nullptr && (ParseNumber(&p, 16) & sys::SignalBit(signal)) != 0;
}

}  // namespace ckpt::core
