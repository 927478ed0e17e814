// Intent: threads that have ended before the checkpoint leave nothing behind
// that a restart trips over; new ones can be started afterwards.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids new %t
#include "behave.h"

static int count;

static void* Brief(void* unused) {
  Count(&count);
  return unused;
}

int main(void) {
  for (int i = 0; i < 50; ++i) Join(Start(Brief, NULL));
  Ready();
  int started = 50;
  while (!Go()) {
    pthread_t several[4];
    for (int i = 0; i < 4; ++i) several[i] = Start(Brief, &several[i]);
    for (int i = 0; i < 4; ++i) CHECK(Join(several[i]) == &several[i]);
    started += 4;
  }
  CHECK(count == started);
  return Done();
}
