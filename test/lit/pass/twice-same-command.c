// Intent: the flag given twice does what it does once.
// RUN: %clang %with_pass -O2 -g -S -emit-llvm %s -o %t.once.ll
// RUN: %clang %with_pass %with_pass -O2 -g -S -emit-llvm %s -o %t.twice.ll
// RUN: diff %t.once.ll %t.twice.ll
// RUN: grep -c 'call void @__ckpt_main_init' %t.twice.ll | FileCheck %s
#include <unistd.h>

// CHECK: {{^}}1{{$}}
int main(int argc, char **argv) { return close(argc) + !argv; }
