#include <fcntl.h>
#include <unistd.h>

const char *greeting(void);
const char *greeting(void) {
  int fd = open("/dev/null", O_RDONLY);
  return fd >= 0 && close(fd) == 0 ? GREETING : "no /dev/null";
}
