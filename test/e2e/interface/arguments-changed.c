// Intent: a program that sorts, overwrites and deletes its arguments (as getopt,
// setproctitle and others do) is found again by `-r auto` under the arguments
// that it was started with.
// RUN: %build_c
// RUN: %generations %t operand -a one two
// RUN: %generations --ids new %t operand -a one two
// RUN: %ckpt info $(ls -d %t.run/images/* | head -n 1) | FileCheck %s
// CHECK: command {{.*}} operand -a one two
#include "behave.h"

int main(int argc, char** argv) {
  CHECK(argc == 5 && getopt(argc, argv, "a:") == 'a');
  CHECK(getopt(argc, argv, "a:") == -1);
  CHECK(strcmp(argv[optind], "operand") == 0);  // sorted to the end
  memset(argv[0], 'x', strlen(argv[0]));
  argv[3] = NULL;
  LiveThroughRestarts();
  return Done();
}
