// exit.cpp - doors of the program's end: it takes an image under way with it,
// and under -v it is said when a child of it lives on, which nobody will
// checkpoint together with it.

#include <atomic>

#include "core/children.h"
#include "core/message.h"
#include "core/publish.h"
#include "core/state.h"
#include "hooks/libc.h"

namespace {

using ckpt::core::g_state;
using ckpt::hooks::Real;

constinit std::atomic<uint32_t> g_ends{0};

void End() {
  if (!g_state.enabled || !ckpt::core::InOwnProcess()) return;
  ckpt::core::AbandonTemporary();
  // exit ends in _exit.
  if (!g_state.options.verbose ||
      g_ends.exchange(1, std::memory_order_relaxed) != 0) {
    return;
  }
  const ckpt::core::LivingChild child = ckpt::core::FindLivingChild();
  if (child.pid == 0) return;
  ckpt::core::SayVerbose(ckpt::Line()
                             .Str("the program ends while ")
                             .Str(ckpt::core::Describe(child).text()));
}

// By way of exit, or a return from main.
__attribute__((section(".fini_array"), used, retain)) void (*const g_end)() =
    End;

}  // namespace

namespace ckpt::hooks {

void KeepQuietAtEnd(bool quiet) {
  g_ends.store(quiet ? 1 : 0, std::memory_order_relaxed);
}

}  // namespace ckpt::hooks

void __ckpt__exit(int status) {
  End();
  Real()._exit(status);
}

void __ckpt__Exit(int status) __THROW {
  End();
  Real()._Exit(status);
}
