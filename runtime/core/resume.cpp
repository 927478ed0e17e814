// resume.cpp - see resume.h.

#include "core/resume.h"

#include "base/bytes.h"
#include "base/fault.h"
#include "core/callbacks.h"
#include "core/claim.h"
#include "core/coordinator.h"
#include "core/ended_children.h"
#include "core/file_locks.h"
#include "core/interruption.h"
#include "core/message.h"
#include "core/pending.h"
#include "core/process_settings.h"
#include "core/relock.h"
#include "core/rollback.h"
#include "core/safepoint.h"
#include "core/state.h"
#include "core/stop_the_world.h"
#include "core/thread_settings.h"
#include "core/timers.h"
#include "sys/file.h"
#include "sys/memory.h"
#include "sys/process.h"

namespace ckpt::core {

constinit restore::RestoredInfo g_restored{};

namespace {

constinit sys::Word g_restored_arrived{0};
// 1: limits are such that the threads may set themselves up.
constinit sys::Word g_restored_prepared{0};

// What the program has locked, when its limit (RLIMIT_MEMLOCK) is there. Memory
// that is not mapped readable stays as it is and is locked all the same.
void LockMemory(const restore::Plan* plan) {
  constexpr int kNoMemory = -12;  // ENOMEM
  uint64_t lost = 0;
  long error = 0;
  for (uint32_t i = 0; i < plan->vma_count; ++i) {
    const restore::PlanVma& vma = plan->vmas[i];
    if ((vma.advice & image::kAdviceLocked) == 0) continue;
    const bool on_fault = (vma.advice & image::kAdviceLockOnFault) != 0;
    const long r = sys::Raw(__NR_mlock2, vma.start, vma.end - vma.start,
                            on_fault ? 1 : 0);
    if (r >= 0 || (r == kNoMemory && (vma.prot & 3) == 0)) continue;
    if (lost == 0) error = r;
    lost += vma.end - vma.start;
  }
  if (lost == 0) return;
  Line line;
  line.Str("restarted without the lock on ").Dec(lost >> 10);
  line.Str(" KiB of memory (mlock): ");
  AddError(&line, error);
  Say(line);
}

void SayLostMemory(const restore::Lost& lost) {
  if (lost.advice != 0) {
    Say(Line().Str("restarted without advice about memory (madvise, mseal) "
                   "that this kernel does not take, at 0x").Hex(lost.advice));
  }
  if (lost.memory_policy != 0) {
    Say(Line().Str("restarted without the memory policy (mbind) of memory at "
                   "0x").Hex(lost.memory_policy));
  }
}

// The options of the new command line replace those of the image where they
// were given.
void TakeOptions(const Options& given) {
  const int32_t old_exit = g_state.options.exit_signal;
  Options newer = given;
  // The stop signal was taken out of the program's hands when it started; its
  // masks and handlers are arranged for that one.
  newer.given &= ~(1u << kStopSignal);
  Override(newer, &g_state.options);
  if (g_state.options.exit_signal != old_exit) InstallHandlers();
}

}  // namespace

int RestoredImage() {
  return reinterpret_cast<const restore::Plan*>(g_restored.plan)->image_fd;
}

void CompleteRestart() {
  const auto* plan = reinterpret_cast<const restore::Plan*>(g_restored.plan);
  RestoreLimitsForThreads(plan->process.settings);
  g_restored_prepared.store(1, std::memory_order_release);
  sys::FutexWake(&g_restored_prepared);
  // The image may hold this word as another restart left it: it is counted from
  // what the restorer set.
  uint32_t arrived;
  while ((arrived = g_restored_arrived.load(std::memory_order_acquire)) <
         g_restored.thread_count) {
    sys::FutexWait(&g_restored_arrived, arrived);
  }
  g_restored_arrived.store(0, std::memory_order_relaxed);
  while (__atomic_load_n(&g_restored.leader_word, __ATOMIC_ACQUIRE) != 0) {
    const timespec pause = sys::ToTimespec(100000);
    sys::Raw(__NR_nanosleep, &pause, 0);
  }

  g_restored_prepared.store(0, std::memory_order_relaxed);
  // First what messages need.
  g_state.pid = sys::GetPid();
  const auto* starter =
      reinterpret_cast<const track::Slot*>(g_restored.starter);
  const track::ProgramFiles files(
      starter->tid.load(std::memory_order_relaxed));
  track::RefreshInherited(files, {g_state.inherited, g_state.inherited_count});
  g_state.vpid = plan->process.vpid;
  const int64_t cpu_before_ns = g_state.cpu.before.total_ns;
  g_state.cpu.Resume(false);
  ++g_state.generation;
  TakeOptions(*reinterpret_cast<const Options*>(plan->options));
  // What is armed in the image was meant for the first life.
  fault::g_armed = *plan->fault;
  const long fault = fault::At(fault::Point::resume);
  if (fault < 0) {
    Line line;
    line.Str("restart failed: ");
    AddError(&line, fault);
    Fatal(line);
  }
  RollBackFiles(*plan);
  AdoptRecorded();
  track::BeginEpoch();
  const uint32_t stop = g_stop.requested.load(std::memory_order_relaxed);
  Relock(stop);
  ShiftTimeouts(stop, plan->process,
                cpu_before_ns - g_state.cpu.before.total_ns);
  NoteCredentials();
  g_state.launcher_thread = plan->launcher_thread;
  g_state.launcher_process = plan->launcher_process;
  SayVerbose(Line()
                 .Str("restarted from ")
                 .Str(reinterpret_cast<const char*>(plan->image_path))
                 .Str(" in ")
                 .Seconds(sys::NowUs() - plan->started_us)
                 .Str(" s, pid ")
                 .Dec(static_cast<uint64_t>(g_state.pid)));
  SayLostSettings();
  LockMemory(plan);
  SayLostMemory(plan->lost);
  PublishClaim();
  SendPendingToProcess(*plan);
  RestoreTimers(*plan);
  AfterRestart();
  ServeRestored();
  if (plan->progress != nullptr) {
    __atomic_store_n(&plan->progress->committed, 1, __ATOMIC_RELEASE);
  }
  const uint64_t block = plan->block_start, size = plan->block_size;
  const image::ProcessSettings settings = plan->process.settings;
  g_restored.plan = 0;
  sys::Unmap(block, size);
  RestoreProcess(settings);

  Stopped stopped;
  stopped.stop = stop;
  stopped.threads = g_restored.thread_count;
  g_stop.left.store(NoneIn(stopped.stop), std::memory_order_relaxed);
  ReleaseTheWorld(stopped);
}

}  // namespace ckpt::core

// In a restored thread, on its own stack below its signal frame: the other half
// of StopHandler. Returns the frame to go back through.
extern "C" __attribute__((visibility("hidden"))) uint64_t __ckpt_resume_thread(
    ckpt::track::Slot* slot, const ckpt::image::ThreadRecord* record) {
  using namespace ckpt;
  using namespace ckpt::core;
  slot->tid.store(sys::GetTid(), std::memory_order_relaxed);
  slot->cpu.Resume(true);
  // First the coordinator: it would inherit what this thread sets up.
  if (reinterpret_cast<uint64_t>(slot) == g_restored.starter) {
    ForgetCoordinator();
    const long r = StartCoordinator();
    if (r < 0) {
      Line line;
      line.Str("restart failed: cannot start the checkpoint thread: ");
      AddError(&line, r);
      Fatal(line);
    }
    // The program's copy; the coordinator has one.
    sys::Close(RestoredImage());
    const auto* plan = reinterpret_cast<const restore::Plan*>(g_restored.plan);
    TakeFileLocks({plan->file_locks, plan->file_lock_count});
  }
  while (g_restored_prepared.load(std::memory_order_acquire) == 0) {
    sys::FutexWait(&g_restored_prepared, 0);
  }
  const auto* plan = reinterpret_cast<const restore::Plan*>(g_restored.plan);
  RestoreThread(slot, *record, plan->progress != nullptr);
  SendPendingToThread(*plan, record);
  // Release pairs with the acquire in CompleteRestart.
  g_restored_arrived.fetch_add(1, std::memory_order_release);
  sys::FutexWake(&g_restored_arrived);
  const uint32_t stop = g_stop.requested.load(std::memory_order_acquire);
  WaitForRelease(slot, stop);
  // Another stop may come while a call is made to its end in there.
  const uint64_t frame = slot->frame;
  HideInterruption(reinterpret_cast<ucontext_t*>(frame));
  return frame;
}
