// Intent: threads that set their ids, which the C library makes all threads do by
// a signal of its own, are not held up by checkpoints and restarts.
// RUN: %build_c
// RUN: %generations --allow "ckpt: checkpoint put off: the program is changing" \
// RUN:   --generations 6 %t
// RUN: %generations --allow "ckpt: checkpoint put off: the program is changing" \
// RUN:   --generations 12 --interval 0.01 --ids new %t
#include "behave.h"

enum { kThreads = 4 };

static void* SetId(void* unused) {
  CHECK(setuid(getuid()) == 0);
  return unused;
}

int main(void) {
  Ready();
  while (!Go()) {
    pthread_t threads[kThreads];
    for (int i = 0; i < kThreads; ++i) threads[i] = Start(SetId, NULL);
    for (int i = 0; i < kThreads; ++i) Join(threads[i]);
    Pause();
  }
  return Done();
}
