// Intent: -Rpass-missed=ckpt names each call that cannot be carried over a
// restart, and why.
// RUN: %clang %with_pass -O2 -Rpass-missed=ckpt -c %s -o %t.o 2>&1 | FileCheck %s
#include <sys/socket.h>
#include <unistd.h>

int f(int fds[2]) {
  // CHECK: remark-missed.c:[[@LINE+1]]:10: remark: call to socket: a connection with another process is reset by a restart [-Rpass-missed=ckpt]
  return socket(AF_INET, SOCK_STREAM, 0)
  // CHECK: remark-missed.c:[[@LINE+1]]:12: remark: call to pipe: a pipe to another process is not carried over a restart [-Rpass-missed=ckpt]
         + pipe(fds);
}
