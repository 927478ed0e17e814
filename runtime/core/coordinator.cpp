// coordinator.cpp - see coordinator.h.

#include "core/coordinator.h"

#include "core/callbacks.h"
#include "core/checkpoint.h"
#include "core/message.h"
#include "core/resume.h"
#include "core/state.h"
#include "core/thread_settings.h"
#include "sys/memory.h"
#include "sys/process.h"

namespace ckpt::core {
namespace {

constexpr uint64_t kStackSize = 256 << 10;
constexpr uint64_t kRetryUs = 100000;
constexpr uint64_t kRetireLookNs = 100000;
// Its thread control block: a self pointer, so that a stray TLS access reads
// zeros of its own instead of another thread's variables.
constexpr uint64_t kTlsSize = 8192;

// After a restart it is mapped anew, because the image leaves it out.
constinit uint64_t g_stack = 0;

constexpr int kNotNow = 11;  // EAGAIN

enum class Wake { kNone, kNow, kHere, kExit, kTimer };

// What is to be done, and who gets the answer.
struct Due {
  Wake wake = Wake::kNone;
  uint64_t nonce = 0;   // kNow
  uint32_t ticket = 0;  // the newest checkpoint_here
};

// Coordinator only. What is due, or how long to sleep.
class Schedule {
 public:
  Schedule() { Restart(); }
  void Restart() { last_us_ = sys::NowUs(); }
  // What stands in the way of -x may pass; the signal will not come again.
  void RetryExit() { exit_us_ = sys::NowUs() + kRetryUs; }

  Due Next() const {
    Due due;
    due.ticket = g_state.here_requested.load(std::memory_order_acquire);
    if (IsExitRequested() && sys::NowUs() >= exit_us_) {
      due.wake = Wake::kExit;
      return due;
    }
    for (const auto& nonce : g_state.now_nonces) {
      due.nonce = nonce.load(std::memory_order_acquire);
      if (due.nonce == 0) continue;
      due.wake = Wake::kNow;
      return due;
    }
    if (due.ticket != g_state.here_served.load(std::memory_order_relaxed)) {
      due.wake = Wake::kHere;
    } else if (TimerIn() == 0) {
      due.wake = Wake::kTimer;
    }
    return due;
  }

  // Until something is asked for or due.
  void Sleep(uint32_t seen) const {
    uint64_t us = TimerIn();
    if (IsExitRequested() && us > kRetryUs) us = kRetryUs;
    if (us == 0) return;
    const timespec timeout = sys::ToTimespec(us * 1000);
    sys::FutexWait(&g_state.request_word, seen,
                   us == kNever ? nullptr : &timeout);
  }

 private:
  static constexpr uint64_t kNever = ~uint64_t{0};

  static bool IsExitRequested() {
    return g_state.exit_requested.load(std::memory_order_acquire) != 0;
  }
  uint64_t TimerIn() const {
    const uint64_t interval = g_state.options.interval_us;
    if (interval == 0) return kNever;
    const uint64_t elapsed = sys::NowUs() - last_us_;
    return elapsed >= interval ? 0 : interval - elapsed;
  }

  uint64_t last_us_ = 0;
  uint64_t exit_us_ = 0;  // not before
};

void ServeHere(uint32_t ticket, int error) {
  g_state.here_error.store(error, std::memory_order_relaxed);
  // Release pairs with the acquire in RequestHere.
  g_state.here_served.store(ticket, std::memory_order_release);
  sys::FutexWake(&g_state.here_served);
}

// How long the checkpoint that is due has been waiting for the program's
// children.
class ChildWait {
 public:
  void Reset() { due_ = Wake::kNone; }

  // True as long as it may go on waiting.
  bool IsPatient(Wake due) {
    const uint64_t now = sys::NowUs();
    if (due_ != due) {
      due_ = due;
      since_us_ = now;
      pause_ns_ = kFirstPauseNs;
    }
    return now - since_us_ < kChildPatienceUs;
  }

  // After an attempt that a child has foiled: a little longer each time.
  void Pause() {
    const timespec pause = sys::ToTimespec(pause_ns_);
    sys::Raw(__NR_nanosleep, &pause, 0);
    if (pause_ns_ < kLongestPauseNs) pause_ns_ *= 2;
  }

 private:
  static constexpr uint64_t kFirstPauseNs = 50000;
  static constexpr uint64_t kLongestPauseNs = 10000000;

  Wake due_ = Wake::kNone;
  uint64_t since_us_ = 0, pause_ns_ = 0;
};

// Tells who has asked for it what came of it.
void Serve(const Due& due, const Outcome& outcome, Schedule* schedule) {
  switch (due.wake) {
    case Wake::kNow:
      for (auto& nonce : g_state.now_nonces) {
        uint64_t served = due.nonce;
        nonce.compare_exchange_strong(served, 0, std::memory_order_acq_rel);
      }
      Answer(due.nonce, outcome);
      return;
    case Wake::kHere:
      ServeHere(due.ticket, outcome.error);
      return;
    case Wake::kExit:
      if (outcome.error == 0) sys::ExitGroup(kExitCheckpointed);
      if (outcome.later) {
        schedule->RetryExit();
      } else {
        g_state.exit_requested.store(0, std::memory_order_relaxed);
      }
      return;
    case Wake::kTimer:
      schedule->Restart();
      return;
    case Wake::kNone:
      return;
  }
}

void EndCheckpointing() {
  g_state.checkpointing.store(0, std::memory_order_release);
  sys::FutexWake(&g_state.checkpointing);
}

// False between checkpoint_disable and _enable, when requests wait. Each side
// first says what it wants and then looks at the other (checkpoint_disable,
// hooks/api.cpp): one of them sees both, so the order is the total one.
bool BeginCheckpointing() {
  g_state.checkpointing.store(1, std::memory_order_seq_cst);
  if (g_state.disable_depth.load(std::memory_order_seq_cst) == 0) return true;
  EndCheckpointing();
  return false;
}

bool IsDisabled() {
  return g_state.disable_depth.load(std::memory_order_seq_cst) != 0;
}

// False if nothing has come of it yet: a child of the program lives and is
// waited for (with the program running), or checkpoints are disabled.
bool TryCheckpoint(Wake wake, ChildWait* wait, Outcome* outcome) {
  if (IsDisabled()) {
    wait->Reset();
    AfterCheckpoint(kNotNow);
    return false;
  }
  const bool patient = wait->IsPatient(wake);
  const LivingChild child = FindLivingChild();
  if (child.pid != 0) {
    if (patient) {
      AwaitEnd(child);
      return false;
    }
    *outcome = PutOff(child);
  } else if (!BeforeCheckpoint(&outcome->reason)) {
    outcome->error = kNotNow;
    outcome->later = true;
  } else {
    // A callback may have disabled checkpoints.
    if (!BeginCheckpointing()) {
      AfterCheckpoint(kNotNow);
      return false;
    }
    *outcome = TakeCheckpoint();
    EndCheckpointing();
    if (outcome->child && patient) {
      wait->Pause();
      return false;
    }
  }
  wait->Reset();
  // After -x it is the restored program that goes on.
  if (wake != Wake::kExit || outcome->error != 0) {
    AfterCheckpoint(outcome->error);
  }
  return true;
}

// The coordinator's life. Every signal is blocked; nothing of the C library is
// called.
int Run(void*) {
  // The copies of the program's descriptors that it has got: pipes must end
  // when the program closes them.
  const int image = g_restored.plan != 0 ? RestoredImage() : 0;
  if (image > 0) sys::Raw(__NR_close_range, 0, image - 1, 0);
  sys::Raw(__NR_close_range, image > 0 ? image + 1 : 0, ~0u, 0);
  if (g_restored.plan != 0) {
    CompleteRestart();
  } else {
    BecomeLaunchers();
  }
  Schedule schedule;
  ChildWait wait;
  for (;;) {
    const uint32_t seen = g_state.request_word.load(std::memory_order_acquire);
    if (g_state.retired.load(std::memory_order_acquire) != 0) {
      AfterCheckpoint(kNotNow);
      for (;;) sys::Raw(__NR_exit, 0);
    }
    const Due due = schedule.Next();
    if (due.wake == Wake::kNone) {
      schedule.Sleep(seen);
      continue;
    }
    Outcome outcome;
    if (TryCheckpoint(due.wake, &wait, &outcome)) {
      Report(outcome);
      Serve(due, outcome, &schedule);
    } else if (IsDisabled()) {
      // The enabling thread wakes us.
      sys::FutexWait(&g_state.request_word, seen);
    }
  }
}

void Wakeup() {
  g_state.request_word.fetch_add(1, std::memory_order_release);
  sys::FutexWake(&g_state.request_word);
}

// clone(2) with a new stack: the child calls entry(argument) on it and never
// comes back.
//   rdi flags  rsi child stack  rdx parent tid  r10 child tid  r8 tls
long CloneThread(uint64_t flags, uint64_t stack_top, int32_t* parent_tid,
                 uint64_t tls, int (*entry)(void*)) {
  long result;
  register int32_t* r10 asm("r10") = parent_tid;
  register uint64_t r8 asm("r8") = tls;
  register int (*r9)(void*) asm("r9") = entry;
  asm volatile(
      "syscall\n\t"
      "testq %%rax, %%rax\n\t"
      "jnz 1f\n\t"
      "xorl %%ebp, %%ebp\n\t"
      "xorl %%edi, %%edi\n\t"
      "callq *%%r9\n\t"
      "ud2\n"
      "1:"
      : "=a"(result)
      : "a"(__NR_clone), "D"(flags), "S"(stack_top), "d"(parent_tid), "r"(r10),
        "r"(r8), "r"(r9)
      : "rcx", "r11", "memory");
  return result;
}

// Without CLONE_FILES: in a table shared with the program our descriptors would
// take numbers that it expects to get, could be closed under us by closefrom,
// and our closing a file would release its fcntl locks (fcntl_locking(2)).
constexpr uint64_t kThreadFlags = CLONE_VM | CLONE_FS | CLONE_SIGHAND |
                                  CLONE_THREAD | CLONE_SYSVSEM | CLONE_SETTLS |
                                  CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID;

}  // namespace

image::Range CoordinatorStack() {
  return {g_stack, g_stack + (g_stack != 0 ? kStackSize : 0)};
}

long StartCoordinator() {
  uint32_t started = 0;
  if (!g_state.coordinator_started.compare_exchange_strong(
          started, 1, std::memory_order_acq_rel)) {
    return 0;
  }
  const long stack = sys::MapAnonymous(kStackSize);
  if (sys::IsError(stack)) {
    g_state.coordinator_started.store(0, std::memory_order_release);
    return stack;
  }
  g_stack = static_cast<uint64_t>(stack);
  sys::DontFork(g_stack, kStackSize);
  const uint64_t tls = g_stack + kTlsSize / 2;
  *reinterpret_cast<uint64_t*>(tls) = tls;       // %fs:0
  *reinterpret_cast<uint64_t*>(tls + 16) = tls;  // glibc's THREAD_SELF
  const sys::SignalSet all = sys::kAllSignals;
  sys::SignalSet old;
  sys::SetMask(SIG_BLOCK, &all, &old);
  const CreatorScope scope;
  // The tid must be known before the first stop lists the threads.
  const long tid = CloneThread(
      kThreadFlags, g_stack + kStackSize - 64,
      reinterpret_cast<int32_t*>(&g_state.coordinator_tid), tls, Run);
  sys::SetMask(SIG_SETMASK, &old);
  if (tid < 0) {
    sys::Unmap(g_stack, kStackSize);
    g_stack = 0;
    g_state.coordinator_started.store(0, std::memory_order_release);
    return tid;
  }
  return 0;
}

void RequestNow(uint64_t nonce) {
  if (!InOwnProcess() || nonce == 0) return;
  for (auto& slot : g_state.now_nonces) {
    uint64_t free = 0;
    if (slot.compare_exchange_strong(free, nonce, std::memory_order_acq_rel)) {
      StartCoordinator();
      Wakeup();
      return;
    }
  }
}

void RequestExit() {
  if (!InOwnProcess()) return;
  g_state.exit_requested.store(1, std::memory_order_release);
  StartCoordinator();
  Wakeup();
}

int RequestHere() {
  const uint32_t ticket =
      g_state.here_requested.fetch_add(1, std::memory_order_acq_rel) + 1;
  const long r = StartCoordinator();
  if (r < 0) {
    g_state.here_requested.fetch_sub(1, std::memory_order_acq_rel);
    return static_cast<int>(-r);
  }
  Wakeup();
  for (;;) {
    const uint32_t served =
        g_state.here_served.load(std::memory_order_acquire);
    if (static_cast<int32_t>(served - ticket) >= 0) break;
    sys::FutexWait(&g_state.here_served, served);
  }
  return g_state.here_error.load(std::memory_order_relaxed);
}

void WakeCoordinator() { Wakeup(); }

void RetireIfIdsChanged() {
  if (!InOwnProcess()) return;
  const long now[] = {sys::Raw(__NR_getuid), sys::Raw(__NR_geteuid),
                      sys::Raw(__NR_getgid), sys::Raw(__NR_getegid)};
  bool same = true;
  for (int i = 0; i < 4; ++i) {
    same = same && now[i] == g_state.ids_at_start[i / 2];
  }
  if (same) return;
  SayVerbose(Line().Str(
      "checkpointing is off: the program has changed its user or group id"));
  g_state.enabled = false;
  g_state.retired.store(1, std::memory_order_release);
  Wakeup();
  // Until nobody has the old ids any more.
  while (g_state.coordinator_tid.load(std::memory_order_acquire) != 0) {
    const timespec pause = sys::ToTimespec(kRetireLookNs);
    sys::Raw(__NR_nanosleep, &pause, 0);
  }
}

void ServeRestored() {
  // `ckpt now` and -x were the old process's; a checkpoint_here that waits is
  // answered by the restart itself.
  for (auto& nonce : g_state.now_nonces) {
    nonce.store(0, std::memory_order_relaxed);
  }
  g_state.exit_requested.store(0, std::memory_order_relaxed);
  // The image was taken while it was being taken: nobody else would end that.
  EndCheckpointing();
  const uint32_t ticket =
      g_state.here_requested.load(std::memory_order_acquire);
  if (ticket != g_state.here_served.load(std::memory_order_relaxed)) {
    ServeHere(ticket, 0);
  }
}

void ForgetCoordinator() {
  g_stack = 0;
  g_state.coordinator_started.store(0, std::memory_order_relaxed);
  g_state.coordinator_tid.store(0, std::memory_order_relaxed);
}

}  // namespace ckpt::core
