// api.cpp - the public calls of checkpoint.h but checkpoint_init (startup.cpp).

#include <errno.h>

// The executable exports these for its libraries.
#pragma GCC visibility push(default)
#include "checkpoint.h"
#pragma GCC visibility pop
#include "core/coordinator.h"
#include "core/state.h"
#include "sys/futex.h"

using ckpt::core::g_state;

int checkpoint_here(void) {
  if (!ckpt::core::InOwnProcess()) {
    errno = ENOSYS;
    return -1;
  }
  if (g_state.disable_depth.load(std::memory_order_acquire) != 0) {
    errno = EBUSY;
    return -1;
  }
  const uint32_t generation = g_state.generation;
  const int error = ckpt::core::RequestHere();
  // Read again: the memory may be an image's by now.
  if (const_cast<volatile uint32_t&>(g_state.generation) != generation) {
    return 1;
  }
  if (error == 0) return 0;
  errno = error;
  return -1;
}

void checkpoint_disable(void) {
  g_state.disable_depth.fetch_add(1, std::memory_order_seq_cst);
  // A checkpoint under way stops this thread like any other: when it goes on,
  // or when there is none, the wait is over. A forked child has nobody who
  // would end one.
  while (g_state.checkpointing.load(std::memory_order_seq_cst) != 0 &&
         ckpt::core::InOwnProcess()) {
    ckpt::sys::FutexWait(&g_state.checkpointing, 1);
  }
}

void checkpoint_enable(void) {
  uint32_t depth = g_state.disable_depth.load(std::memory_order_relaxed);
  while (depth > 0 && !g_state.disable_depth.compare_exchange_weak(
                          depth, depth - 1, std::memory_order_acq_rel)) {
  }
  if (depth == 1) ckpt::core::WakeCoordinator();
}

int checkpoint_generation(void) {
  return static_cast<int>(g_state.generation);
}
