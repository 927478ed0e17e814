// For state/mdwe-launcher.py: has code that it has written itself.
#include <sys/mman.h>

#include "behave.h"

int main(void) {
  const unsigned char code[] = {0xb8, 42, 0, 0, 0, 0xc3};  // mov $42, %eax; ret
  void* at = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(at != MAP_FAILED);
  memcpy(at, code, sizeof(code));
  CHECK(mprotect(at, 4096, PROT_READ | PROT_EXEC) == 0);
  LiveThroughRestarts();
  CHECK(((int (*)(void))at)() == 42);
  return Done();
}
