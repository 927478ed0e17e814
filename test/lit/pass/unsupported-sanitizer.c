// Intent: a module built with a sanitizer is left alone, and the remark says why.
// RUN: %clang %with_pass -fsanitize=address -O0 -S -emit-llvm -Rpass-missed=ckpt %s -o %t.ll 2> %t.remarks
// RUN: FileCheck %s < %t.ll && FileCheck %s --check-prefix=REMARK < %t.remarks
// RUN: %clang %with_pass -fsanitize=thread -O1 -S -emit-llvm -Rpass-missed=ckpt %s -o %t.ll 2> %t.remarks
// RUN: FileCheck %s < %t.ll && FileCheck %s --check-prefix=REMARK < %t.remarks
// RUN: %clang %with_pass -fsanitize=memory -O2 -S -emit-llvm -Rpass-missed=ckpt %s -o %t.ll 2> %t.remarks
// RUN: FileCheck %s < %t.ll && FileCheck %s --check-prefix=REMARK < %t.remarks
int close(int);

// CHECK-NOT: __ckpt_
// CHECK: call {{.*}}@close(
// CHECK-NOT: __ckpt_
// REMARK: unsupported-sanitizer.c:[[@LINE+1]]:{{.*}} remark: file is not instrumented: checkpointing is off in code built with a sanitizer [-Rpass-missed=ckpt]
int main(void) { return close(1); }
