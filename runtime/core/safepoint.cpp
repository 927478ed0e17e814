// safepoint.cpp - see safepoint.h.

#include "core/safepoint.h"

#include "core/coordinator.h"
#include "core/interruption.h"
#include "core/message.h"
#include "core/pending.h"
#include "core/state.h"
#include "core/thread_settings.h"
#include "sys/process.h"
#include "sys/signal.h"
#include "sys/x86_64/frame.h"
#include "track/lock_records.h"
#include "track/lock_region.h"

namespace ckpt::core {

constinit StopWord g_stop;

namespace {

// In a handler: what only the thread itself can ask the kernel.
void RecordKernelState(track::Slot* slot) {
  sys::ArchPrctl(sys::kArchGetFs, reinterpret_cast<uint64_t>(&slot->fs_base));
  sys::ArchPrctl(sys::kArchGetGs, reinterpret_cast<uint64_t>(&slot->gs_base));
  slot->tid_address = 0;
  sys::Prctl(PR_GET_TID_ADDRESS,
             reinterpret_cast<uint64_t>(&slot->tid_address));
  slot->robust_list = 0;
  slot->robust_list_size = 0;
  sys::Raw(__NR_get_robust_list, 0, &slot->robust_list,
           &slot->robust_list_size);
  slot->name[0] = '\0';
  sys::Prctl(PR_GET_NAME, reinterpret_cast<uint64_t>(slot->name));
  RecordThread(slot, g_state.pid == slot->tid_at_stop);
}

// How often a thread may put a stop off: a tenth of a second and more, against
// the nanoseconds that are needed. A handler of the program's on top of lock
// code may take for ever.
constexpr uint32_t kMostDeferrals = 1000;

// In a handler. True if the thread has got one of the C library's own signals
// and has not yet looked whether it comes from this process: after a restart
// under new ids it does not. Signals that have waited together come together.
bool IsInInternalHandler(const ucontext_t* context) {
  constexpr uint64_t kHead = 64;
  for (const auto& handler : g_stop.internal_handlers) {
    const uint64_t start = handler.load(std::memory_order_relaxed);
    if (start != 0 && sys::IsInHead(context, start, kHead)) return true;
  }
  return false;
}

// In a handler. True if the thread is to go on for a moment and be signalled
// again: parked where it is, it could not be restored under another id.
bool Defers(track::Slot* slot, const ucontext_t* context, uint32_t stop) {
  if (!track::MayHoldItsId(slot, context) && !IsInInternalHandler(context)) {
    return false;
  }
  if (slot->deferral_stop != stop) {
    slot->deferral_stop = stop;
    slot->deferrals = 0;
  }
  if (++slot->deferrals > kMostDeferrals) return false;
  // The hook that the thread is in takes it up when it is done; the coordinator
  // sees to code without a hook. Release: pairs with the acquire there.
  slot->deferred.store(stop, std::memory_order_release);
  g_stop.deferred.fetch_add(1, std::memory_order_release);
  sys::FutexWake(&g_stop.arrived);
  return true;
}

// In a handler. A stop is on.
void Stop(ucontext_t* frame, uint32_t stop) {
  track::Slot* slot = track::Self();
  // A thread that is stopped twice (a stray signal) is parked already.
  if (slot->parked.load(std::memory_order_relaxed) == stop) return;
  slot->frame = reinterpret_cast<uint64_t>(frame);
  // The signal may have come before the thread had entered its id.
  track::NoteTid(slot);
  track::LeaveLockRegion(slot, frame);
  if (Defers(slot, frame, stop)) return;
  slot->tid_at_stop = slot->tid.load(std::memory_order_relaxed);
  RecordKernelState(slot);
  slot->cpu.Stop(true);
  Park(slot, stop);
}

// In a handler. Not in a child, which has our handlers and for a while perhaps
// our memory.
bool IsOn(uint32_t stop) {
  return stop != g_stop.released.load(std::memory_order_acquire) &&
         InOwnProcess();
}

// In a handler.
void StopHandler(int, siginfo_t* info, void* context) {
  auto* frame = static_cast<ucontext_t*>(context);
  // Acquire pairs with the coordinator's release in BeginStop.
  const uint32_t stop = g_stop.requested.load(std::memory_order_acquire);
  if (info->si_code == SI_QUEUE) {
    // From another process: `ckpt now`, with its nonce.
    RequestNow(reinterpret_cast<uint64_t>(info->si_value.sival_ptr));
  } else if (IsOn(stop)) {
    track::Self()->borrows = 0;
    Stop(frame, stop);
  }
  HideInterruption(frame);
}

// In a handler.
void BorrowedHandler(int signal, siginfo_t* info, void* context) {
  auto* frame = static_cast<ucontext_t*>(context);
  if (info->si_code == SI_QUEUE && info->si_value.sival_ptr == &g_stop) {
    const uint32_t stop = g_stop.requested.load(std::memory_order_acquire);
    if (IsOn(stop)) {
      track::Self()->borrows = 1;
      Stop(frame, stop);
    }
    HideInterruption(frame);
    return;
  }
  const uint64_t handler = g_stop.lender.load(std::memory_order_acquire);
  if (handler > 1) {
    reinterpret_cast<void (*)(int, siginfo_t*, void*)>(handler)(signal, info,
                                                                context);
  }
}

// In a handler.
void ExitHandler(int, siginfo_t*, void* context) {
  RequestExit();
  HideInterruption(static_cast<ucontext_t*>(context));
}

long Install(int signal, void (*handler)(int, siginfo_t*, void*)) {
  sys::KernelAction action{};
  action.handler = reinterpret_cast<uint64_t>(handler);
  // Not SA_ONSTACK: a small alternate stack may not hold a frame with AVX-512
  // state.
  action.flags = SA_SIGINFO | SA_RESTART | sys::kSaRestorer;
  action.restorer = reinterpret_cast<uint64_t>(&__ckpt_sigreturn);
  action.mask = sys::kAllSignals;
  return sys::SetAction(signal, &action);
}

uint64_t Borrower() { return reinterpret_cast<uint64_t>(&BorrowedHandler); }

// Its handler is set up by the C library when it is needed first, over ours if
// that was there before.
void Borrow() {
  const uint64_t handler = InternalHandler(kBorrowedSignal);
  g_stop.lender.store(handler, std::memory_order_release);
  Install(kBorrowedSignal, BorrowedHandler);
}

}  // namespace

uint64_t InternalHandler(int signal) {
  sys::KernelAction action{};
  sys::SetAction(signal, nullptr, &action);
  if (action.handler == Borrower()) {
    return g_stop.lender.load(std::memory_order_acquire);
  }
  return action.handler > 1 ? action.handler : 0;
}

long SendBorrowed(int tid) {
  Borrow();
  siginfo_t info{};
  info.si_signo = kBorrowedSignal;
  info.si_code = SI_QUEUE;
  info.si_value.sival_ptr = &g_stop;
  return sys::Raw(__NR_rt_tgsigqueueinfo, g_state.pid, tid, kBorrowedSignal,
                  &info);
}

long InstallHandlers() {
  long r = Install(g_state.stop_signal, StopHandler);
  if (r >= 0 && g_state.options.exit_signal != 0) {
    r = Install(g_state.options.exit_signal, ExitHandler);
  }
  return r;
}

namespace {

// Adds one to a count of `stop`; the new count, 0 if it is another stop's now.
uint32_t CountIn(sys::Word* word, uint32_t stop) {
  uint32_t value = word->load(std::memory_order_relaxed);
  do {
    if ((value & ~kCountMask) != NoneIn(stop)) return 0;
  } while (!word->compare_exchange_weak(value, value + 1,
                                        std::memory_order_acq_rel));
  return CountOf(value + 1);
}

}  // namespace

void StopDeferred(track::Slot* slot) {
  slot->deferred.store(0, std::memory_order_relaxed);
  sys::ThreadKill(sys::GetPid(), sys::GetTid(), g_state.stop_signal);
}

void Park(track::Slot* slot, uint32_t stop) {
  slot->parked.store(stop, std::memory_order_release);
  // The coordinator may be waiting for the last one; release makes the slot's
  // fields visible to it (pairs with its acquire in StopTheWorld).
  const uint32_t arrived = CountIn(&g_stop.arrived, stop);
  if (arrived >= g_stop.expected.load(std::memory_order_acquire)) {
    sys::FutexWake(&g_stop.arrived);
  }
  WaitForRelease(slot, stop);
}

void WaitForRelease(track::Slot* slot, uint32_t stop) {
  for (;;) {
    const uint32_t released = g_stop.released.load(std::memory_order_acquire);
    // Not equality: after a stop that was given up the next may be over before
    // this thread has woken.
    if (static_cast<int32_t>(released - stop) >= 0) break;
    RunErrandIfAny(slot);
    sys::FutexWait(&g_stop.released, released);
  }
  slot->parked.store(0, std::memory_order_relaxed);
  // Set before `released`. Of a stop that was given up nobody awaits the end.
  const uint32_t left = CountIn(&g_stop.left, stop);
  if (left >= g_stop.leaving.load(std::memory_order_relaxed)) {
    sys::FutexWake(&g_stop.left);
  }
}

}  // namespace ckpt::core
