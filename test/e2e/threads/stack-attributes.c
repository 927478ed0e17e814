// Intent: threads on stacks of their own making and size are what they were: the
// attributes tell the same, the smallest stack has room for a checkpoint, deep
// recursion goes to the guard and no further, and the memory of a given stack is
// the program's again when the thread is joined.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids ns %t
// RUN: %generations --ids new %t
#include <setjmp.h>
#include <sys/mman.h>

#include "behave.h"

enum { kThreads = 4, kGuard = 128 << 10 };
enum { kOwn, kSmallest, kGuarded, kLarge };

static struct {
  void* stack;
  size_t size, guard;
} seen[kThreads];
static int running;
static __thread sigjmp_buf jump;
static __thread char* fault;

static void Look(int i) {
  pthread_attr_t a;
  void* stack;
  size_t size, guard;
  CHECK(pthread_getattr_np(pthread_self(), &a) == 0);
  CHECK(pthread_attr_getstack(&a, &stack, &size) == 0);
  CHECK(pthread_attr_getguardsize(&a, &guard) == 0);
  if (seen[i].size == 0) {
    seen[i].stack = stack;
    seen[i].size = size;
    seen[i].guard = guard;
  }
  CHECK(seen[i].stack == stack && seen[i].size == size);
  CHECK(seen[i].guard == guard);
  CHECK((char*)&a > (char*)stack && (char*)&a < (char*)stack + size);
  CHECK(pthread_attr_destroy(&a) == 0);
}

static void OnFault(int signal, siginfo_t* info, void* unused) {
  (void)unused;
  fault = info->si_addr;
  siglongjmp(jump, signal);
}

// As deep as there is stack.
__attribute__((noinline)) static int Deeper(volatile char* above) {
  volatile char frame[4096];
  frame[0] = *above;
  return *above == 0 ? 0 : Deeper(frame) + frame[0];
}

static void RunIntoGuard(int i) {
  static char alternate[64 << 10];
  const stack_t stack = {.ss_sp = alternate, .ss_size = sizeof(alternate)};
  volatile char start = 1;
  CHECK(sigaltstack(&stack, NULL) == 0);
  if (sigsetjmp(jump, 1) == 0) CHECK(Deeper(&start) == 0);
  char* const low = seen[i].stack;
  CHECK(fault < low && fault >= low - kGuard);
}

static void* Body(void* argument) {
  const int i = (int)(long)argument;
  Look(i);
  Count(&running);
  AwaitGo();
  Look(i);
  if (i == kGuarded) RunIntoGuard(i);
  return argument;
}

int main(void) {
  pthread_t threads[kThreads];
  const struct sigaction action = {.sa_sigaction = OnFault,
                                   .sa_flags = SA_SIGINFO | SA_ONSTACK};
  const size_t own = 256 << 10;
  char* memory = mmap(NULL, own, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(memory != MAP_FAILED && sigaction(SIGSEGV, &action, NULL) == 0);
  for (long i = 0; i < kThreads; ++i) {
    pthread_attr_t a;
    CHECK(pthread_attr_init(&a) == 0);
    if (i == kOwn) CHECK(pthread_attr_setstack(&a, memory, own) == 0);
    if (i == kSmallest) {
      CHECK(pthread_attr_setstacksize(
                &a, (size_t)sysconf(_SC_THREAD_STACK_MIN)) == 0);
    }
    if (i == kGuarded) {
      CHECK(pthread_attr_setguardsize(&a, kGuard) == 0);
      CHECK(pthread_attr_setstacksize(&a, 1 << 20) == 0);
    }
    if (i == kLarge) CHECK(pthread_attr_setstacksize(&a, 256 << 20) == 0);
    CHECK(pthread_create(&threads[i], &a, Body, (void*)i) == 0);
    CHECK(pthread_attr_destroy(&a) == 0);
  }
  Await(&running, kThreads);
  CHECK(seen[kOwn].stack == memory && seen[kOwn].size == own);
  CHECK(seen[kGuarded].guard == kGuard);
  LiveThroughRestarts();
  for (long i = 0; i < kThreads; ++i) CHECK(Join(threads[i]) == (void*)i);
  memset(memory, 1, own);
  CHECK(munmap(memory, own) == 0);
  return Done();
}
