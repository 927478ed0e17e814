// Intent: nobody asked, nothing is said.
// RUN: %clang %with_pass -Wall -Wextra -O2 -g -c %s -o %t.o 2>&1 | count 0
#include <sys/socket.h>
#include <unistd.h>

int f(int fd) { return close(fd) + socket(AF_INET, SOCK_STREAM, 0); }
