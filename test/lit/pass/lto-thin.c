// Intent: with -flto=thin the bitcode is instrumented before the link, and the linked
// program is.
// RUN: %clang %with_pass -flto=thin -O0 -c %s -o %t.o
// RUN: llvm-dis %t.o -o - | FileCheck %s
// RUN: %clang %with_pass -flto=thin -O2 -c %s -o %t.o
// RUN: llvm-dis %t.o -o - | FileCheck %s
// RUN: %clang -I%include -c %S/Inputs/standin_runtime.c -o %t.runtime.o
// RUN: %clang %with_pass -flto=thin -O2 -fuse-ld=lld %t.o %t.runtime.o -o %t
// RUN: %run %t | FileCheck %s --check-prefix=OUTPUT
#include <stdio.h>
#include <unistd.h>

int main(void) {
  // CHECK: call void @__ckpt_main_init(ptr null, ptr null)
  // CHECK-NOT: call void @__ckpt_main_init
  // CHECK: call i32 @__ckpt_getpid()
  // OUTPUT: init: null null
  // OUTPUT-NEXT: pid -4711
  printf("pid %d\n", getpid());
}
