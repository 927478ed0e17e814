// Intent: auto main(...) -> int with a function try block is main too.
// RUN: %clangxx %with_pass -O2 -fno-discard-value-names -S -emit-llvm %s -o - | FileCheck %s
void may_throw(int);

// CHECK: define{{.*}} @main(i32 {{.*}}%argc, ptr {{.*}}%argv)
// CHECK: call void @__ckpt_main_init(ptr {{.*}}, ptr {{.*}}%argv)
auto main(int argc, char *argv[]) -> int try {
  may_throw(argc + !argv);
  return 0;
} catch (...) {
  return 1;
}
