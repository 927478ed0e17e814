// state.cpp - see state.h.

#include "core/state.h"

#include "sys/process.h"

namespace ckpt::core {

constinit State g_state;

bool InOwnProcess() {
  return g_state.enabled && sys::GetPid() == g_state.pid;
}

}  // namespace ckpt::core
