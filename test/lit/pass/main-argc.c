// Intent: main(int) hands over the address of argc and goes on with the value
// that it finds there.
// RUN: %clang %with_pass -O0 -fno-discard-value-names -S -emit-llvm %s -o - | FileCheck %s

// CHECK: define{{.*}} i32 @main(i32 noundef %argc)
// CHECK-NEXT: entry:
// CHECK-NEXT: %[[SLOT:.*]] = alloca i32
// CHECK-NEXT: store i32 %argc, ptr %[[SLOT]]
// CHECK-NEXT: call void @__ckpt_main_init(ptr %[[SLOT]], ptr null)
// CHECK-NEXT: %[[RELOADED:.*]] = load i32, ptr %[[SLOT]]
// CHECK-NOT: %argc,
// CHECK: store i32 %[[RELOADED]], ptr %argc.addr
// CHECK-NOT: %argc,
int main(int argc) { return argc; }
