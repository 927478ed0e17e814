// here.c - one checkpoint where it asks for it.
#include "behave.h"

int main(void) {
  errno = 0;
  const int r = checkpoint_here();
  CHECK(r == 0 || r == 1);
  if (r == 0) {
    CHECK(checkpoint_generation() == 0);
    LiveThroughRestarts();
  }
  return Done();
}
