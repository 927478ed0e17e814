// Intent: nothing is said about functions that wanted to be left alone.
// RUN: %clang %with_pass -I%include -O2 -Rpass=ckpt -Rpass-missed=ckpt -c %s -o %t.o 2>&1 | count 0
#include <checkpoint.h>
#include <sys/socket.h>
#include <unistd.h>

CHECKPOINT_NO_INSTRUMENT long f(int fd) {
  __asm__ volatile("syscall" : : "a"(39) : "rcx", "r11");
  return close(fd) + socket(AF_INET, SOCK_STREAM, 0);
}
