// forked.cpp - see forked.h.

#include "core/forked.h"

#include "core/callbacks.h"
#include "core/claim.h"
#include "core/coordinator.h"
#include "core/ended_children.h"
#include "core/message.h"
#include "core/safepoint.h"
#include "core/state.h"
#include "sys/process.h"
#include "track/excluded.h"
#include "track/registry.h"
#include "track/timers.h"

namespace ckpt::core {
namespace {

// What is true of every child: it has one thread, and none of ours.
void ForgetParent() {
  if (g_state.vpid != 0) {
    // How the program, here as well, goes on calling the parent.
    g_state.parent_vpid = g_state.vpid;
    g_state.parent_pid = g_state.pid;
    g_state.vpid = 0;
  }
  ForgetCoordinator();
  ForgetClaim();
  ForgetCallbackThread();
  ForgetEnded();
  track::ForgetTimers();
  track::UnlockExcluded();
  // A stop that was on when the parent forked is none here.
  g_stop.released.store(g_stop.requested.load(std::memory_order_relaxed),
                        std::memory_order_relaxed);
  g_state.checkpointing.store(0, std::memory_order_relaxed);
  track::BecomeOnlyThread();
}

// Requests were made of the parent.
void ForgetRequests() {
  for (auto& nonce : g_state.now_nonces) {
    nonce.store(0, std::memory_order_relaxed);
  }
  g_state.exit_requested.store(0, std::memory_order_relaxed);
  g_state.here_served.store(
      g_state.here_requested.load(std::memory_order_relaxed),
      std::memory_order_relaxed);
}

void Begin() {
  track::ForgetOtherThreads();
  ForgetRequests();
  g_state.pid = sys::GetPid();
  g_state.enabled = true;
  PublishClaim();
  const Options& o = g_state.options;
  if (o.interval_us == 0 && o.exit_signal == 0) return;
  const long r = StartCoordinator();
  if (r >= 0) return;
  Line line;
  line.Str("cannot start the checkpoint thread: ");
  AddError(&line, r);
  SayError(line);
}

}  // namespace

bool BecomeForkedChild() {
  const bool protected_parent = g_state.enabled;
  g_state.enabled = false;
  ForgetParent();
  return protected_parent;
}

bool IsUnprotectedChild() {
  return g_state.stop_signal > 0 && g_state.retired.load(
             std::memory_order_relaxed) == 0 &&
         sys::GetPid() != g_state.pid;
}

void ProtectChild() {
  // A child by another way than the hooked ones knows nothing yet.
  if (g_state.enabled) BecomeForkedChild();
  NewRunId();
  NoteCredentials();
  ++g_state.forks;
  g_state.generation = 0;
  g_state.sequence.store(0, std::memory_order_relaxed);
  g_state.disable_depth.store(0, std::memory_order_relaxed);
  Begin();
}

void GoOnAsProgram() {
  ForgetParent();
  Begin();
}

}  // namespace ckpt::core
