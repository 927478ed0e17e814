// Intent: the locks and waits that libstdc++ inlines into a program are hooked.
// RUN: %clangxx %with_pass -std=c++20 -O0 -c %s -o %t.o
// RUN: llvm-nm -u %t.o | FileCheck %s
// RUN: %clangxx %with_pass -std=c++20 -O2 -c %s -o %t.o
// RUN: llvm-nm -u %t.o | FileCheck %s
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

std::mutex mutex;
std::timed_mutex timed;
std::recursive_mutex recursive;
std::condition_variable condition;

// CHECK-NOT: {{ pthread_(mutex|cond_.*wait)| nanosleep}}
// CHECK-DAG: U __ckpt_pthread_mutex_lock
// CHECK-DAG: U __ckpt_pthread_mutex_trylock
// CHECK-DAG: U __ckpt_pthread_mutex_clocklock
// CHECK-DAG: U __ckpt_pthread_mutex_unlock
// CHECK-DAG: U __ckpt_pthread_cond_clockwait
// CHECK-DAG: U __ckpt_nanosleep
// CHECK-NOT: {{ pthread_(mutex|cond_.*wait)| nanosleep}}
bool f() {
  std::scoped_lock both(mutex, recursive);
  std::unique_lock<std::mutex> lock(mutex);
  condition.wait_for(lock, std::chrono::seconds(1));
  std::this_thread::sleep_for(std::chrono::seconds(1));
  return timed.try_lock_for(std::chrono::seconds(1));
}
