// Intent: exceptions thrown and caught inside parallel regions, critical sections
// and tasks of OpenMP, through frames that hold locks, arrive where they should
// under a storm of checkpoints and restarts. With LLVM's OpenMP and, the manual
// way, with GCC and its own.
// RUN: %build_cxx -fopenmp
// RUN: env OMP_WAIT_POLICY=passive %generations --generations 4 %t
// RUN: env OMP_WAIT_POLICY=passive %generations --generations 4 --ids new %t
// RUN: g++ -std=gnu++20 -DMANUAL -O2 -Wall -fopenmp -pthread -I %behave \
// RUN:   -I %include %s -o %t.gcc $(%ckpt_cc --print-ldflags)
// RUN: env OMP_WAIT_POLICY=passive %generations --generations 4 %t.gcc
// RUN: env OMP_WAIT_POLICY=passive %generations --generations 4 --ids new %t.gcc
#include <omp.h>

#include <stdexcept>
#include <string>

#include "behave.h"

namespace {

constexpr int kThreads = 4, kItems = 400;

omp_nest_lock_t g_lock;

struct Held {
  Held() { omp_set_nest_lock(&g_lock); }
  ~Held() { omp_unset_nest_lock(&g_lock); }
};

int Deep(int depth, int item) {
  const Held held;
  if (depth == 0) throw std::runtime_error(std::to_string(item));
  return Deep(depth - 1, item) + 1;
}

void Round() {
  long sum = 0, tasks = 0, ordered = 0;
#pragma omp parallel num_threads(kThreads)
  {
#pragma omp for schedule(dynamic, 3) reduction(+ : sum)
    for (int i = 0; i < kItems; ++i) {
      try {
        Deep(i % 5, i);
      } catch (const std::runtime_error& e) {
        sum += std::stol(e.what());
      }
    }
#pragma omp critical(throwing)
    try {
      throw omp_get_thread_num();
    } catch (int n) {
      ordered += n;
    }
#pragma omp barrier
#pragma omp single
    for (int i = 0; i < 20; ++i) {
#pragma omp task firstprivate(i) shared(tasks)
      try {
        try {
          Deep(2, i);
        } catch (...) {
          throw;
        }
      } catch (const std::exception& e) {
#pragma omp atomic
        tasks += std::stol(e.what());
      }
    }
  }
  CHECK(sum == kItems * (kItems - 1) / 2);
  CHECK(ordered == kThreads * (kThreads - 1) / 2 && tasks == 190);
}

}  // namespace

int main(int argc, char** argv) {
#ifdef MANUAL
  checkpoint_init(&argc, argv);
#endif
  (void)argc;
  (void)argv;
  omp_set_dynamic(0);
  omp_init_nest_lock(&g_lock);
  Ready();
  do Round();
  while (!Go());
  return Done();
}
