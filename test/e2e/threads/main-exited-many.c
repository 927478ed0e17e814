// Intent: a program whose main thread has ended by pthread_exit while a hundred
// others live has its descriptors after the restart.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids new %t
#include "behave.h"

static void* Idle(void* unused) {
  for (;;) Pause();
  return unused;
}

static void* Other(void* argument) {
  for (;;) {  // until the state of the main thread is "Z": ended
    char text[512] = "";
    char path[64];
    snprintf(path, sizeof(path), "/proc/self/task/%d/stat", getpid());
    const int stat = open(path, O_RDONLY);
    CHECK(stat >= 0 && read(stat, text, sizeof(text) - 1) > 0);
    close(stat);
    if (strncmp(strrchr(text, ')'), ") Z", 3) == 0) break;
    Pause();
  }
  LiveThroughRestarts();
  CHECK(*(int*)argument == 7);
  Done();
  exit(0);
}

int main(void) {
  static int seven = 7;
  Start(Other, &seven);
  for (int i = 0; i < 100; ++i) Start(Idle, NULL);
  pthread_exit(NULL);
}
