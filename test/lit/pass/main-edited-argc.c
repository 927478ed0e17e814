// Intent: the program works with the argc that the runtime left, at every level
// and also where argc is used after others have changed it.
// RUN: %clang -I%include -c %S/Inputs/standin_runtime.c -o %t.runtime.o
// RUN: %clang %with_pass -O0 %s %t.runtime.o -o %t && %run %t a b | FileCheck %s
// RUN: %clang %with_pass -O0 -g %s %t.runtime.o -o %t && %run %t a b | FileCheck %s
// RUN: %clang %with_pass -O2 %s %t.runtime.o -o %t && %run %t a b | FileCheck %s
// RUN: %clang %with_pass -O3 -g -flto -fuse-ld=lld %s %t.runtime.o -o %t && %run %t a b | FileCheck %s
#include <stdio.h>

int main(int argc, char **argv) {
  // CHECK: init: argc argv
  int *address = &argc;
  ++*address;
  // CHECK-NEXT: program: 3 a (null)
  printf("program: %d %s %s\n", argc, argv[1], argv[2]);
  return 0;
}
