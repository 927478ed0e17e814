// Intent: a breakpoint on main is at the program's first line, not in the start
// of the runtime.
// RUN: %clang %with_pass -g -O0 -c %s -o %t.o
// RUN: llvm-dwarfdump --debug-line %t.o | FileCheck %s
int main(int argc, char **argv) {
  // CHECK: Address{{ +}}Line
  // CHECK-NOT: prologue_end
  // CHECK: {{^0x[0-9a-f]+ +}}[[@LINE+1]]{{ .*}} prologue_end
  return argv[argc - 1][0];
}
