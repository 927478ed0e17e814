// state.cpp - see state.h.

#include "core/state.h"

#include "sys/process.h"
#include "track/registry.h"

namespace ckpt::core {

constinit State g_state;

void NewRunId() {
  if (sys::Raw(__NR_getrandom, g_state.run_id, sizeof(g_state.run_id), 0) ==
      sizeof(g_state.run_id)) {
    return;
  }
  const uint64_t parts[2] = {sys::NowNs(CLOCK_REALTIME),
                             static_cast<uint64_t>(sys::GetPid())};
  __builtin_memcpy(g_state.run_id, parts, sizeof(parts));
}

void NoteCredentials() {
  g_state.ids_at_start[0] = static_cast<uint32_t>(sys::Raw(__NR_getuid));
  g_state.ids_at_start[1] = static_cast<uint32_t>(sys::Raw(__NR_getgid));
  g_state.seccomp_at_start = static_cast<uint64_t>(sys::Prctl(PR_GET_SECCOMP));
}

bool InOwnProcess() {
  bool own;
  track::Settled(
      [&] { own = g_state.enabled && sys::GetPid() == g_state.pid; });
  return own;
}

}  // namespace ckpt::core
