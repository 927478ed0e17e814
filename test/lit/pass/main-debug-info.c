// Intent: with -g the module verifies, the call has a location in main that
// stands for no line, and the debugger's argc is where the corrected one is.
// RUN: %clang %with_pass -g -O0 -fno-discard-value-names -S -emit-llvm %s -o %t.ll
// RUN: opt -passes=verify -disable-output %t.ll
// RUN: FileCheck %s < %t.ll
// RUN: %clang %with_pass -g -O2 -c %s -o %t.o
// RUN: llvm-dwarfdump --verify %t.o

// CHECK: define{{.*}} @main({{.*}} !dbg ![[MAIN:[0-9]+]]
// CHECK: call void @__ckpt_main_init({{.*}}), !dbg ![[LOCATION:[0-9]+]]
// CHECK: %[[RELOADED:.*]] = load i32
// CHECK: store i32 %[[RELOADED]], ptr %argc.addr
// CHECK-NEXT: #dbg_declare(ptr %argc.addr, ![[ARGC:[0-9]+]],
// CHECK: ![[MAIN]] = distinct !DISubprogram(name: "main",
// CHECK: ![[LOCATION]] = !DILocation(line: 0, scope: ![[MAIN]])
// CHECK: ![[ARGC]] = !DILocalVariable(name: "argc", arg: 1, scope: ![[MAIN]]
int main(int argc, char **argv) { return argv[argc - 1][0]; }
