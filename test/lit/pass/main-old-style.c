// Intent: a main defined in the style of K&R is served too.
// RUN: %clang %with_pass -std=c89 -w -O0 -fno-discard-value-names -S -emit-llvm %s -o - | FileCheck %s

// CHECK: define{{.*}} i32 @main(i32 noundef %argc, ptr noundef %argv)
// CHECK: call void @__ckpt_main_init(ptr %{{.*}}, ptr %argv)
main(argc, argv)
char **argv;
{ return !argv[argc]; }
