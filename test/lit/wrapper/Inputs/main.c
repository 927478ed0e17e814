#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#ifndef STR
#define STR "plain"
#endif

int main(void) {
  int fd = open("/dev/null", O_RDONLY);
  if (fd < 0 || close(fd) != 0) return 1;
  puts(STR);
  return 0;
}
