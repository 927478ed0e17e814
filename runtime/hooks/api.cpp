// api.cpp - the public calls of checkpoint.h but checkpoint_init (startup.cpp).

#include <errno.h>

// The executable exports these for its libraries.
#pragma GCC visibility push(default)
#include "checkpoint.h"
#pragma GCC visibility pop
#include "core/callbacks.h"
#include "core/coordinator.h"
#include "core/state.h"
#include "hooks/callbacks.h"
#include "sys/futex.h"
#include "track/excluded.h"

using ckpt::core::g_state;

namespace {

// The end of the bytes, 0 if there is no such memory.
uint64_t EndOf(const void* start, size_t size) {
  constexpr uint64_t kKernel = uint64_t{1} << 63;
  const auto at = reinterpret_cast<uint64_t>(start);
  return at < kKernel && size <= kKernel - at ? at + size : 0;
}

int Wrong(int error) {
  errno = error;
  return -1;
}

}  // namespace

int checkpoint_here(void) {
  if (!ckpt::core::InOwnProcess()) return Wrong(ENOSYS);
  // It would wait for itself.
  if (ckpt::hooks::IsInCallback()) return Wrong(EDEADLK);
  if (g_state.disable_depth.load(std::memory_order_acquire) != 0) {
    return Wrong(EBUSY);
  }
  const uint32_t generation = g_state.generation;
  const int error = ckpt::core::RequestHere();
  ckpt::core::AwaitCallbacks();
  // Read again: the memory may be an image's by now.
  if (const_cast<volatile uint32_t&>(g_state.generation) != generation) {
    return 1;
  }
  if (error == 0) return 0;
  return Wrong(error);
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

int checkpoint_exclude_bytes(void* start, size_t size) {
  const uint64_t end = EndOf(start, size);
  if (end == 0 && size != 0) return Wrong(EINVAL);
  const long r =
      ckpt::track::ExcludeBytes(reinterpret_cast<uint64_t>(start), end);
  return r < 0 ? Wrong(static_cast<int>(-r)) : 0;
}

int checkpoint_include_bytes(void* start, size_t size) {
  const uint64_t end = EndOf(start, size);
  if (end == 0 && size != 0) return Wrong(EINVAL);
  ckpt::track::IncludeBytes(reinterpret_cast<uint64_t>(start), end);
  return 0;
}

int checkpoint_generation(void) {
  return static_cast<int>(g_state.generation);
}
