// Intent: -Rpass=ckpt names each address that was taken.
// RUN: %clang %with_pass -O0 -Rpass=ckpt -c %s -o %t.o 2>&1 | FileCheck %s
#include <unistd.h>

void use(int (*)(int));

void f(void) {
  // CHECK: remark-address.c:[[@LINE+1]]:3: remark: address of close goes through the checkpoint runtime [-Rpass=ckpt]
  use(close);
}
