// Intent: threads that switch between contexts of their own (makecontext,
// swapcontext), on stacks of their own, are checkpointed on whichever they are,
// and what lies on the other stacks is there when they come back to it.
// RUN: %build_c
// RUN: %generations --interval 0.01 --generations 4 %t
// RUN: %generations --interval 0.01 --generations 4 --ids ns %t
// RUN: %generations --interval 0.01 --generations 4 --ids new %t
#include <ucontext.h>

#include "behave.h"

enum { kThreads = 3, kContexts = 4, kStack = 64 << 10 };

struct Fibers {
  ucontext_t main, contexts[kContexts];
  long steps[kContexts];
  int current, over;
};

// Each goes on to the next, with values of its own in its frame.
static void Fiber(int high, int low, int index) {
  struct Fibers* f =
      (struct Fibers*)((uintptr_t)(unsigned)high << 32 | (unsigned)low);
  volatile long mine[64];
  for (int i = 0; i < 64; ++i) mine[i] = 1000 * index + i;
  while (!f->over) {
    CHECK(f->current == index);
    for (int i = 0; i < 64; ++i) CHECK(mine[i] == 1000 * index + i);
    ++f->steps[index];
    const int next = (index + 1) % kContexts;
    if (next == 0) {
      CHECK(swapcontext(&f->contexts[index], &f->main) == 0);
    } else {
      f->current = next;
      CHECK(swapcontext(&f->contexts[index], &f->contexts[next]) == 0);
    }
  }
}

static void* Thread(void* unused) {
  struct Fibers* f = calloc(1, sizeof(*f));
  char* stacks = malloc(kContexts * kStack);
  CHECK(f != NULL && stacks != NULL);
  for (int i = 0; i < kContexts; ++i) {
    CHECK(getcontext(&f->contexts[i]) == 0);
    f->contexts[i].uc_stack.ss_sp = stacks + (size_t)i * kStack;
    f->contexts[i].uc_stack.ss_size = kStack;
    f->contexts[i].uc_link = &f->main;
    makecontext(&f->contexts[i], (void (*)(void))Fiber, 3,
                (int)((uintptr_t)f >> 32), (int)(uintptr_t)f, i);
  }
  long rounds = 0;
  do {
    f->current = 0;
    CHECK(swapcontext(&f->main, &f->contexts[0]) == 0);
    ++rounds;
    for (int i = 0; i < kContexts; ++i) CHECK(f->steps[i] == rounds);
  } while (rounds % 16 != 0 || !Go());
  // Each ends, and comes back by its link.
  f->over = 1;
  for (int i = 0; i < kContexts; ++i) {
    CHECK(swapcontext(&f->main, &f->contexts[i]) == 0);
  }
  free(stacks);
  free(f);
  return unused;
}

int main(void) {
  pthread_t threads[kThreads];
  for (int i = 0; i < kThreads; ++i) threads[i] = Start(Thread, NULL);
  Ready();
  for (int i = 0; i < kThreads; ++i) Join(threads[i]);
  return Done();
}
