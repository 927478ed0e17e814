// Intent: a main that calls itself behaves: the runtime is asked each time (it
// ignores all calls but the first) and each call has its own argc.
// RUN: %clang -I%include -c %S/Inputs/standin_runtime.c -o %t.runtime.o
// RUN: %clang %with_pass -O0 %s %t.runtime.o -o %t && %run %t | FileCheck %s
// RUN: %clang %with_pass -O2 %s %t.runtime.o -o %t && %run %t | FileCheck %s
#include <stdio.h>

int main(int argc, char **argv) {
  // CHECK: init: argc argv
  // CHECK-NEXT: program: 1
  // CHECK-NEXT: init: argc null
  // CHECK-NEXT: program: 4
  // CHECK-NEXT: program: 1 again
  printf("program: %d\n", argc);
  if (argv) {
    main(5, 0);
    printf("program: %d again\n", argc);
  }
  return 0;
}
