// Intent: -fsave-optimization-record writes the remarks with names that tools
// can filter by.
// RUN: %clang %with_pass -O2 -fsave-optimization-record -foptimization-record-file=%t.yaml -c %s -o %t.o
// RUN: FileCheck %s < %t.yaml
#include <sys/socket.h>
#include <unistd.h>

// CHECK: --- !Passed
// CHECK-NEXT: Pass: {{.*}}ckpt
// CHECK-NEXT: Name: {{.*}}Hooked
// CHECK: Function: {{.*}}f
// CHECK: - Function: {{.*}}close
// CHECK: --- !Missed
// CHECK-NEXT: Pass: {{.*}}ckpt
// CHECK-NEXT: Name: {{.*}}NotCarriedOver
int f(int fd) { return close(fd) + socket(AF_INET, SOCK_STREAM, 0); }
