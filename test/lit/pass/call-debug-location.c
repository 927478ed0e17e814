// Intent: a rewritten call keeps its line.
// RUN: %clang %with_pass -g -O2 -S -emit-llvm %s -o - | FileCheck %s
#include <unistd.h>

int f(int fd) {
  // CHECK: call i32 @__ckpt_close({{.*}}, !dbg ![[LOCATION:[0-9]+]]
  // CHECK: ![[LOCATION]] = !DILocation(line: [[@LINE+1]],
  return close(fd) + 1;
}
