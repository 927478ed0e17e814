// Intent: stacks that grow deep and shrink all the time, by recursion and alloca,
// of main and of threads, keep every frame; the main stack still grows after a
// restart, far beyond what it had.
// RUN: %build_c
// RUN: %generations --generations 4 %t
// RUN: %generations --generations 4 --ids ns %t
// RUN: %generations --generations 4 --ids new %t
#include <alloca.h>

#include "behave.h"

enum { kThreads = 2 };

__attribute__((noinline)) static long Recurse(long depth, long seed) {
  volatile char small[200];
  const size_t size = 64 + (size_t)((seed * 37 + depth * 101) % 2000);
  volatile char* block = alloca(size);
  small[0] = (char)depth;
  small[199] = (char)seed;
  block[0] = (char)(depth + 1);
  block[size - 1] = (char)(seed + 1);
  const long below = depth == 0 ? 0 : Recurse(depth - 1, seed + depth);
  CHECK(small[0] == (char)depth && small[199] == (char)seed);
  CHECK(block[0] == (char)(depth + 1) && block[size - 1] == (char)(seed + 1));
  return below + depth;
}

static void* Thread(void* argument) {
  for (long n = 1; !Go(); ++n) {
    const long depth = n * 97 % 900;
    CHECK(Recurse(depth, n + *(long*)argument) == depth * (depth + 1) / 2);
  }
  return NULL;
}

// Waits at the bottom.
__attribute__((noinline)) static long WaitBelow(long depth) {
  volatile char frame[3000];
  frame[0] = frame[2999] = (char)depth;
  if (depth == 0) LiveThroughRestarts();
  const long below = depth == 0 ? 0 : WaitBelow(depth - 1);
  CHECK(frame[0] == (char)depth && frame[2999] == (char)depth);
  return below + depth;
}

int main(void) {
  pthread_t threads[kThreads];
  static long seeds[kThreads] = {3, 5};
  for (int i = 0; i < kThreads; ++i) threads[i] = Start(Thread, &seeds[i]);
  CHECK(WaitBelow(500) == 500 * 501 / 2);
  for (int i = 0; i < kThreads; ++i) Join(threads[i]);
  CHECK(Recurse(4000, 1) == 4000L * 4001 / 2);  // some 5 MB
  return Done();
}
