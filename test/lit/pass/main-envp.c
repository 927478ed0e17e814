// Intent: a main with a third parameter for the environment is served too.
// RUN: %clang %with_pass -O0 -fno-discard-value-names -S -emit-llvm %s -o - | FileCheck %s

// CHECK: define{{.*}} i32 @main(i32 noundef %argc, ptr noundef %argv, ptr noundef %envp)
// CHECK: call void @__ckpt_main_init(ptr %{{.*}}, ptr %argv)
int main(int argc, char **argv, char **envp) { return !envp[0] + !argv[argc]; }
