// Intent: std::thread creates its thread inside libstdc++.so, which the pass
// does not see (the executable's exported names serve it): what the program
// itself refers to is hooked and nothing else is changed.
// RUN: %clangxx %with_pass -O2 -c %s -o %t.o
// RUN: llvm-nm -u %t.o | FileCheck %s
#include <pthread.h>

#include <thread>

void run();

// CHECK-NOT: {{ pthread_}}
// CHECK-DAG: U _ZNSt6thread15_M_start_thread
// CHECK-DAG: U _ZNSt6thread4joinEv
// CHECK-DAG: U __ckpt_pthread_create
// CHECK-NOT: {{ pthread_}}
void *run_c(void *);
int main() {
  std::thread thread(run);
  pthread_t other;
  pthread_create(&other, nullptr, run_c, nullptr);
  thread.join();
}
