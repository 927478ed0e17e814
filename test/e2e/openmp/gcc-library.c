// Intent: an instrumented program whose library was compiled by GCC with its
// OpenMP is checkpointed inside the library's parallel region.
// RUN: gcc -O2 -fopenmp -fPIC -shared %S/Inputs/gcc-library.c -o %t.so
// RUN: %build_c %t.so
// RUN: env OMP_WAIT_POLICY=passive %generations %t
// RUN: env OMP_WAIT_POLICY=passive %generations --ids ns %t
// RUN: env OMP_WAIT_POLICY=passive %generations --ids new %t
#include "behave.h"

enum { kThreads = 4 };

long region(int threads, long (*body)(int, void*), void* argument);

static pthread_mutex_t mutex = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static int inside;

// One has a lock that another one waits for, one lives through the restarts,
// the others wait at the region's barrier.
static long Body(int thread, void* argument) {
  CHECK(argument == &inside);
  if (thread == 1) {
    CHECK(pthread_mutex_lock(&mutex) == 0);
    Count(&inside);
    AwaitGo();
    CHECK(pthread_mutex_unlock(&mutex) == 0);
  } else if (thread == 2) {
    Await(&inside, 1);
    Count(&inside);
    CHECK(pthread_mutex_lock(&mutex) == 0);
    CHECK(Go());
    CHECK(pthread_mutex_unlock(&mutex) == 0);
  } else if (thread == 0) {
    Await(&inside, 2);
    LiveThroughRestarts();
  }
  return 10 * thread;
}

static long Brief(int thread, void* argument) {
  (void)argument;
  return thread;
}

int main(void) {
  CHECK(region(kThreads, Brief, NULL) == 6 + kThreads);
  CHECK(region(kThreads, Body, &inside) == 60 + kThreads);
  CHECK(region(kThreads, Brief, NULL) == 6 + kThreads);
  return Done();
}
