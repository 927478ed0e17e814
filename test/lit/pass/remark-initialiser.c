// Intent: -Rpass=ckpt names the variable whose initial value was rewritten.
// RUN: %clang %with_pass -O0 -Rpass=ckpt -c %s -o %t.o 2>&1 | FileCheck %s
#include <unistd.h>

// CHECK: remark: address of close in the initial value of table goes through the checkpoint runtime [-Rpass=ckpt]
int (*table[])(int) = {0, close};

void f(void) {}
