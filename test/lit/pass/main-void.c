// Intent: main(void) starts with the runtime's start and null pointers.
// RUN: %clang %with_pass -O0 -S -emit-llvm %s -o - | FileCheck %s
// RUN: %clang %with_pass -O2 -S -emit-llvm %s -o - | FileCheck %s

// CHECK: define{{.*}} i32 @main()
// CHECK-NEXT: call void @__ckpt_main_init(ptr null, ptr null)
int main(void) { return 0; }
