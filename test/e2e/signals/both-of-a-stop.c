// Intent: a thread that unblocks the stop signal just when it is sent the other
// one (33), which reaches those that block it, is parked with that one pending. In
// the restored program it is still the runtime's and none of the C library's, whose
// handler would end the program.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids ns %t
// RUN: %generations --ids new %t
#include <sys/syscall.h>

#include "behave.h"

enum { kOther = 33 };

static int pending, delivered;

// By inline assembly: as the C library's own calls, seen by no hook.
static long Call(long number, long a, const void* b, const void* c,
                 const void* d) {
  long result;
  register const void* r10 __asm__("r10") = d;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "0"(number), "D"(a), "S"(b), "d"(c), "r"(r10)
                   : "rcx", "r11", "memory");
  return result;
}

static void Mask(int how, uint64_t set) {
  CHECK(Call(SYS_rt_sigprocmask, how, &set, NULL, (void*)8) == 0);
}

// Takes the signal out of its queue, lets itself be stopped by the ordinary one,
// and has the other one wait again.
static void* Waits(void* unused) {
  const uint64_t other = 1ull << (kOther - 1);
  siginfo_t info;
  Mask(SIG_BLOCK, ~0ull);
  CHECK(Call(SYS_rt_sigtimedwait, (long)&other, &info, NULL, (void*)8) ==
        kOther);
  CHECK(info.si_code == SI_QUEUE);
  CHECK(Call(SYS_rt_tgsigqueueinfo, getpid(), (void*)(long)gettid(),
             (void*)(long)kOther, &info) == 0);
  Mask(SIG_UNBLOCK, ~other);
  Set(&pending, 1);
  AwaitGo();
  Mask(SIG_UNBLOCK, other);
  Set(&delivered, 1);
  return unused;
}

int main(void) {
  const pthread_t waits = Start(Waits, NULL);
  Await(&pending, 1);
  LiveThroughRestarts();
  Await(&delivered, 1);
  Join(waits);
  return Done();
}
