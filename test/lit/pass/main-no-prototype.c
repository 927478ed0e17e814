// Intent: main() without a prototype is main(void).
// RUN: %clang %with_pass -std=c89 -O0 -S -emit-llvm %s -o - | FileCheck %s

// CHECK: define{{.*}} i32 @main()
// CHECK-NEXT: call void @__ckpt_main_init(ptr null, ptr null)
int main() { return 0; }
