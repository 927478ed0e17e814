/* Writes lines to standard output, and a line to standard error; when it may go
 * on ten more. */
#include "behave.h"

static void Lines(int first, int end) {
  char line[16];
  for (int i = first; i < end; ++i) {
    const int size = snprintf(line, sizeof(line), "line %05d\n", i);
    CHECK(write(1, line, (size_t)size) == size);
  }
}

int main(void) {
  Lines(0, 1000);
  CHECK(write(2, "begun\n", 6) == 6);
  AwaitGo();
  Lines(1000, 1010);
  CHECK(write(2, "ended\n", 6) == 6);
  return 0;
}
