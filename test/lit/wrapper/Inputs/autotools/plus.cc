#include <fcntl.h>
#include <unistd.h>

#include <string>

extern "C" int plus() {
  int fd = open("/dev/null", O_RDONLY);
  return fd < 0 ? -1 : close(fd) + static_cast<int>(std::string().size());
}
