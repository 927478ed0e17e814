// Intent: main(int, char **) hands over the address of argc and argv.
// RUN: %clang %with_pass -O0 -fno-discard-value-names -S -emit-llvm %s -o - | FileCheck %s
// RUN: %clang %with_pass -O2 -fno-discard-value-names -S -emit-llvm %s -o - | FileCheck %s

// CHECK: define{{.*}} i32 @main(i32 {{.*}}%argc, ptr {{.*}}%argv)
// CHECK-NEXT: entry:
// CHECK-NEXT: %[[SLOT:.*]] = alloca i32
// CHECK-NEXT: store i32 %argc, ptr %[[SLOT]]
// CHECK-NEXT: call void @__ckpt_main_init(ptr {{.*}}%[[SLOT]], ptr {{.*}}%argv)
// CHECK-NEXT: load i32, ptr %[[SLOT]]
// CHECK-NOT: __ckpt_main_init(ptr %
int main(int argc, char **argv) { return argv[argc - 1][0]; }
