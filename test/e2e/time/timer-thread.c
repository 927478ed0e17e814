// Intent: a timer that calls a function in a thread of its own (SIGEV_THREAD)
// goes on after restarts: the C library's thread for it is stopped and restored
// like any other.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids ns %t
// RUN: %generations --user nobody --ids auto %t
// RUN: %ckpt_cc -static -std=gnu11 -D_GNU_SOURCE -O2 -pthread -I %behave %s -o %t.static
// RUN: %generations %t.static
// RUN: %generations --ids auto %t.static
#include "behave.h"

enum { kMs = 1000000 };

static int ticks, others;

static void OnTick(union sigval value) { Count((int*)value.sival_ptr); }

static timer_t Create(int* counter, pthread_attr_t* attributes) {
  struct sigevent event = {.sigev_notify = SIGEV_THREAD};
  event.sigev_notify_function = OnTick;
  event.sigev_notify_attributes = attributes;
  event.sigev_value.sival_ptr = counter;
  timer_t timer;
  CHECK(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);
  const struct itimerspec setting = {{0, 5 * kMs}, {0, 5 * kMs}};
  CHECK(timer_settime(timer, 0, &setting, NULL) == 0);
  return timer;
}

int main(void) {
  pthread_attr_t attributes;
  CHECK(pthread_attr_init(&attributes) == 0);
  CHECK(pthread_attr_setstacksize(&attributes, 256 << 10) == 0);
  const timer_t timer = Create(&ticks, NULL);
  const timer_t other = Create(&others, &attributes);
  Await(&ticks, 1);
  Ready();
  int generation = 0, seen = 0, seen_others = 0;
  while (!Go() || Get(&ticks) <= seen || Get(&others) <= seen_others) {
    if (checkpoint_generation() == generation) {
      Pause();
      continue;
    }
    generation = checkpoint_generation();
    seen = Get(&ticks);
    seen_others = Get(&others);
  }
  struct itimerspec now;
  CHECK(timer_gettime(timer, &now) == 0 && now.it_interval.tv_nsec == 5 * kMs);
  CHECK(timer_delete(timer) == 0);
  // A new one can be made, and one that is left goes on.
  seen = Get(&ticks);
  seen_others = Get(&others);
  const timer_t again = Create(&ticks, NULL);
  Await(&ticks, seen + 2);
  Await(&others, seen_others + 2);
  CHECK(timer_delete(again) == 0 && timer_delete(other) == 0);
  return Done();
}
