// stepping.cpp - see stepping.h.

#include "stepping.h"

namespace ckpt::test {

int g_steps_left;
void (*g_at_step)(ucontext_t* frame);
bool g_reached;

namespace {

bool IsInRegion(const greg_t* regs) {
  const auto at = reinterpret_cast<const char*>(regs[REG_RIP]);
  return at >= __ckpt_lock_region && at < __ckpt_lock_region_end;
}

void OnStep(int, siginfo_t*, void* context) {
  auto* frame = static_cast<ucontext_t*>(context);
  greg_t* regs = frame->uc_mcontext.gregs;
  if (!IsInRegion(regs) || g_reached || g_steps_left-- > 0) return;
  g_reached = true;
  regs[REG_EFL] &= ~kTrapFlag;
  g_at_step(frame);
}

}  // namespace

Stepping::Stepping() {
  struct sigaction action = {};
  action.sa_sigaction = OnStep;
  action.sa_flags = SA_SIGINFO;
  sigaction(SIGTRAP, &action, &old_);
}

Stepping::~Stepping() { sigaction(SIGTRAP, &old_, nullptr); }

}  // namespace ckpt::test
