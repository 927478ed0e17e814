// Intent: an exception thrown in a task of TBB ends its group and arrives, once,
// at who waits for it, under a storm of checkpoints and restarts as without.
// RUN: %build_cxx -ltbb
// RUN: %generations --generations 4 %t
// RUN: %generations --generations 4 --ids new %t
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/spin_rw_mutex.h>
#include <tbb/task_group.h>

#include <stdexcept>
#include <string>

#include "behave.h"

namespace {

tbb::spin_rw_mutex g_mutex;

void Loop() {
  int caught = 0;
  try {
    tbb::parallel_for(0, 1000, [](int i) {
      const tbb::spin_rw_mutex::scoped_lock lock(g_mutex, i % 8 == 0);
      if (i % 100 == 77) throw std::runtime_error(std::to_string(i));
    });
  } catch (const std::runtime_error& e) {
    CHECK(std::stoi(e.what()) % 100 == 77);
    ++caught;
  }
  CHECK(caught == 1);
}

void Nested(int depth) {
  tbb::task_group group;
  group.run([=] {
    if (depth == 0) throw depth;
    try {
      Nested(depth - 1);
    } catch (int n) {
      CHECK(n == depth - 1);
      throw depth;
    }
  });
  int caught = -1;
  try {
    group.wait();
  } catch (int n) {
    caught = n;
  }
  CHECK(caught == depth);
  throw depth;
}

}  // namespace

int main() {
  const tbb::global_control four(tbb::global_control::max_allowed_parallelism,
                                 4);
  Ready();
  do {
    Loop();
    try {
      Nested(6);
      CHECK(!"it throws");
    } catch (int n) {
      CHECK(n == 6);
    }
  } while (!Go());
  return Done();
}
