// Intent: threads that allocate and free without pause, also each other's blocks,
// find their blocks whole through many restarts.
// RUN: %build_c
// RUN: %generations --interval 0.02 --generations 5 %t
// RUN: %generations --interval 0.02 --generations 5 --ids new %t
#include "behave.h"

enum { kThreads = 4, kExchange = 64 };

static unsigned* exchange[kExchange];

static void* Worker(void* argument) {
  unsigned random = (unsigned)(uintptr_t)argument * 7919 + 1;
  for (int i = 0; (i & 255) != 0 || !Go(); ++i) {
    random = random * 1103515245 + 12345;
    const unsigned words = 2 + ((random >> 8) & 1023);
    unsigned* mine = malloc(words * sizeof(unsigned));
    CHECK(mine != NULL);
    mine[0] = words;
    for (unsigned k = 1; k < words; ++k) mine[k] = words ^ k;
    unsigned* other = __atomic_exchange_n(&exchange[random % kExchange], mine,
                                          __ATOMIC_ACQ_REL);
    if (other == NULL) continue;
    for (unsigned k = 1; k < other[0]; ++k) CHECK(other[k] == (other[0] ^ k));
    other[0] = 0;
    free(other);
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
