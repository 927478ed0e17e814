// Intent: loops, reductions, sections, tasks with dependences, ordered and critical
// sections of OpenMP compute the same under a storm of checkpoints and restarts
// as without. With LLVM's OpenMP and, the manual way, with GCC and its own.
// RUN: %build_c -fopenmp
// RUN: env OMP_WAIT_POLICY=passive %generations --generations 4 %t
// RUN: env OMP_WAIT_POLICY=passive %generations --generations 4 --ids new %t
// RUN: gcc -std=gnu11 -D_GNU_SOURCE -DMANUAL -O2 -Wall -fopenmp -pthread \
// RUN:   -I %behave -I %include %s -o %t.gcc $(%ckpt_cc --print-ldflags)
// RUN: env OMP_WAIT_POLICY=passive %generations --generations 4 %t.gcc
// RUN: env OMP_WAIT_POLICY=passive %generations --generations 4 --ids new %t.gcc
#include <omp.h>

#include "behave.h"

enum { kThreads = 4, kSize = 4000 };

static long Fibonacci(int n) {
  long a, b;
  if (n < 2) return n;
#pragma omp task shared(a) if (n > 6)
  a = Fibonacci(n - 1);
#pragma omp task shared(b) if (n > 6)
  b = Fibonacci(n - 2);
#pragma omp taskwait
  return a + b;
}

static void Loops(void) {
  static int seen[kSize];
  long sum = 0, critical = 0;
  int last = -1;
#pragma omp parallel num_threads(kThreads)
  {
#pragma omp for schedule(dynamic, 7) reduction(+ : sum)
    for (int i = 0; i < kSize; ++i) {
      seen[i] = i;
      sum += i;
    }
#pragma omp for schedule(static) nowait
    for (int i = 0; i < kSize; ++i) {
      if (i % 100 == 0) {
#pragma omp critical(add)
        critical += seen[i];
      }
    }
#pragma omp barrier
#pragma omp for ordered schedule(guided)
    for (int i = 0; i < 100; ++i) {
#pragma omp ordered
      {
        CHECK(last == i - 1);
        last = i;
      }
    }
  }
  CHECK(sum == (long)kSize * (kSize - 1) / 2 && last == 99);
  CHECK(critical == 100L * (kSize / 100) * (kSize / 100 - 1) / 2);
}

static void Tasks(void) {
  long fibonacci = 0;
  int chain = 0, done[2] = {0};
#pragma omp parallel num_threads(kThreads)
#pragma omp single
  {
    fibonacci = Fibonacci(14);
    for (int i = 0; i < 20; ++i) {
#pragma omp task depend(inout : chain) firstprivate(i)
      {
        CHECK(chain == i);
        ++chain;
      }
    }
#pragma omp taskgroup
    {
#pragma omp taskloop grainsize(8)
      for (int i = 0; i < 64; ++i) {
#pragma omp atomic
        done[0] += i;
      }
    }
    done[1] = done[0];
  }
  CHECK(fibonacci == 377 && chain == 20 && done[1] == 2016);
}

static void Sections(void) {
  omp_lock_t lock;
  int parts = 0, depth = 0;
  omp_init_lock(&lock);
#pragma omp parallel num_threads(kThreads)
  {
#pragma omp sections
    {
#pragma omp section
#pragma omp atomic
      parts += 1;
#pragma omp section
#pragma omp atomic
      parts += 10;
#pragma omp section
#pragma omp atomic
      parts += 100;
    }
    omp_set_lock(&lock);
    ++depth;
    omp_unset_lock(&lock);
  }
  CHECK(parts == 111 && depth == kThreads);
  omp_destroy_lock(&lock);
}

int main(int argc, char** argv) {
#ifdef MANUAL
  checkpoint_init(&argc, argv);
#endif
  (void)argc;
  (void)argv;
  omp_set_dynamic(0);
  Ready();
  do {
    Loops();
    Tasks();
    Sections();
  } while (!Go());
  return Done();
}
