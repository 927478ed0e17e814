#include <fcntl.h>
#include <unistd.h>

int inner(void);
int inner(void) {
  int fd = open("/dev/null", O_RDONLY);
  return fd < 0 ? -1 : close(fd);
}
