// stepping.h - the lock doors executed one instruction at a time: a signal after
// the n-th of them, as if it had come from the kernel at that moment.

#ifndef CKPT_TEST_STEPPING_H
#define CKPT_TEST_STEPPING_H

#include <signal.h>
#include <ucontext.h>

extern "C" const char __ckpt_lock_region[], __ckpt_lock_region_end[];

namespace ckpt::test {

constexpr greg_t kTrapFlag = 0x100;

// Set before Stepped: instructions inside the region until the signal that
// counts, and what is done in it.
extern int g_steps_left;
extern void (*g_at_step)(ucontext_t* frame);
// True if it has come.
extern bool g_reached;

// Takes SIGTRAP for itself while it lives.
class Stepping {
 public:
  Stepping();
  ~Stepping();

 private:
  struct sigaction old_;
};

template <typename Call>
int Stepped(Call call) {
  asm volatile("pushfq; orq $0x100, (%%rsp); popfq" ::: "cc", "memory");
  const int r = call();
  asm volatile("pushfq; andq $~0x100, (%%rsp); popfq" ::: "cc", "memory");
  return r;
}

}  // namespace ckpt::test

#endif
