// Intent: threads that write files all the time are
// checkpointed at any moment; each file has what was written, once.
// RUN: %build_c
// RUN: %generations --interval 0.02 %t
#include "behave.h"

enum { kThreads = 3 };

static void* Worker(void* argument) {
  char name[32];
  snprintf(name, sizeof(name), "kept.%ld", (long)argument);
  const int kept = open(name, O_CREAT | O_TRUNC | O_RDWR, 0600);
  CHECK(kept >= 0);
  unsigned count = 0, value;
  while (!Go()) {
    CHECK(write(kept, &count, sizeof(count)) == sizeof(count));
    ++count;
    if (count % 8 == 0) Pause();
  }
  CHECK(lseek(kept, 0, SEEK_SET) == 0);
  for (unsigned i = 0; i < count; ++i) {
    CHECK(read(kept, &value, sizeof(value)) == sizeof(value) && value == i);
  }
  return NULL;
}

int main(void) {
  pthread_t threads[kThreads];
  for (long i = 0; i < kThreads; ++i) threads[i] = Start(Worker, (void*)i);
  Ready();
  for (int i = 0; i < kThreads; ++i) Join(threads[i]);
  return Done();
}
