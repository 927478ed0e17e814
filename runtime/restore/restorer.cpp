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
#include "sys/file.h"
#include "sys/memory.h"
#include "sys/process.h"
#include "sys/signal.h"

namespace ckpt::restore {
namespace {

constexpr int kExitToolFailed = 125;
constexpr uint64_t kLowestAddress = 0x10000;
constexpr uint64_t kAddressEnd = 0x7ffffffff000;
constexpr int kPopulateWrite = 23;  // MADV_POPULATE_WRITE, Linux 5.14
constexpr int kErrExist = 17, kErrInval = 22;

// Restorer. The words are built on the stack: constants would need relocations.
[[noreturn]] void Fail(const Plan* plan, const char* what, long error) {
  Line line;
  line.Str("ckpt: restart failed: ").Str(what);
  if (error < 0)
    line.Str(" (errno ").Dec(static_cast<uint64_t>(-error)).Char(')');
  line.Char('\n');
  sys::Write(2, line.text(), line.size());
  (void)plan;
  sys::ExitGroup(kExitToolFailed);
}

// Restorer. A fault point, by the plan's copy of the arming.
long FaultAt(Plan* plan, fault::Point point) {
  int error;
  if (!fault::Hits(plan->fault, point, &error)) return 0;
  if (error == fault::kKill) {
    sys::Raw(__NR_kill, sys::GetPid(), SIGKILL);
    for (;;) sys::Raw(__NR_pause);
  }
  return -error;
}

// Restorer. Unmaps everything but the plan's block and the vdso.
void UnmapOld(const Plan* plan) {
  uint64_t at = kLowestAddress;
  for (;;) {
    // The lowest kept range at or above `at`.
    uint64_t start = kAddressEnd, end = kAddressEnd;
    if (plan->block_start >= at) {
      start = plan->block_start;
      end = start + plan->block_size;
    }
    for (uint32_t i = 0; i < plan->vdso_parts; ++i) {
      const image::Range& part = plan->vdso_now[i];
      if (part.start >= at && part.start < start) {
        start = part.start;
        end = part.end;
      }
    }
    if (start > at) {
      const long r = sys::Unmap(at, start - at);
      if (r < 0) Fail(plan, "cannot unmap the old memory", r);
    }
    if (end >= kAddressEnd) return;
    at = end;
  }
}

// Restorer. That of another kernel, which leads to this one's
// (restore/foreign_vdso).
void PutOldVdso(const Plan* plan) {
  const uint64_t at = plan->old_vdso_at, size = plan->old_vdso_size;
  long r = sys::Map(at, size, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  if (!sys::IsError(r)) {
    __builtin_memcpy(reinterpret_cast<void*>(at), plan->old_vdso, size);
    r = sys::Raw(__NR_mprotect, at, size, PROT_READ | PROT_EXEC);
  }
  if (sys::IsError(r)) Fail(plan, "cannot map the old vdso", r);
}

// Restorer. Old and new places may overlap, so each part goes by way of the
// scratch range.
void MoveVdso(const Plan* plan) {
  uint64_t scratch = plan->vdso_scratch;
  for (uint32_t i = 0; i < plan->vdso_parts; ++i) {
    const uint64_t size = plan->vdso_now[i].end - plan->vdso_now[i].start;
    const long r = sys::Move(plan->vdso_now[i].start, size, scratch);
    if (sys::IsError(r)) Fail(plan, "cannot move the vdso", r);
    scratch += size;
  }
  if (plan->old_vdso_size != 0) PutOldVdso(plan);
  if (plan->vdso_stays != 0) return;
  scratch = plan->vdso_scratch;
  for (uint32_t i = 0; i < plan->vdso_parts; ++i) {
    const uint64_t size = plan->vdso_now[i].end - plan->vdso_now[i].start;
    const long r = sys::Move(scratch, size, plan->vdso_target[i]);
    if (sys::IsError(r)) Fail(plan, "cannot move the vdso", r);
    scratch += size;
  }
}

// Restorer. Opens the file of a mapping; -1 for anonymous memory.
int OpenMapped(const Plan* plan, const PlanVma& vma) {
  if (vma.path == nullptr) return -1;
  const bool write =
      vma.kind == image::VmaKind::kFileShared && (vma.prot & PROT_WRITE) != 0;
  const long fd =
      sys::Open(vma.path, (write ? O_RDWR : O_RDONLY) | O_CLOEXEC);
  if (fd < 0) Fail(plan, vma.path, fd);
  return static_cast<int>(fd);
}

int MapFlags(image::VmaKind kind) {
  switch (kind) {
    case image::VmaKind::kAnonymous:
      return MAP_PRIVATE | MAP_ANONYMOUS;
    case image::VmaKind::kSharedAnonymous:
      return MAP_SHARED | MAP_ANONYMOUS;
    case image::VmaKind::kFilePrivate:
      return MAP_PRIVATE;
    case image::VmaKind::kFileShared:
      return MAP_SHARED;
    case image::VmaKind::kStack:
      // Not a mapping of the image: it could not grow.
      return MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN | MAP_STACK;
  }
  return 0;
}

constexpr int kDroppable = 8;           // MAP_DROPPABLE, Linux 6.11
constexpr int kMseal = 462;             // Linux 6.10
constexpr int kGuardInstall = 102;      // MADV_GUARD_INSTALL, Linux 6.13
constexpr int kSetVma = 0x53564d41;     // PR_SET_VMA, Linux 5.17
constexpr int kSetVmaAnonName = 0;

// Restorer. What the program has said about a mapping, before there is anything
// in it: where pages come from and how large they are is decided then.
void Advise(Plan* plan, const PlanVma& vma) {
  const uint64_t size = vma.end - vma.start;
  for (int advice = 0; advice < 32; ++advice) {
    if ((vma.advice & image::kMadvise & 1u << advice) == 0) continue;
    if (sys::Raw(__NR_madvise, vma.start, size, advice) < 0 &&
        plan->lost.advice == 0) {
      plan->lost.advice = vma.start;
    }
  }
  if (vma.policy != nullptr &&
      sys::Raw(__NR_mbind, vma.start, size, vma.policy->mode,
               vma.policy->nodes, image::kMaskWords * 64 + 1, 0) < 0 &&
      plan->lost.memory_policy == 0) {
    plan->lost.memory_policy = vma.start;
  }
  if (vma.name != nullptr) {
    sys::Prctl(kSetVma, kSetVmaAnonName, vma.start, size,
               reinterpret_cast<uint64_t>(vma.name));
  }
}

// Restorer. Makes one mapping and reads its blocks.
void RestoreVma(Plan* plan, const PlanVma& vma) {
  const long fault = FaultAt(plan, fault::Point::restore_memory);
  if (fault < 0) Fail(plan, "cannot map memory", fault);
  const int fd = OpenMapped(plan, vma);
  const uint64_t size = vma.end - vma.start;
  const int final_prot = static_cast<int>(vma.prot);
  const int prot =
      vma.block_count > 0 ? final_prot | PROT_READ | PROT_WRITE : final_prot;
  const int flags = MapFlags(vma.kind) | MAP_FIXED |
                    ((vma.advice & image::kAdviceNoReserve) != 0
                         ? MAP_NORESERVE
                         : 0) |
                    ((vma.advice & image::kAdviceGrowsDown) != 0
                         ? MAP_GROWSDOWN
                         : 0);
  long r = -22;  // EINVAL
  if ((vma.advice & image::kAdviceDroppable) != 0) {
    r = sys::Map(vma.start, size, prot, (flags & ~MAP_TYPE) | kDroppable, fd,
                 vma.file_offset);
    if (r < 0 && plan->lost.advice == 0) plan->lost.advice = vma.start;
  }
  if (r == -22) {
    r = sys::Map(vma.start, size, prot, flags, fd, vma.file_offset);
  }
  // Under a strict memory limit the reservation may be refused that grew
  // piecemeal in the first life.
  if (r == -12) {
    r = sys::Map(vma.start, size, prot, flags | MAP_NORESERVE, fd,
                 vma.file_offset);
  }
  if (sys::IsError(r)) Fail(plan, "cannot map memory", r);
  if (fd >= 0) sys::Close(fd);
  Advise(plan, vma);
  for (uint32_t i = 0; i < vma.block_count; ++i) {
    const image::BlockRecord& block = plan->blocks[vma.first_block + i];
    // Cheaper than a fault per page in the read; an older kernel says no.
    sys::Raw(__NR_madvise, block.address, block.size, kPopulateWrite);
    r = sys::PreadAll(plan->image_fd, reinterpret_cast<void*>(block.address),
                      block.size, block.file_offset);
    if (r < 0) Fail(plan, "cannot read the image", r);
  }
  if (prot != final_prot) {
    r = sys::Protect(vma.start, size, final_prot);
    if (r < 0) Fail(plan, "cannot protect memory", r);
  }
}

// Restorer. Pages that may not be touched.
void RestoreGuards(const Plan* plan) {
  for (uint64_t i = 0; i < plan->guard_count; ++i) {
    const image::Range& guard = plan->guards[i];
    const long r = sys::Raw(__NR_madvise, guard.start, guard.end - guard.start,
                            kGuardInstall);
    if (r < 0) Fail(plan, "cannot install guard pages", r);
  }
}

// Restorer. When nothing is to be changed any more.
void SealMemory(Plan* plan) {
  for (uint64_t i = 0; i < plan->vma_count; ++i) {
    const PlanVma& vma = plan->vmas[i];
    if ((vma.advice & image::kAdviceSealed) == 0) continue;
    if (sys::Raw(kMseal, vma.start, vma.end - vma.start, 0) < 0 &&
        plan->lost.advice == 0) {
      plan->lost.advice = vma.start;
    }
  }
}

// The kernel's struct prctl_mm_map.
struct MmMap {
  uint64_t start_code, end_code, start_data, end_data, start_brk, brk;
  uint64_t start_stack, arg_start, arg_end, env_start, env_end;
  uint64_t auxv;
  uint32_t auxv_size, exe_fd;
};

// Restorer. Where the kernel thinks heap, arguments and environment are.
void RestoreLayout(const Plan* plan) {
  const image::ProcessRecord& p = plan->process;
  MmMap map{p.start_code, p.end_code,  p.start_data, p.end_data,
            p.start_brk,  p.brk,       p.start_stack, p.arg_start,
            p.arg_end,    p.env_start, p.env_end,
            reinterpret_cast<uint64_t>(plan->auxv),
            static_cast<uint32_t>(plan->auxv_size), ~0u};
  long r = sys::Prctl(PR_SET_MM, PR_SET_MM_MAP,
                      reinterpret_cast<uint64_t>(&map), sizeof(map));
  if (r < 0 && map.auxv_size != 0) {
    map.auxv = 0;
    map.auxv_size = 0;
    r = sys::Prctl(PR_SET_MM, PR_SET_MM_MAP, reinterpret_cast<uint64_t>(&map),
                   sizeof(map));
  }
  if (r < 0) Fail(plan, "cannot set the heap's end (PR_SET_MM_MAP)", r);
}

// `wanted` is a struct itimerval. To a span of processor time the kernel adds a
// tick each time that it is set, which would be one for each restart.
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
  UnmapOld(plan);
  MoveVdso(plan);
  for (uint32_t i = 0; i < plan->vma_count; ++i) {
    RestoreVma(plan, plan->vmas[i]);
  }
  RestoreGuards(plan);
  SealMemory(plan);
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
