// Intent: two threads that hand a turn to each other by conditions, without a
// loop round the wait, under a storm of checkpoints: no wake-up is lost, and
// none comes that was not sent.
// RUN: %build_c
// RUN: %generations --interval 0.005 --generations 5 %t
// RUN: %generations --interval 0.005 --generations 5 --ids ns %t
// RUN: %generations --interval 0.005 --generations 5 --ids new %t
#include "behave.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t conditions[2] = {PTHREAD_COND_INITIALIZER,
                                       PTHREAD_COND_INITIALIZER};
static int turn, over;
static long turns;

// The other one signals only when this one waits: it has the mutex until then.
static void* Player(void* argument) {
  const int me = (int)(long)argument;
  CHECK(pthread_mutex_lock(&mutex) == 0);
  for (;;) {
    if (turn != me) {
      CHECK(pthread_cond_wait(&conditions[me], &mutex) == 0);
      CHECK(turn == me);
    }
    if (over) break;
    ++turns;
    if (turns % 64 == 0 && Go()) over = 1;
    turn = !me;
    CHECK(pthread_cond_signal(&conditions[!me]) == 0);
    if (over) break;
  }
  CHECK(pthread_mutex_unlock(&mutex) == 0);
  return NULL;
}

int main(void) {
  const pthread_t one = Start(Player, (void*)0), two = Start(Player, (void*)1);
  Ready();
  Join(one);
  Join(two);
  CHECK(over == 1 && turns % 64 == 0);
  return Done();
}
