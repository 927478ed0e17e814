// pending.cpp - see pending.h.

#include "core/pending.h"

#include "base/bytes.h"
#include "core/safepoint.h"
#include "core/state.h"
#include "sys/file.h"
#include "sys/proc.h"
#include "sys/process.h"

namespace ckpt::core {
namespace {

using image::PendingRecord;

constexpr uint32_t kNotifyThread = 4;  // SIGEV_THREAD_ID
constexpr size_t kStatusCapacity = 4096;
constexpr long kAgain = -11;
// How often the queue may be full (RLIMIT_SIGPENDING, which counts the signals
// of all processes of the user) before less is sent, and how long to wait.
constexpr int kMostRetries = 100;
constexpr uint64_t kRetryNs = 1000000;
// Signals that come from outside while others are being taken out.
constexpr uint64_t kReserve = 64;

// What a parked thread is to do: record what waits for it alone. Its stack may
// be short, so the text is here.
struct Errand {
  PendingTable* table;
  sys::SignalSet set;
  uint32_t thread;  // index in the image
  sys::Word done{0};
  char text[kStatusCapacity];
};

// Any thread, all signals blocked. To the calling thread or to its process.
// The kernel lets a thread say anything to itself, and the one call of the two
// goes to the process all the same. Counts *retries down.
void Send(const PendingRecord& sent, int* retries) {
  const int pid = sys::GetPid(), tid = sys::GetTid();
  const bool own = sent.thread != image::kNoThread;
  for (;;) {
    const long r =
        own ? sys::Raw(__NR_rt_tgsigqueueinfo, pid, tid, sent.signal,
                       sent.info)
            : sys::Raw(__NR_rt_sigqueueinfo, tid, sent.signal, sent.info);
    if (r != kAgain) return;
    if (--*retries < 0) break;
    const timespec pause = sys::ToTimespec(kRetryNs);
    sys::Raw(__NR_nanosleep, &pause, 0);
  }
  // Without a place in the queue: that it was sent is all that is kept.
  *retries = 0;
  if (own) {
    sys::ThreadKill(pid, tid, sent.signal);
  } else {
    sys::Raw(__NR_kill, pid, sent.signal);
  }
}

// Signals of which the plain way is enough, or which are not the program's.
// (kBorrowedSignal is both ours and the C library's; only what comes with it
// says whose. A thread that has unblocked the stop signal just before it was
// sent is parked by that one, and the other waits.)
sys::SignalSet Plain() {
  sys::SignalSet set = sys::SignalBit(g_state.stop_signal) |
                       sys::SignalBit(SIGKILL) | sys::SignalBit(SIGSTOP) |
                       sys::SignalBit(sys::kFirstInternalSignal);
  if (g_state.options.exit_signal != 0) {
    set |= sys::SignalBit(g_state.options.exit_signal);
  }
  return set;
}

// Those of timers that notify the thread, or with kNoThread the process.
sys::SignalSet OfTimers(const image::Parts& parts, uint32_t thread) {
  sys::SignalSet set = 0;
  for (const image::TimerRecord& timer : parts.timers) {
    if (timer.signal == 0 || timer.notify == SIGEV_NONE ||
        timer.notify_thread != thread ||
        ((timer.notify & kNotifyThread) != 0) != (thread != image::kNoThread)) {
      continue;
    }
    set |= sys::SignalBit(timer.signal);
  }
  return set;
}

// A field of the calling thread's status; 0 if it cannot be read.
uint64_t StatusNumber(char* text, const char* key, int base) {
  if (sys::ReadWhole("/proc/thread-self/status", text, kStatusCapacity) < 0) {
    return 0;
  }
  const char* p = sys::StatusField(text, key);
  return p == nullptr ? 0 : ParseNumber(&p, base);
}

// World stopped, coordinator. The threads wake up all, which the one that is
// meant may miss if it is just going to sleep.
void Await(Errand* errand) {
  const timespec look = sys::ToTimespec(kRetryNs);
  while (errand->done.load(std::memory_order_acquire) == 0) {
    sys::FutexWake(&g_stop.released);
    sys::FutexWait(&errand->done, 0, &look);
  }
}

// The sender's process id is in it.
bool NamesSender(const siginfo_t& info) {
  return info.si_code == SI_USER || info.si_code == SI_QUEUE ||
         info.si_code == SI_TKILL || info.si_code == SI_MESGQ;
}

// Restored process.
void SendAll(const restore::Plan& plan, uint32_t thread) {
  int retries = kMostRetries;
  for (uint64_t i = 0; i < plan.pending_count; ++i) {
    if (plan.pending[i].thread != thread) continue;
    PendingRecord sent = plan.pending[i];
    siginfo_t info;
    __builtin_memcpy(&info, sent.info, sizeof(info));
    if (NamesSender(info) && info.si_pid == plan.process.pid) {
      info.si_pid = sys::GetPid();
      __builtin_memcpy(sent.info, &info, sizeof(info));
    }
    Send(sent, &retries);
  }
}

}  // namespace

PendingTable::PendingTable(Arena* arena)
    : capacity_(arena->left() / sizeof(PendingRecord) - 1) {
  data_ = arena->Take<PendingRecord>(capacity_);
}

PendingRecord* PendingTable::Take(sys::SignalSet set, uint32_t thread) {
  if (size_ == capacity_) return nullptr;
  PendingRecord* record = &data_[size_];
  const timespec at_once{0, 0};
  const long signal = sys::WaitInfo(
      &set, reinterpret_cast<siginfo_t*>(record->info), &at_once);
  if (signal <= 0) return nullptr;
  record->thread = thread;
  record->signal = static_cast<int32_t>(signal);
  ++size_;
  return record;
}

void PendingTable::PutBack(size_t first) const {
  int retries = kMostRetries;
  for (size_t i = first; i < size_; ++i) Send(data_[i], &retries);
}

bool FindPending(const ThreadList& list, const PendingTable& table,
                 image::Parts* parts, Line* reason) {
  const sys::SignalSet ours = sys::SignalBit(g_state.stop_signal) |
                              sys::SignalBit(SIGKILL) |
                              sys::SignalBit(SIGSTOP);
  for (image::ThreadRecord& thread : parts->threads) {
    for (size_t i = 0; i < list.size(); ++i) {
      if (list[i].tid != thread.tid) continue;
      sys::SignalSet own = 0, shared = 0;
      list.Pending(list[i], &own, &shared);
      thread.pending = own & ~ours;
      parts->process.pending = shared & ~ours;
      break;
    }
  }
  sys::SignalSet any = parts->process.pending;
  for (const image::ThreadRecord& thread : parts->threads) {
    any |= thread.pending;
  }
  if (any == 0) return true;
  char text[kStatusCapacity];
  // Those of all processes of the user; this one's are not told.
  if (table.HasRoomFor(StatusNumber(text, "SigQ:", 10) + kReserve)) return true;
  reason->Str("too many signals are pending");
  return false;
}

void RecordPending(image::Parts* parts, PendingTable* table) {
  const sys::SignalSet plain = Plain();
  const size_t first = table->size();
  const sys::SignalSet shared = parts->process.pending & ~plain &
                                ~OfTimers(*parts, image::kNoThread);
  if (shared != 0) {
    while (table->Take(shared, image::kNoThread) != nullptr) {
    }
    table->PutBack(first);
  }
  for (uint32_t i = 0; i < parts->threads.size; ++i) {
    const image::ThreadRecord& thread = parts->threads[i];
    const sys::SignalSet own = thread.pending & ~plain;
    if (own == 0 || thread.slot == 0) continue;
    Errand errand;
    errand.table = table;
    errand.set = own & ~OfTimers(*parts, i);
    errand.thread = i;
    reinterpret_cast<track::Slot*>(thread.slot)
        ->errand.store(reinterpret_cast<uint64_t>(&errand),
                       std::memory_order_release);
    Await(&errand);
  }
  parts->pending = table->records();
}

void RunErrand(track::Slot* slot) {
  auto* errand = reinterpret_cast<Errand*>(
      slot->errand.load(std::memory_order_relaxed));
  for (int signal = 1; signal <= 64; ++signal) {
    const sys::SignalSet bit = sys::SignalBit(signal);
    if ((errand->set & bit) == 0) continue;
    const size_t first = errand->table->size();
    // Where none of its own is left the kernel would give it the process's.
    while ((StatusNumber(errand->text, "SigPnd:", 16) & bit) != 0 &&
           errand->table->Take(bit, errand->thread) != nullptr) {
    }
    errand->table->PutBack(first);
  }
  slot->errand.store(0, std::memory_order_relaxed);
  // Release: the table. Pairs with the acquire in Await.
  errand->done.store(1, std::memory_order_release);
  sys::FutexWake(&errand->done);
}

void SendPendingToProcess(const restore::Plan& plan) {
  SendAll(plan, image::kNoThread);
}

void SendPendingToThread(const restore::Plan& plan,
                         const image::ThreadRecord* record) {
  if (plan.pending_count == 0) return;
  for (uint32_t i = 0; i < plan.thread_count; ++i) {
    if (&plan.threads[i].record == record) return SendAll(plan, i);
  }
}

}  // namespace ckpt::core
