// Intent: a module for another target is left alone, and the remark says why.
// RUN: %clang %with_pass --target=aarch64-linux-gnu -O0 -S -emit-llvm -Rpass-missed=ckpt %s -o %t.ll 2> %t.remarks
// RUN: FileCheck %s < %t.ll && FileCheck %s --check-prefix=REMARK < %t.remarks
// RUN: %clang %with_pass --target=i386-linux-gnu -O0 -S -emit-llvm -Rpass-missed=ckpt %s -o %t.ll 2> %t.remarks
// RUN: FileCheck %s < %t.ll && FileCheck %s --check-prefix=REMARK < %t.remarks
// RUN: %clang %with_pass --target=x86_64-linux-gnux32 -O0 -S -emit-llvm -Rpass-missed=ckpt %s -o %t.ll 2> %t.remarks
// RUN: FileCheck %s < %t.ll && FileCheck %s --check-prefix=REMARK < %t.remarks
// RUN: %clang %with_pass --target=x86_64-freebsd -O0 -S -emit-llvm -Rpass-missed=ckpt %s -o %t.ll 2> %t.remarks
// RUN: FileCheck %s < %t.ll && FileCheck %s --check-prefix=REMARK < %t.remarks
int close(int);

// CHECK-NOT: ckpt
// CHECK: call i32 @close(
// CHECK-NOT: ckpt
// REMARK: unsupported-target.c:[[@LINE+1]]:{{.*}} remark: file is not instrumented: checkpointing is for x86_64 Linux only [-Rpass-missed=ckpt]
int main(void) { return close(1); }
