// resume.cpp - see resume.h.

#include "core/resume.h"

#include "base/bytes.h"
#include "base/fault.h"
#include "core/claim.h"
#include "core/coordinator.h"
#include "core/ended_children.h"
#include "core/interruption.h"
#include "core/message.h"
#include "core/relock.h"
#include "core/safepoint.h"
#include "core/state.h"
#include "core/stop_the_world.h"
#include "sys/memory.h"
#include "sys/process.h"

namespace ckpt::core {

constinit restore::RestoredInfo g_restored{};

namespace {

constinit sys::Word g_restored_arrived{0};

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

void CompleteRestart() {
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

  const auto* plan = reinterpret_cast<const restore::Plan*>(g_restored.plan);
  // First what messages need.
  g_state.pid = sys::GetPid();
  const auto* starter =
      reinterpret_cast<const track::Slot*>(g_restored.starter);
  const track::ProgramFiles files(
      starter->tid.load(std::memory_order_relaxed));
  track::RefreshInherited(files, {g_state.inherited, g_state.inherited_count});
  g_state.vpid = plan->process.vpid;
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
  AdoptRecorded();
  track::BeginEpoch();
  Relock(g_stop.requested.load(std::memory_order_relaxed));
  NoteCredentials();
  SayVerbose(Line()
                 .Str("restarted from ")
                 .Str(reinterpret_cast<const char*>(plan->image_path))
                 .Str(" in ")
                 .Seconds(sys::NowUs() - plan->started_us)
                 .Str(" s, pid ")
                 .Dec(static_cast<uint64_t>(g_state.pid)));
  PublishClaim();
  ServeRestored();
  if (plan->progress != nullptr) {
    __atomic_store_n(&plan->progress->committed, 1, __ATOMIC_RELEASE);
  }
  const uint64_t block = plan->block_start, size = plan->block_size;
  g_restored.plan = 0;
  sys::Unmap(block, size);

  Stopped stopped;
  stopped.stop = g_stop.requested.load(std::memory_order_relaxed);
  stopped.threads = g_restored.thread_count;
  g_stop.left.store(NoneIn(stopped.stop), std::memory_order_relaxed);
  ReleaseTheWorld(stopped);
}

}  // namespace ckpt::core

// In a restored thread, on its own stack below its signal frame: the other half
// of StopHandler. Returns the frame to go back through.
extern "C" __attribute__((visibility("hidden"))) uint64_t __ckpt_resume_thread(
    ckpt::track::Slot* slot) {
  using namespace ckpt;
  using namespace ckpt::core;
  slot->tid.store(sys::GetTid(), std::memory_order_relaxed);
  const bool starter = reinterpret_cast<uint64_t>(slot) == g_restored.starter;
  // Release pairs with the acquire in CompleteRestart.
  g_restored_arrived.fetch_add(1, std::memory_order_release);
  sys::FutexWake(&g_restored_arrived);
  if (starter) {
    ForgetCoordinator();
    const long r = StartCoordinator();
    if (r < 0) {
      Line line;
      line.Str("restart failed: cannot start the checkpoint thread: ");
      AddError(&line, r);
      Fatal(line);
    }
  }
  const uint32_t stop = g_stop.requested.load(std::memory_order_acquire);
  WaitForRelease(slot, stop);
  HideInterruption(reinterpret_cast<ucontext_t*>(slot->frame));
  return slot->frame;
}
