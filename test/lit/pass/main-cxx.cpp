// Intent: main of a C++ program is served, a main in a namespace or a class and
// wmain are functions like any other.
// RUN: %clangxx %with_pass -O0 -fno-discard-value-names -S -emit-llvm %s -o - | FileCheck %s
namespace inner {
int main(int, char **) { return 1; }
}
struct Program {
  static int main(int, char **);
};
int Program::main(int, char **) { return 2; }
extern "C" int wmain(int, char **) { return 3; }

// CHECK: define{{.*}} @_ZN5inner4mainEiPPc(
// CHECK-NOT: __ckpt_main_init
// CHECK: define{{.*}} @main(i32 noundef %argc, ptr noundef %argv)
// CHECK: call void @__ckpt_main_init(ptr %{{.*}}, ptr %argv)
// CHECK-NOT: call void @__ckpt_main_init
int main(int argc, char **argv) { return !argv[argc]; }
