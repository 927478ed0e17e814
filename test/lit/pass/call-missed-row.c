// Intent: a function of a CKPT_MISSED row stays as it is.
// RUN: %clang %with_pass -O0 -S -emit-llvm %s -o - | FileCheck %s
#include <sys/socket.h>

// CHECK: call i32 @socket(
// CHECK-NOT: __ckpt_socket
int f(void) { return socket(AF_INET, SOCK_STREAM, 0); }
