// refusals.cpp - see refusals.h.

#include "core/refusals.h"

#include "base/bytes.h"
#include "core/state.h"
#include "sys/file.h"
#include "sys/proc.h"
#include "sys/process.h"

namespace ckpt::core {
namespace {

// The main thread as /proc names it: its id may be another one there, in a pid
// namespace.
int OuterLeader() {
  char self[32];
  const char* p = self;
  return sys::ReadLink("/proc/self", self, sizeof(self)) > 0
             ? static_cast<int>(ParseNumber(&p, 10))
             : g_state.pid;
}

}  // namespace

bool CheckCredentials(Line* reason) {
  char text[4096];
  const Line path = Line().Str("/proc/self/task/")
                        .Dec(static_cast<uint64_t>(OuterLeader()))
                        .Str("/status");
  if (sys::ReadWhole(path.text(), text, sizeof(text)) < 0) return true;
  const char* keys[] = {"Uid:", "Gid:"};
  for (int k = 0; k < 2; ++k) {
    const char* p = sys::StatusField(text, keys[k]);
    for (int i = 0; p != nullptr && i < 4; ++i) {
      const uint32_t id = static_cast<uint32_t>(ParseNumber(&p, 10));
      while (*p == '\t' || *p == ' ') ++p;
      if (id == g_state.ids_at_start[k]) continue;
      reason->Str("the program has changed its user or group id");
      return false;
    }
  }
  const char* p = sys::StatusField(text, "Seccomp:");
  if (p != nullptr && ParseNumber(&p, 10) != g_state.seccomp_at_start) {
    reason->Str("the program has installed a seccomp filter");
    return false;
  }
  p = sys::StatusField(text, "x86_Thread_features:");
  for (; p != nullptr && *p != '\n' && *p != '\0'; ++p) {
    if (!StartsWith(p, "shstk")) continue;
    reason->Str("the program has shadow stacks (ARCH_SHSTK_ENABLE)");
    return false;
  }
  return true;
}

bool CheckProcessor(Line* reason) {
  const char* what = nullptr;
  char segment[8];
  uint64_t permitted = 0;
  sys::ArchPrctl(sys::kArchGetXcompPerm,
                 reinterpret_cast<uint64_t>(&permitted));
  if (g_state.protection_keys.load(std::memory_order_relaxed) > 0) {
    what = "has a memory protection key (pkey_alloc)";
  } else if (sys::Raw(__NR_modify_ldt, 0, segment, sizeof(segment)) > 0) {
    what = "has a segment of its own (modify_ldt)";
  } else if ((permitted & sys::kXfeaturesOnRequest) != 0) {
    // The signal frame of a new thread has no room for them.
    what = "has asked for AMX registers (ARCH_REQ_XCOMP_PERM)";
  }
  if (what == nullptr) return true;
  reason->Str("the program ").Str(what).Str(
      ", which cannot be carried over a restart");
  return false;
}

}  // namespace ckpt::core
