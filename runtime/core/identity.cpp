// identity.cpp - see identity.h.

#include "core/identity.h"

#include "core/state.h"
#include "sys/process.h"
#include "track/registry.h"

namespace ckpt::core {

int VisiblePid() {
  int visible;
  track::Settled([&] {
    const int pid = sys::GetPid();
    visible = g_state.vpid != 0 && pid == g_state.pid ? g_state.vpid : pid;
  });
  return visible;
}

int VisibleTid() {
  int visible;
  track::Settled([&] {
    visible = g_state.vpid == 0 || sys::GetPid() != g_state.pid
                  ? sys::GetTid()
                  : track::Self()->vtid;
  });
  return visible;
}

int RealPid(int visible) {
  // Also of a child between vfork and exec: its parent's.
  if (g_state.vpid != 0 && visible == g_state.vpid) return g_state.pid;
  if (g_state.parent_vpid != 0 && visible == g_state.parent_vpid) {
    return g_state.parent_pid;
  }
  return visible;
}

int VisibleParent(int real) {
  if (g_state.vpid != 0 && real == g_state.pid) return g_state.vpid;
  return g_state.parent_vpid != 0 && real == g_state.parent_pid
             ? g_state.parent_vpid
             : real;
}

int RealTid(int visible) {
  if (g_state.vpid == 0 || !InOwnProcess()) return visible;
  const track::Slot* slots = track::FirstSlot();
  int real = visible;
  for (uint32_t i = 0; i < track::SlotCount(); ++i) {
    if (slots[i].used.load(std::memory_order_relaxed) == 0 ||
        slots[i].vtid != visible) {
      continue;
    }
    real = slots[i].tid.load(std::memory_order_relaxed);
    // A thread that is perhaps gone stands back behind a living one that has
    // got its id.
    if (slots[i].left.load(std::memory_order_relaxed) == 0) break;
  }
  return real;
}

}  // namespace ckpt::core
