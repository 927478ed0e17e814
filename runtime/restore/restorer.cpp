// restorer.cpp - the code that runs when the old memory is gone and the new is
// not there yet (the paper, section 3.6; docs/restart.md).
//
// Freestanding and position-independent: no calls out, no TLS, no global data,
// no relocation; the link fails on any of them (restorer.lds). It is copied
// behind nothing but its Plan into a hole of both address spaces, runs first on
// the stack at its end, and is unmapped by the program that it has restored
// (core/resume). An error here is one line and exit code 125: nothing of the
// program's world outside its memory has been touched.

#include <linux/prctl.h>
#include <signal.h>
#include <sys/mman.h>

#include "base/fault.h"
#include "base/line.h"
#include "restore/plan.h"
#include "restore/restorer.h"
#include "restore/restorer_memory.h"
#include "sys/file.h"
#include "sys/memory.h"
#include "sys/process.h"
#include "sys/signal.h"

namespace ckpt::restore {
namespace {

constexpr int kErrExist = 17, kErrInval = 22;

// Restorer. `wanted` is a struct itimerval. To a span of processor time the
// kernel adds a tick each time that it is set, which would be one for each
// restart.
void SetIntervalTimer(int which, const uint64_t* wanted) {
  constexpr uint64_t kSecond = 1000000;
  sys::Raw(__NR_setitimer, which, wanted, 0);
  uint64_t now[4];
  if (which == 0 || sys::Raw(__NR_getitimer, which, now) < 0) return;
  const uint64_t span = wanted[2] * kSecond + wanted[3];
  const uint64_t set = now[2] * kSecond + now[3];
  if (set <= span || set - span >= span) return;
  const uint64_t less = span - (set - span);
  const uint64_t corrected[4] = {wanted[0], wanted[1], less / kSecond,
                                 less % kSecond};
  sys::Raw(__NR_setitimer, which, corrected, 0);
}

// Restorer. Dispositions of all signals, those that the C library hides too.
void RestoreSignals(const Plan* plan) {
  for (int signal = 1; signal <= 64; ++signal) {
    if (signal == SIGKILL || signal == SIGSTOP) continue;
    const image::SignalRecord& s = plan->signals[signal - 1];
    const sys::KernelAction action{s.handler, s.flags, s.restorer, s.mask};
    sys::SetAction(signal, &action);
  }
}

// What rseq(2) looks at; the kernel refuses an area that seems in use.
struct RseqHead {
  uint32_t cpu_id_start, cpu_id;
  uint64_t rseq_cs;
};

// Restorer. Sends this thread, or with tid 0 the process, the signals of `set`;
// all are blocked until the thread returns through its frame.
void SendAgain(uint64_t set, int tid) {
  const int pid = sys::GetPid();
  for (int signal = 1; signal <= 64; ++signal) {
    if ((set & sys::SignalBit(signal)) == 0) continue;
    if (tid != 0) {
      sys::ThreadKill(pid, tid, signal);
    } else {
      sys::Raw(__NR_kill, pid, signal);
    }
  }
}

// Restorer, in the thread itself. What the kernel keeps for it; the rest it
// sets up itself when the program's code runs (core/thread_settings).
void RestoreThreadState(const image::ThreadRecord& t) {
  if (t.gs_base != 0) sys::ArchPrctl(sys::kArchSetGs, t.gs_base);
  if (t.robust_list != 0) {
    sys::Raw(__NR_set_robust_list, t.robust_list, t.robust_list_size);
  }
  if (t.rseq != 0) {
    auto* area = reinterpret_cast<RseqHead*>(t.rseq);
    area->cpu_id_start = 0;
    area->cpu_id = ~0u;  // RSEQ_CPU_ID_UNINITIALIZED
    area->rseq_cs = 0;
    sys::Raw(__NR_rseq, t.rseq, t.rseq_size, 0, t.rseq_signature);
  }
  sys::Prctl(PR_SET_NAME, reinterpret_cast<uint64_t>(t.name));
  SendAgain(t.pending, sys::GetTid());
}

// The stack pointer for a restored thread: below its signal frame, which begins
// with the return address before the ucontext, and below the red zone.
uint64_t StackBelow(const image::ThreadRecord& t) {
  return ((t.frame - 8 - 256) & ~uint64_t{63});
}

// Restorer, in the thread itself: into the restored program, for good.
//   rdi Slot*  rsi ThreadRecord*, rsp below the signal frame
[[noreturn]] void EnterProgram(uint64_t entry,
                               const image::ThreadRecord* record) {
  asm volatile(
      "movq %[stack], %%rsp\n\t"
      "xorl %%ebp, %%ebp\n\t"
      "jmpq *%[entry]"
      :
      : [stack] "r"(StackBelow(*record)), [entry] "r"(entry),
        "D"(record->slot), "S"(record)
      : "memory");
  __builtin_unreachable();
}

// Restorer, in a new thread, on the stack of the thread that it becomes.
[[noreturn]] void ThreadMain(PlanThread* thread) {
  const auto* plan = reinterpret_cast<const Plan*>(thread->plan);
  RestoreThreadState(thread->record);
  EnterProgram(plan->process.resume_entry, &thread->record);
}

// clone3(2); the child calls entry(thread) on its new stack.
//   rdi args  rsi size  |  r8 thread  r9 entry: untouched by the kernel
long Clone3(clone_args* args, PlanThread* thread,
            void (*entry)(PlanThread*)) {
  long result;
  register PlanThread* r8 asm("r8") = thread;
  register void (*r9)(PlanThread*) asm("r9") = entry;
  asm volatile(
      "syscall\n\t"
      "testq %%rax, %%rax\n\t"
      "jnz 1f\n\t"
      "xorl %%ebp, %%ebp\n\t"
      "movq %%r8, %%rdi\n\t"
      "callq *%%r9\n\t"
      "ud2\n"
      "1:"
      : "=a"(result)
      : "a"(__NR_clone3), "D"(args), "S"(sizeof(*args)), "r"(r8), "r"(r9)
      : "rcx", "r11", "rdx", "memory");
  return result;
}

// Restorer. An id that is taken can be had another way: the guardian, whose
// memory is whole, is told to try one.
[[noreturn]] void IdTaken(const Plan* plan, long error) {
  if (plan->progress != nullptr) {
    plan->progress->retry = 1;
    sys::ExitGroup(kExitToolFailed);
  }
  Fail(plan, "a thread id of the image is in use", error);
}

// Restorer. A thread's default timer slack is that of its creator.
void HandOnSlack(const Plan* plan, const image::ThreadSettings& s) {
  const bool own =
      (s.chosen & image::ItemBit(image::ThreadItem::kDefaultSlack)) != 0;
  sys::Prctl(PR_SET_TIMERSLACK,
             own ? s.default_slack_ns : plan->launcher_thread.timer_slack_ns);
}

// Restorer. Creates one thread under the id that the mode asks for.
void CreateThread(Plan* plan, PlanThread* thread) {
  const image::ThreadRecord& t = thread->record;
  clone_args args{};
  args.flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SYSVSEM |
               CLONE_SIGHAND | CLONE_THREAD | CLONE_SETTLS;
  if (t.tid_address != 0) {
    args.flags |= CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID;
    args.parent_tid = args.child_tid = t.tid_address;
  }
  args.tls = t.fs_base;
  const uint64_t top = StackBelow(t);
  args.stack = top - 4096;
  args.stack_size = 4096;
  const int32_t wanted = thread->wanted;
  if (plan->tid_mode == TidMode::kSame && wanted != 0) {
    args.set_tid = reinterpret_cast<uint64_t>(&wanted);
    args.set_tid_size = 1;
  }
  thread->plan = reinterpret_cast<uint64_t>(plan);
  HandOnSlack(plan, t.settings);
  long r = FaultAt(plan, fault::Point::restore_thread);
  if (r >= 0) r = Clone3(&args, thread, ThreadMain);
  if (r >= 0) return;
  if (args.set_tid != 0 &&
      (r == -kErrExist || r == -kErrInval)) {
    IdTaken(plan, r);
  }
  Fail(plan, "cannot create a thread", r);
}

// Restorer. The main thread is there already: only its state is missing.
void RestoreMainThread(const image::ThreadRecord& t) {
  sys::ArchPrctl(sys::kArchSetFs, t.fs_base);
  sys::Raw(__NR_set_tid_address, t.tid_address);
  if (t.tid_address != 0) {
    *reinterpret_cast<int32_t*>(t.tid_address) = sys::GetTid();
  }
}

}  // namespace
}  // namespace ckpt::restore

// Restorer. The whole of it, on the stack at the end of the plan's block.
extern "C" [[noreturn, gnu::used]] void ckpt_restorer_run(
    ckpt::restore::Plan* plan) {
  using namespace ckpt;
  using namespace ckpt::restore;
  RestoreMemory(plan);
  RestoreLayout(plan);
  RestoreSignals(plan);
  sys::Raw(__NR_umask, plan->process.umask);
  SendAgain(plan->process.pending, 0);
  for (int i = 0; i < 3; ++i) SetIntervalTimer(i, plan->process.itimers[i]);

  const bool leader_exited = plan->leader_exited != 0;
  PlanThread* main_thread = &plan->threads[0];
  auto* info = reinterpret_cast<RestoredInfo*>(plan->process.restored_info);
  info->plan = reinterpret_cast<uint64_t>(plan);
  info->thread_count = plan->thread_count - (leader_exited ? 1 : 0);
  info->leader_word = leader_exited ? 1 : 0;
  if (leader_exited) sys::Raw(__NR_set_tid_address, &info->leader_word);
  info->starter = plan->threads[leader_exited ? 1 : 0].record.slot;
  const uint64_t entry = plan->process.resume_entry;
  const image::ThreadRecord& main_record = main_thread->record;
  if (!leader_exited) RestoreMainThread(main_record);
  // First those that want an id, before another one is given it.
  for (uint32_t i = 1; i < plan->thread_count; ++i) {
    if (plan->threads[i].wanted != 0) CreateThread(plan, &plan->threads[i]);
  }
  for (uint32_t i = 1; i < plan->thread_count; ++i) {
    if (plan->threads[i].wanted == 0) CreateThread(plan, &plan->threads[i]);
  }
  sys::Prctl(PR_SET_TIMERSLACK, plan->launcher_thread.timer_slack_ns);
  if (leader_exited) {
    sys::Prctl(PR_SET_NAME, reinterpret_cast<uint64_t>(main_record.name));
    for (;;) sys::Raw(__NR_exit, 0);
  }
  RestoreThreadState(main_record);
  EnterProgram(entry, &main_record);
}

// The first byte of the restorer: switches to the stack that the loader has
// prepared.
//   rdi Plan*  rsi stack top
extern "C" __attribute__((naked, section(".text.entry"))) void
ckpt_restorer_entry(ckpt::restore::Plan*, uint64_t) {
  asm volatile(
      "movq %rsi, %rsp\n\t"
      "xorl %ebp, %ebp\n\t"
      "callq ckpt_restorer_run\n\t"
      "ud2");
}

// What the compiler calls on its own, here as well.
extern "C" {
void* memcpy(void* to, const void* from, size_t n) {
  void* d = to;
  asm volatile("rep movsb" : "+D"(d), "+S"(from), "+c"(n) : : "memory");
  return to;
}
void* memset(void* to, int value, size_t n) {
  void* d = to;
  asm volatile("rep stosb" : "+D"(d), "+c"(n) : "a"(value) : "memory");
  return to;
}
}
