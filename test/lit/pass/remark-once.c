// Intent: a second run of the pass has nothing more to say.
// RUN: %clang %with_pass %with_pass -O0 -Rpass=ckpt -Rpass-missed=ckpt -c %s -o %t.o 2> %t.remarks
// RUN: grep -c 'remark:' %t.remarks | FileCheck %s
#include <sys/socket.h>
#include <unistd.h>

// CHECK: {{^}}2{{$}}
int f(int fd) { return close(fd) + socket(AF_INET, SOCK_STREAM, 0); }
