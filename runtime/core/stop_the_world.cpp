// stop_the_world.cpp - see stop_the_world.h.

#include "core/stop_the_world.h"

#include "core/safepoint.h"
#include "core/state.h"
#include "core/thread_list.h"
#include "sys/proc.h"
#include "sys/process.h"
#include "sys/signal.h"

namespace ckpt::core {
namespace {

// How long a thread may take to park before the checkpoint is put off.
constexpr uint64_t kPatienceUs = 5000000;
// The same if it has blocked the stop signal, of its time on a processor if it
// wants one: the others stand still meanwhile.
constexpr uint64_t kBlockedPatienceUs = 200000;
constexpr uint64_t kBlockedRunNs = 100000000;
// How long the others go on between two attempts.
constexpr uint64_t kGiveWayNs = 500000;
// How long to sleep before looking whether a thread has exited instead.
constexpr uint64_t kLookNs = 2000000;
// The same while threads arrive all the time.
constexpr uint64_t kLongestLookNs = 32000000;
// How long a thread that defers its stop is left alone.
constexpr uint64_t kDeferNs = 100000;

// Threads by their tids. Of the table only what is used is touched: it is fresh
// memory at each stop.
class TidSet {
 public:
  explicit TidSet(Arena* scratch)
      : table_(scratch->Take<uint64_t>(kCapacity)) {}
  bool ok() const { return table_ != nullptr; }
  void Clear() { ++round_; }
  // False if it was in already.
  bool Add(int32_t tid) {
    uint64_t* entry = Find(tid);
    if (*entry == Entry(tid)) return false;
    *entry = Entry(tid);
    return true;
  }
  bool Has(int32_t tid) const { return *Find(tid) == Entry(tid); }

 private:
  static constexpr uint32_t kCapacity = 2 * track::kMaxThreads;

  // Entries of earlier rounds are free ones.
  uint64_t Entry(int32_t tid) const {
    return round_ << 32 | static_cast<uint32_t>(tid);
  }
  uint64_t* Find(int32_t tid) const {
    // Ids of threads that were made together lie together.
    uint32_t at = static_cast<uint32_t>(tid) % kCapacity;
    while (table_[at] >> 32 == round_ && table_[at] != Entry(tid)) {
      at = (at + 1) % kCapacity;
    }
    return &table_[at];
  }

  uint64_t* table_;
  uint64_t round_ = 1;
};

class Stopper {
 public:
  Stopper(Arena* scratch, Stopped* out, Line* reason)
      : threads_(scratch),
        signalled_(scratch),
        parked_(scratch),
        out_(out),
        reason_(reason) {}

  bool Run() {
    if (!threads_.ok() || !signalled_.ok() || !parked_.ok()) {
      reason_->Str("out of memory");
      return false;
    }
    const uint64_t start = sys::NowUs();
    while (!Attempt()) {
      if (!gave_way_ || sys::NowUs() - start > kBlockedPatienceUs) {
        return false;
      }
      const timespec pause = sys::ToTimespec(kGiveWayNs);
      sys::Raw(__NR_nanosleep, &pause, 0);
      *reason_ = Line();
    }
    return true;
  }

 private:
  bool Attempt() {
    Begin();
    // A thread that is not parked yet may create another one, so look again
    // until a look finds nobody new.
    for (;;) {
      if (!threads_.Refresh()) {
        reason_->Str("cannot list the threads of the process");
        return Abandon();
      }
      const uint32_t fresh = SignalThreads();
      if (queue_full_) {
        reason_->Str("too many signals are pending (RLIMIT_SIGPENDING)");
        return Abandon();
      }
      if (fresh == 0 && Arrived() >= alive_) break;
      if (!WaitForThreads()) return Abandon();
    }
    out_->threads = alive_;
    out_->parked_us = sys::NowUs();
    return true;
  }

  void Begin() {
    out_->request_us = sys::NowUs();
    out_->exited_leader = 0;
    signalled_.Clear();
    FindBorrowers();
    alive_ = 0;
    asleep_ = false;
    gave_way_ = false;
    out_->stop = g_stop.released.load(std::memory_order_relaxed) + 1;
    g_stop.arrived.store(NoneIn(out_->stop), std::memory_order_relaxed);
    g_stop.left.store(NoneIn(out_->stop), std::memory_order_relaxed);
    g_stop.deferred.store(0, std::memory_order_relaxed);
    for (int i = 0; i < 2; ++i) {
      g_stop.internal_handlers[i].store(
          InternalHandler(sys::kFirstInternalSignal + i),
          std::memory_order_relaxed);
    }
    g_stop.expected.store(~0u, std::memory_order_relaxed);
    // Release pairs with the acquire in the handler.
    g_stop.requested.store(out_->stop, std::memory_order_release);
  }

  // Threads that block the stop signal and are reached otherwise: those of
  // earlier stops, then those that are found in this one. A signal that they
  // block would stay with them, one more each time.
  void FindBorrowers() {
    borrowers_ = 0;
    const track::Slot* slots = track::FirstSlot();
    for (uint32_t i = 0; i < track::SlotCount(); ++i) {
      if (slots[i].borrows != 0 && borrowers_ < kMostBorrowers &&
          slots[i].used.load(std::memory_order_relaxed) != 0) {
        borrower_[borrowers_++] = slots[i].tid.load(std::memory_order_relaxed);
      }
    }
  }
  bool IsBorrower(int tid) const {
    for (uint32_t i = 0; i < borrowers_; ++i) {
      if (borrower_[i] == tid) return true;
    }
    return false;
  }

  long Signal(int tid) {
    if (!IsBorrower(tid)) {
      return sys::ThreadKill(g_state.pid, tid, g_state.stop_signal);
    }
    return SendBorrowed(tid);
  }

  // True if a thread that blocks the stop signal has been sent the other one.
  bool SignalBlocking() {
    bool any = false;
    const int self = g_state.coordinator_tid.load(std::memory_order_relaxed);
    for (size_t i = 0; i < threads_.size(); ++i) {
      const ThreadList::Entry& thread = threads_[i];
      if (thread.tid == self || thread.tid == out_->exited_leader ||
          borrowers_ == kMostBorrowers || IsBorrower(thread.tid) ||
          IsParked(thread.tid) ||
          !threads_.Blocks(thread, g_state.stop_signal) ||
          threads_.Blocks(thread, kBorrowedSignal)) {
        continue;
      }
      borrower_[borrowers_++] = thread.tid;
      SendBorrowed(thread.tid);
      any = true;
    }
    return any;
  }

  static uint32_t Arrived() {
    return CountOf(g_stop.arrived.load(std::memory_order_acquire));
  }

  // Sends the signal to threads that have not had it; their number.
  uint32_t SignalThreads() {
    uint32_t fresh = 0;
    const int self = g_state.coordinator_tid.load(std::memory_order_relaxed);
    for (size_t i = 0; i < threads_.size(); ++i) {
      const int tid = threads_[i].tid;
      if (tid == self || tid == out_->exited_leader) continue;
      if (!signalled_.Add(tid)) continue;
      const long r = Signal(tid);
      if (r == -11) queue_full_ = true;  // EAGAIN
      if (r < 0) continue;               // else it is gone
      ++fresh;
    }
    alive_ += fresh;
    return fresh;
  }

  // Until all that were signalled have parked or exited. False when patience
  // ends.
  bool WaitForThreads() {
    uint64_t pause_ns = kLookNs;
    g_stop.expected.store(alive_, std::memory_order_release);
    uint32_t word, before = 0;
    while (CountOf(word = g_stop.arrived.load(std::memory_order_acquire)) <
           alive_) {
      const timespec look = sys::ToTimespec(pause_ns);
      const long r = sys::FutexWait(&g_stop.arrived, word, &look);
      SignalDeferred();
      if (r != -110) continue;
      // A look costs as much as many threads need to arrive, and while they do
      // there is nothing to look for.
      const bool goes_on = word != before;
      before = word;
      pause_ns = !goes_on                    ? kLookNs
                 : pause_ns < kLongestLookNs ? 2 * pause_ns
                                             : pause_ns;
      if (goes_on && pause_ns < kLongestLookNs) continue;
      CountLosses();
      g_stop.expected.store(alive_, std::memory_order_release);
      if (sys::NowUs() - out_->request_us > kPatienceUs || GivesUp()) {
        NameStraggler();
        return false;
      }
    }
    return true;
  }

  // Threads in code where they must not stop go on for a moment (safepoint's
  // Defers).
  void SignalDeferred() {
    if (g_stop.deferred.exchange(0, std::memory_order_acquire) == 0) return;
    // A signal that is there before they have left the handler would find them
    // where they were.
    const timespec pause = sys::ToTimespec(kDeferNs);
    sys::Raw(__NR_nanosleep, &pause, 0);
    track::Slot* slots = track::FirstSlot();
    for (uint32_t i = 0; i < track::SlotCount(); ++i) {
      if (slots[i].deferred.load(std::memory_order_acquire) != out_->stop) {
        continue;
      }
      slots[i].deferred.store(0, std::memory_order_relaxed);
      Signal(slots[i].tid.load(std::memory_order_relaxed));
    }
  }

  void LookWhoIsParked() {
    parked_.Clear();
    const track::Slot* slots = track::FirstSlot();
    for (uint32_t i = 0; i < track::SlotCount(); ++i) {
      if (slots[i].parked.load(std::memory_order_acquire) == out_->stop) {
        parked_.Add(slots[i].tid.load(std::memory_order_relaxed));
      }
    }
  }
  bool IsParked(int tid) const { return parked_.Has(tid); }

  // Threads that exited with the signal on its way will never park: count those
  // that are still there instead. One that is just parking may be counted as
  // parked before it has counted itself: it will.
  void CountLosses() {
    if (!threads_.Refresh()) return;
    LookWhoIsParked();
    const int self = g_state.coordinator_tid.load(std::memory_order_relaxed);
    uint32_t alive = 0;
    for (size_t i = 0; i < threads_.size(); ++i) {
      const int tid = threads_[i].tid;
      if (tid == self) continue;
      if (!IsParked(tid)) {
        const char state = sys::ThreadStateLetter(threads_[i].outer_tid);
        if (state == 'Z' || state == 'X' || state == 0) {
          // A main thread that has exited stays in the list as a zombie.
          if (tid == g_state.pid) out_->exited_leader = tid;
          continue;
        }
        // New since the last look, and not stopped yet?
        if (signalled_.Add(tid) && Signal(tid) < 0) continue;
      }
      ++alive;
    }
    alive_ = alive;
  }

  // The C library blocks signals for moments (thread creation and exit); a
  // program that blocks ours for longer will not end that for our sake. True if
  // such a thread is not worth waiting for any longer.
  //
  // At the end of a detached thread the C library takes locks (of its cache of
  // stacks, of malloc) with signals blocked, and the thread that has one of
  // them may be parked. Asleep at two looks: the others give way, so that the
  // lock is given back, and are stopped anew.
  bool GivesUp() {
    const ThreadList::Entry* thread = BlockingStraggler();
    const bool was_asleep = asleep_;
    asleep_ = false;
    if (thread == nullptr || SignalBlocking()) return false;
    // It may have parked since the look, with all signals blocked.
    LookWhoIsParked();
    if (IsParked(thread->tid)) return false;
    const char state = sys::ThreadStateLetter(thread->outer_tid);
    if (state == 'S') {
      asleep_ = true;
      gave_way_ = was_asleep;
      return was_asleep;
    }
    if (state != 'R') {
      return sys::NowUs() - out_->request_us > kBlockedPatienceUs;
    }
    // On a busy machine it may just not have had its turn.
    const uint64_t ran = sys::ThreadRunNs(thread->outer_tid);
    if (straggler_ != thread->tid) {
      straggler_ = thread->tid;
      straggler_ran_ = ran;
    }
    return ran - straggler_ran_ > kBlockedRunNs;
  }

  const ThreadList::Entry* BlockingStraggler() const {
    const int self = g_state.coordinator_tid.load(std::memory_order_relaxed);
    for (size_t i = 0; i < threads_.size(); ++i) {
      const ThreadList::Entry& thread = threads_[i];
      if (thread.tid != self && thread.tid != out_->exited_leader &&
          !IsParked(thread.tid) &&
          threads_.Blocks(thread, g_state.stop_signal)) {
        return &thread;
      }
    }
    return nullptr;
  }

  void NameStraggler() {
    LookWhoIsParked();
    const int self = g_state.coordinator_tid.load(std::memory_order_relaxed);
    for (size_t i = 0; i < threads_.size(); ++i) {
      const ThreadList::Entry& thread = threads_[i];
      if (thread.tid == self || thread.tid == out_->exited_leader ||
          IsParked(thread.tid)) {
        continue;
      }
      reason_->Str("thread ").Dec(static_cast<uint64_t>(thread.tid));
      threads_.AddName(thread, reason_);
      if (threads_.Blocks(thread, g_state.stop_signal)) {
        reason_->Str(" blocks the stop signal");
        return;
      }
      reason_->Str(" does not answer");
      switch (sys::ThreadStateLetter(thread.outer_tid)) {
        case 'D':
          reason_->Str(" (it is in uninterruptible sleep)");
          break;
        case 'T':
        case 't':
          reason_->Str(" (it is stopped)");
          break;
        case 'R':
          reason_->Str(" (it has not had a processor)");
          break;
      }
      return;
    }
    reason_->Str("the threads change too fast");
  }

  bool Abandon() {
    g_stop.released.store(out_->stop, std::memory_order_release);
    sys::FutexWake(&g_stop.released);
    return false;
  }

  ThreadList threads_;
  TidSet signalled_;
  TidSet parked_;  // at the last look (LookWhoIsParked)
  Stopped* out_;
  Line* reason_;
  static constexpr uint32_t kMostBorrowers = 64;
  int32_t borrower_[kMostBorrowers];
  uint32_t borrowers_ = 0;
  bool queue_full_ = false;
  uint32_t alive_ = 0;   // signalled and, as far as is known, not gone
  bool asleep_ = false;  // at the last look a thread slept that blocks signals
  bool gave_way_ = false;  // for its sake the attempt was given up
  int32_t straggler_ = 0;  // one that blocks signals and runs, and for how long
  uint64_t straggler_ran_ = 0;  // it had run when it was seen first
};

}  // namespace

bool StopTheWorld(Arena* scratch, Stopped* out, Line* reason) {
  return Stopper(scratch, out, reason).Run();
}

uint64_t ReleaseTheWorld(const Stopped& stopped) {
  g_stop.leaving.store(stopped.threads, std::memory_order_relaxed);
  // Those that are woken may take this thread's processor.
  const uint64_t released_us = sys::NowUs();
  g_stop.released.store(stopped.stop, std::memory_order_release);
  sys::FutexWake(&g_stop.released);
  uint32_t word;
  while (CountOf(word = g_stop.left.load(std::memory_order_acquire)) <
         stopped.threads) {
    sys::FutexWait(&g_stop.left, word);
  }
  return released_us;
}

}  // namespace ckpt::core
