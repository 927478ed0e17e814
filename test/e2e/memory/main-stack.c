// Intent: a main stack that is deeper than at the start is restored, and can
// grow by megabytes after each restart.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids new %t
#include "behave.h"

enum { kFrame = 64 << 10 };

static int Descend(int depth, void (*at_bottom)(int), int value) {
  volatile unsigned char frame[kFrame];
  for (int i = 0; i < kFrame; i += 512) frame[i] = (unsigned char)(depth + i);
  if (depth == 0) {
    at_bottom(value);
  } else {
    Descend(depth - 1, at_bottom, value);
  }
  for (int i = 0; i < kFrame; i += 512) {
    CHECK(frame[i] == (unsigned char)(depth + i));
  }
  return frame[0];
}

static void Nothing(int unused) { (void)unused; }

static void AtBottom(int depth) {
  Ready();
  while (!Go()) {
    Descend(depth, Nothing, 0);
    Pause();
  }
}

int main(void) {
  Descend(40, AtBottom, 50);  // 2.6 MB, and 3.2 MB more
  return Done();
}
