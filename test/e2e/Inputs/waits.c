// waits.c - threads that each wait for three seconds in another way, and say so
// when they have.
#include <linux/futex.h>
#include <sys/select.h>
#include <sys/syscall.h>

#include "behave.h"

enum { kSeconds = 3 };

static const struct timespec span = {kSeconds, 0};
static int waiting;

static void* Poll(void* name) {
  Count(&waiting);
  CHECK(poll(NULL, 0, kSeconds * 1000) == 0);
  return name;
}

static void* Ppoll(void* name) {
  Count(&waiting);
  CHECK(ppoll(NULL, 0, &span, NULL) == 0);
  return name;
}

static void* Select(void* name) {
  struct timeval t = {kSeconds, 0};
  Count(&waiting);
  CHECK(select(0, NULL, NULL, NULL, &t) == 0);
  return name;
}

static void* Nanosleep(void* name) {
  Count(&waiting);
  CHECK(nanosleep(&span, NULL) == 0);
  return name;
}

static void* Sigtimedwait(void* name) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  Count(&waiting);
  CHECK(sigtimedwait(&set, NULL, &span) == -1 && errno == EAGAIN);
  return name;
}

static void* RawFutex(void* name) {
  int word = 0;
  Count(&waiting);
  CHECK(syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, &span, 0, 0) == -1 &&
        errno == ETIMEDOUT);
  return name;
}

static void* RawPoll(void* name) {
  Count(&waiting);
  CHECK(syscall(SYS_poll, NULL, 0, kSeconds * 1000) == 0);
  return name;
}

static void* RawSleep(void* name) {
  Count(&waiting);
  CHECK(syscall(SYS_clock_nanosleep, CLOCK_BOOTTIME, 0, &span, NULL) == 0);
  return name;
}

struct Way {
  const char* name;
  void* (*wait)(void*);
};

static void* Body(void* argument) {
  const struct Way* way = argument;
  way->wait(argument);
  char line[64];
  snprintf(line, sizeof(line), "%s\n", way->name);
  Say(line);
  return NULL;
}

int main(void) {
  static struct Way ways[] = {
      {"poll", Poll},           {"ppoll", Ppoll},
      {"select", Select},       {"nanosleep", Nanosleep},
      {"sigtimedwait", Sigtimedwait}, {"futex", RawFutex},
      {"raw-poll", RawPoll},    {"raw-sleep", RawSleep}};
  enum { kWays = sizeof(ways) / sizeof(ways[0]) };
  pthread_t threads[kWays];
  for (int i = 0; i < kWays; ++i) threads[i] = Start(Body, &ways[i]);
  Await(&waiting, kWays);
  Say("waiting\n");
  for (int i = 0; i < kWays; ++i) Join(threads[i]);
  return 0;
}
