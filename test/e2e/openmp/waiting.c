// Intent: threads of a parallel region that wait, at the checkpoint, at a barrier,
// for a critical section, for a lock, for a nested lock, for tasks or for a turn,
// go on after the restart when it is time and not before. With LLVM's OpenMP and,
// the manual way, with GCC and its own.
// RUN: %build_c -fopenmp
// RUN: env OMP_WAIT_POLICY=passive %generations %t
// RUN: env OMP_WAIT_POLICY=passive %generations --ids ns %t
// RUN: env OMP_WAIT_POLICY=passive %generations --ids new %t
// RUN: gcc -std=gnu11 -D_GNU_SOURCE -DMANUAL -O2 -Wall -fopenmp -pthread \
// RUN:   -I %behave -I %include %s -o %t.gcc $(%ckpt_cc --print-ldflags)
// RUN: env OMP_WAIT_POLICY=passive %generations %t.gcc
// RUN: env OMP_WAIT_POLICY=passive %generations --ids ns %t.gcc
// RUN: env OMP_WAIT_POLICY=passive %generations --ids new %t.gcc
#include <omp.h>

#include "behave.h"

enum { kThreads = 7 };

static omp_lock_t lock;
static omp_nest_lock_t nested;
static int waiting, held, got, tasks_done;

// One thread has everything that the others wait for.
static void Hold(void) {
  omp_set_lock(&lock);
  for (int i = 0; i < 3; ++i) omp_set_nest_lock(&nested);
#pragma omp critical(section)
  {
    Set(&held, 1);
    Await(&waiting, kThreads - 1);
    LiveThroughRestarts();
    CHECK(Get(&got) == 0);
    CHECK(omp_test_lock(&lock) == 0);
    CHECK(omp_test_nest_lock(&nested) == 4);
  }
  for (int i = 0; i < 4; ++i) {
    CHECK(omp_get_thread_num() == 0);
    omp_unset_nest_lock(&nested);
  }
  omp_unset_lock(&lock);
}

static void Wait(int thread) {
  Await(&held, 1);
  Count(&waiting);
  switch (thread) {
    case 1:
      omp_set_lock(&lock);
      CHECK(Go());
      Count(&got);
      omp_unset_lock(&lock);
      break;
    case 2:
      omp_set_nest_lock(&nested);
      CHECK(Go());
      Count(&got);
      omp_unset_nest_lock(&nested);
      break;
    case 3:
#pragma omp critical(section)
    {
      CHECK(Go());
      Count(&got);
    } break;
    case 4:
#pragma omp task
    {
      AwaitGo();
      Count(&tasks_done);
    }
#pragma omp taskwait
      CHECK(Get(&tasks_done) == 1);
      break;
    default:
      break;  // at the barrier
  }
}

int main(int argc, char** argv) {
#ifdef MANUAL
  checkpoint_init(&argc, argv);
#endif
  (void)argc;
  (void)argv;
  int ended = 0, after[kThreads] = {0};
  omp_init_lock(&lock);
  omp_init_nest_lock(&nested);
  omp_set_dynamic(0);
#pragma omp parallel num_threads(kThreads)
  {
    const int thread = omp_get_thread_num();
    CHECK(omp_get_num_threads() == kThreads);
    if (thread == 0) {
      Hold();
    } else {
      Wait(thread);
    }
#pragma omp barrier
    CHECK(Go() && Get(&tasks_done) == 1 && Get(&got) == 3);
#pragma omp single
    ++ended;
    CHECK(ended == 1);
    after[thread] = thread + 1;
#pragma omp barrier
    CHECK(after[(thread + 1) % kThreads] == (thread + 1) % kThreads + 1);
  }
  omp_destroy_lock(&lock);
  omp_destroy_nest_lock(&nested);
  return Done();
}
