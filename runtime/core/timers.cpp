// timers.cpp - see timers.h.

#include "core/timers.h"

#include "base/bytes.h"
#include "base/fault.h"
#include "core/message.h"
#include "core/state.h"
#include "sys/file.h"
#include "sys/timers.h"
#include "track/registry.h"
#include "track/timer_setting.h"
#include "track/timers.h"

namespace ckpt::core {
namespace {

using image::TimerRecord;

constexpr uint32_t kNotifyThread = 4;  // SIGEV_THREAD_ID
constexpr uint32_t kUnread = 0x80000000;  // in TimerRecord::flags, meanwhile
constexpr int kMostRounds = 16, kMostReadings = 8;
constexpr uint64_t kCloseNs = 50000;  // two readings that count as one
constexpr long kNoEntry = -2, kAgain = -11, kPermission = -1;
constexpr long kNotSupported = -95;
// Without PR_TIMER_CREATE_RESTORE_IDS ids are counted up to.
constexpr int32_t kMostAttempts = 1 << 22;

uint32_t IndexOf(Span<const image::ThreadRecord> threads, int32_t tid) {
  for (uint32_t i = 0; i < threads.size; ++i) {
    if (threads[i].tid == tid &&
        threads[i].state != image::ThreadState::kExitedLeader) {
      return i;
    }
  }
  return image::kNoThread;
}

bool IsCpuClock(const TimerRecord& timer) {
  return timer.clock == CLOCK_PROCESS_CPUTIME_ID ||
         timer.clock == CLOCK_THREAD_CPUTIME_ID;
}

// World stopped. The timer's clock as the kernel knows it; `tid` is that of its
// thread.
int32_t KernelClock(const TimerRecord& timer, int32_t tid) {
  return timer.clock == CLOCK_THREAD_CPUTIME_ID
             ? sys::ClockOfThread(tid)
             : static_cast<int32_t>(timer.clock);
}

class Recorder {
 public:
  Recorder(Arena* arena, const ThreadList& list,
           Span<image::ThreadRecord> threads, PendingTable* table,
           Line* reason)
      : arena_(arena),
        list_(list),
        threads_{threads.data, threads.size},
        all_(threads),
        table_(table),
        reason_(reason),
        timers_(arena) {}

  bool Run(Span<TimerRecord>* out, sys::SignalSet* others) {
    if (!List()) return false;
    Sort();
    // What is given back when something goes wrong later.
    *out = {timers_.data(), timers_.size()};
    sys::SignalSet signals = 0;
    for (const TimerRecord& timer : *out) {
      if (timer.signal != 0 && (timer.notify & kNotifyThread) == 0 &&
          timer.notify != SIGEV_NONE) {
        signals |= sys::SignalBit(timer.signal);
      }
    }
    sys::SignalSet sent_by_others = 0;
    for (TimerRecord& timer : *out) timer.flags = kUnread;
    // One may expire between the one and the other: until none has.
    for (int round = 0; round < kMostRounds; ++round) {
      sent_by_others |= TakeOut(signals & ~sent_by_others);
      bool all_read = true;
      for (TimerRecord& timer : *out) {
        if ((timer.flags & kUnread) == 0) continue;
        all_read = false;
        timer.flags = 0;
        Read(&timer);
      }
      if (all_read) break;
    }
    for (TimerRecord& timer : *out) timer.flags &= image::kTimerAbsolute;
    *others = sent_by_others;
    // Only now: a timer may send its signal again at any moment.
    shared_ = signals & ~*others;
    return true;
  }
  // Signals that only timers have sent to the process.
  sys::SignalSet shared() const { return shared_; }

 private:
  bool Fail(const char* what) {
    reason_->Str(what);
    return false;
  }

  bool List() {
    constexpr size_t kTextCapacity = 1 << 19;
    // Behind the records, which grow from the front.
    const uintptr_t end = arena_->end() - kTextCapacity;
    char* buffer = reinterpret_cast<char*>(end);
    const long n =
        sys::ReadWhole("/proc/self/timers", buffer, kTextCapacity);
    if (n == kNoEntry) {  // a kernel without CONFIG_CHECKPOINT_RESTORE
      return !track::AnyTimer() ||
             Fail("the program has a POSIX timer, and this kernel does not "
                  "list them");
    }
    if (n < 0) return Fail("the program has too many POSIX timers");
    const char* p = buffer;
    sys::ListedTimer listed;
    while (sys::ParseTimer(&p, &listed)) {
      if (arena_->next() + sizeof(TimerRecord) > end) {
        return Fail("the program has too many POSIX timers");
      }
      if (!Add(listed)) return false;
    }
    return true;
  }

  int32_t InnerTid(int32_t outer) const {
    for (size_t i = 0; i < list_.size(); ++i) {
      if (list_[i].outer_tid == outer) return list_[i].tid;
    }
    return 0;
  }

  bool Add(const sys::ListedTimer& listed) {
    TimerRecord* timer = timers_.Add();
    *timer = {};
    timer->id = listed.id;
    timer->signal = listed.signal;
    timer->value = listed.value;
    timer->notify = static_cast<uint32_t>(listed.notify);
    const long overruns = sys::TimerOverruns(timer->id);
    timer->overruns = overruns > 0 ? static_cast<int32_t>(overruns) : 0;
    timer->clock_thread = timer->notify_thread = image::kNoThread;
    if ((timer->notify & kNotifyThread) != 0) {
      timer->notify_thread = IndexOf(threads_, InnerTid(listed.thread));
      // To a thread that has ended: the kernel drops it.
      if (timer->notify_thread == image::kNoThread) timer->notify = SIGEV_NONE;
    }
    return Clock(listed.clock, timer);
  }

  bool Clock(int32_t clock, TimerRecord* timer) {
    if (clock >= 0) {
      timer->clock = static_cast<uint32_t>(clock);
      return true;
    }
    if ((clock & sys::kClockKindMask) != sys::kSchedKind) {
      return Fail("the program has a POSIX timer on a clock that cannot be "
                  "carried over a restart");
    }
    const int32_t id = sys::IdOfClock(clock);
    if ((clock & sys::kClockOfThread) == 0) {
      timer->clock = CLOCK_PROCESS_CPUTIME_ID;
      return id == 0 || id == g_state.pid ||
             Fail("the program has a POSIX timer on another process's "
                  "processor time, which cannot be carried over a restart");
    }
    timer->clock = CLOCK_THREAD_CPUTIME_ID;
    if (id != 0) {
      timer->clock_thread = IndexOf(threads_, id);
      if (timer->clock_thread != image::kNoThread) return true;
      // Of a thread that has ended: it stands still.
      timer->clock = CLOCK_PROCESS_CPUTIME_ID;
      timer->notify = SIGEV_NONE;
      timer->notify_thread = image::kNoThread;
      return true;
    }
    if (threads_.size == 1) {
      timer->clock_thread = 0;
      return true;
    }
    return Fail("the program has a POSIX timer on a thread's processor time "
                "that no hook has seen, which cannot be carried over a "
                "restart");
  }

  void Sort() {
    // The kernel lists the newest first.
    const size_t n = timers_.size();
    for (size_t i = 0, j = n; i + 1 < j; ++i) {
      --j;
      const TimerRecord t = timers_[i];
      timers_[i] = timers_[j];
      timers_[j] = t;
    }
    for (size_t i = 1; i < n; ++i) {
      for (size_t j = i; j > 0 && timers_[j].id < timers_[j - 1].id; --j) {
        const TimerRecord t = timers_[j];
        timers_[j] = timers_[j - 1];
        timers_[j - 1] = t;
      }
    }
  }

  TimerRecord* Find(int32_t id) const {
    size_t low = 0, high = timers_.size();
    while (low < high) {
      const size_t middle = low + (high - low) / 2;
      if (timers_[middle].id < id) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low < timers_.size() && timers_[low].id == id ? &timers_[low]
                                                         : nullptr;
  }

  // Takes what timers have sent out of the process's queue, which the kernel
  // lets see in no other way, and notes it with them. Returns the signals that
  // others have sent, too; those are queued again, in their order.
  sys::SignalSet TakeOut(sys::SignalSet signals) {
    const size_t first = table_->size();
    while (signals != 0) {
      const image::PendingRecord* record =
          table_->Take(signals, image::kNoThread);
      if (record == nullptr) break;
      siginfo_t info;
      __builtin_memcpy(&info, record->info, sizeof(info));
      TimerRecord* timer =
          info.si_code == SI_TIMER ? Find(info.si_timerid) : nullptr;
      if (timer == nullptr) continue;
      table_->Drop();
      // Overruns are those up to now: the kernel has begun to count anew.
      timer->flags |= kUnread;
      timer->setting.owed += 1 + static_cast<uint32_t>(info.si_overrun);
    }
    table_->PutBack(first);
    sys::SignalSet set = 0;
    for (size_t i = first; i < table_->size(); ++i) {
      set |= sys::SignalBit((*table_)[i].signal);
    }
    return set;
  }

  void Read(TimerRecord* timer) {
    itimerspec now{};
    const int32_t tid = timer->clock_thread != image::kNoThread
                            ? threads_[timer->clock_thread].tid
                            : 0;
    const int32_t clock = KernelClock(*timer, tid);
    uint64_t clock_ns = sys::NowNs(clock);
    for (int i = 0; i < kMostReadings; ++i) {
      if (sys::GetTimer(timer->id, &now) < 0) return;
      const uint64_t before = clock_ns;
      clock_ns = sys::NowNs(clock);
      if (clock_ns - before < kCloseNs) break;
    }
    image::TimerSetting& setting = timer->setting;
    setting.interval_ns = track::ToNs(now.it_interval);
    setting.remaining_ns = track::ToNs(now.it_value);
    setting.deadline_ns = clock_ns + setting.remaining_ns;
    if (!IsCpuClock(*timer) && setting.remaining_ns != 0) {
      const uint64_t moment = track::MomentOf(
          timer->id, setting.interval_ns, setting.deadline_ns);
      if (moment != 0) {
        setting.deadline_ns = moment;
        timer->flags |= image::kTimerAbsolute;
      }
    }
    if (timer->notify_thread == image::kNoThread) return;
    // What waits in a thread's queue only the thread could take out.
    image::ThreadRecord& thread = all_[timer->notify_thread];
    const sys::SignalSet bit = sys::SignalBit(timer->signal);
    if ((thread.pending & bit) == 0) return;
    if (setting.interval_ns == 0 && setting.remaining_ns > 1) return;
    thread.pending &= ~bit;
    setting.owed = 1;
    if (setting.interval_ns == 0) setting.remaining_ns = 0;
  }

  Arena* arena_;
  const ThreadList& list_;
  Span<const image::ThreadRecord> threads_;
  Span<image::ThreadRecord> all_;
  PendingTable* table_;
  Line* reason_;
  ArenaList<TimerRecord> timers_;
  sys::SignalSet shared_ = 0;
};

// Queues what the timer has sent when its clock has no room for it in the past.
void SendCopy(const TimerRecord& timer, int32_t tid) {
  siginfo_t info{};
  info.si_signo = timer.signal;
  info.si_code = SI_TIMER;
  info.si_timerid = timer.id;
  info.si_overrun = static_cast<int>(timer.setting.owed - 1);
  info.si_value.sival_ptr = reinterpret_cast<void*>(timer.value);
  if (tid != 0) {
    sys::Raw(__NR_rt_tgsigqueueinfo, sys::GetPid(), tid, timer.signal, &info);
  } else {
    sys::Raw(__NR_rt_sigqueueinfo, sys::GetPid(), timer.signal, &info);
  }
}

// `absolute`: the next expiry is when the deadline says.
long Set(const TimerRecord& timer, bool absolute, int32_t clock, int32_t tid) {
  const track::TimerStart start =
      track::StartOf(timer.setting, absolute, sys::NowNs(clock));
  if (!start.possible) SendCopy(timer, tid);
  const itimerspec setting{track::FromNs(timer.setting.interval_ns),
                           track::FromNs(start.value_ns)};
  if (start.value_ns == 0) return 0;
  return sys::SetTimer(timer.id, start.absolute ? TIMER_ABSTIME : 0, setting);
}

// The ids up to `id` are used up one after the other.
long CreateByCounting(int32_t clock, const sys::TimerEvent& event,
                      int32_t id) {
  for (int32_t i = 0; i < kMostAttempts; ++i) {
    int32_t got = 0;
    const long r = sys::CreateTimer(clock, event, &got);
    if (r < 0 || got == id) return r;
    sys::DeleteTimer(got);
    if (got > id) break;
  }
  return kAgain;
}

long Create(const TimerRecord& timer, int32_t clock, int32_t tid,
            bool chosen) {
  sys::TimerEvent event{};
  event.value = timer.value;
  event.signal = timer.signal;
  event.notify = static_cast<int32_t>(timer.notify);
  event.thread = tid;
  if (!chosen) return CreateByCounting(clock, event, timer.id);
  int32_t id = timer.id;
  return sys::CreateTimer(clock, event, &id);
}

}  // namespace

bool RecordTimers(Arena arena, const ThreadList& list,
                  Span<image::ThreadRecord> threads, PendingTable* table,
                  Span<TimerRecord>* out, sys::SignalSet* others,
                  Line* reason) {
  Recorder recorder(&arena, list, threads, table, reason);
  sys::SignalSet sent_by_others = 0;
  const bool ok = recorder.Run(out, &sent_by_others);
  *others = ~recorder.shared();
  return ok;
}

void GiveTimersBack(Span<TimerRecord> timers,
                    Span<image::ThreadRecord> threads) {
  for (const TimerRecord& timer : timers) {
    // What waits in a thread's queue is still there.
    if (timer.setting.owed == 0 || timer.notify_thread != image::kNoThread) {
      continue;
    }
    const int32_t clock_tid = timer.clock_thread != image::kNoThread
                                  ? threads[timer.clock_thread].tid
                                  : 0;
    Set(timer, true, KernelClock(timer, clock_tid), 0);
  }
}

void RestoreTimers(const restore::Plan& plan) {
  const auto tid_of = [&plan](uint32_t thread) -> int32_t {
    if (thread >= plan.thread_count) return 0;
    const auto* slot = reinterpret_cast<const track::Slot*>(
        plan.threads[thread].record.slot);
    return slot->tid.load(std::memory_order_relaxed);
  };
  if (plan.timer_count == 0) return;
  const bool chosen = fault::At(fault::Point::timer_ids) >= 0 &&
                      sys::ChooseTimerIds(true);
  for (uint64_t i = 0; i < plan.timer_count; ++i) {
    const TimerRecord& timer = plan.timers[i];
    const int32_t tid = tid_of(timer.notify_thread);
    int32_t clock = KernelClock(timer, tid_of(timer.clock_thread));
    long r = Create(timer, clock, tid, chosen);
    if ((r == kPermission || r == kNotSupported) &&
        (clock == CLOCK_REALTIME_ALARM || clock == CLOCK_BOOTTIME_ALARM)) {
      clock = clock == CLOCK_REALTIME_ALARM ? CLOCK_REALTIME : CLOCK_BOOTTIME;
      Say(Line().Str("restarted with a POSIX timer that does not wake the "
                     "machine any more (CAP_WAKE_ALARM)"));
      r = Create(timer, clock, tid, chosen);
    }
    if (r >= 0) {
      r = Set(timer, (timer.flags & image::kTimerAbsolute) != 0, clock, tid);
    }
    if (r < 0) {
      Line line;
      line.Str("restart failed: cannot make a POSIX timer again: ");
      AddError(&line, r);
      Fatal(line);
    }
  }
  if (chosen) sys::ChooseTimerIds(false);
}

}  // namespace ckpt::core
