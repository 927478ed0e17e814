// Intent: initial values of globals name the hook: plain, in arrays, in structs
// and in constants that are computed from an address.
// RUN: %clang %with_pass -O0 -S -emit-llvm %s -o - | FileCheck %s
// RUN: %clang %with_pass -O2 -S -emit-llvm %s -o - | FileCheck %s
#include <fcntl.h>
#include <unistd.h>

// CHECK-DAG: @plain = {{.*}}global ptr @__ckpt_close
int (*plain)(int) = close;

// CHECK-DAG: @array = {{.*}}global [3 x ptr] [ptr @__ckpt_close, ptr null, ptr @__ckpt_dup]
int (*array[])(int) = {close, 0, dup};

// CHECK-DAG: @nested = {{.*}} { i32 1, %struct.inner { ptr @__ckpt_open, ptr @__ckpt_close } }
struct {
  int number;
  struct inner {
    int (*opener)(const char *, int, ...);
    int (*closer)(int);
  } functions;
} nested = {1, {open, close}};

// CHECK-DAG: @computed = {{.*}}global i64 ptrtoint (ptr getelementptr (i8, ptr @__ckpt_close, i64 1) to i64)
long computed = (long)&close + 1;

// CHECK-DAG: @constant = {{.*}}constant ptr @__ckpt_close
int (*const constant)(int) = close;
