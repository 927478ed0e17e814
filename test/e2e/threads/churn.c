// Intent: threads that are created and end by the thousand each second, in every
// way, by creators of which several are at work at once: each is run once, its
// result comes back, and checkpoints and restarts fall into all of it.
// RUN: %build_c
// RUN: %generations --interval 0.01 --generations 5 %t
// RUN: %generations --interval 0.01 --generations 5 --ids ns %t
// RUN: %generations --interval 0.01 --generations 5 --ids new %t
#include "behave.h"

enum { kCreators = 3, kWays = 4 };

static pthread_key_t key;
static long run, destroyed;

static void Add(long* count) { __atomic_add_fetch(count, 1, __ATOMIC_SEQ_CST); }

static void Destroy(void* unused) {
  (void)unused;
  Add(&destroyed);
}

static void* Brief(void* argument) {
  CHECK(pthread_setspecific(key, &key) == 0);
  Add(&run);
  return argument;
}

static void* Leaves(void* argument) {
  CHECK(pthread_setspecific(key, &key) == 0);
  Add(&run);
  pthread_exit(argument);
}

static void* DetachesItself(void* argument) {
  CHECK(pthread_detach(pthread_self()) == 0);
  return Brief(argument);
}

static void* Creator(void* argument) {
  long* created = argument;
  pthread_attr_t detached;
  CHECK(pthread_attr_init(&detached) == 0);
  CHECK(pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED) == 0);
  do {
    pthread_t threads[kWays];
    threads[0] = Start(Brief, &threads[0]);
    threads[1] = Start(Leaves, &threads[1]);
    CHECK(pthread_create(&threads[2], &detached, Brief, NULL) == 0);
    threads[3] = Start(DetachesItself, NULL);
    for (int i = 0; i < 2; ++i) CHECK(Join(threads[i]) == &threads[i]);
    *created += kWays;
  } while (!Go());
  return NULL;
}

int main(void) {
  pthread_t creators[kCreators];
  long created[kCreators] = {0}, all = 0;
  CHECK(pthread_key_create(&key, Destroy) == 0);
  for (int i = 0; i < kCreators; ++i) creators[i] = Start(Creator, &created[i]);
  Ready();
  for (int i = 0; i < kCreators; ++i) {
    Join(creators[i]);
    all += created[i];
  }
  // Detached ones may be on their way.
  while (__atomic_load_n(&destroyed, __ATOMIC_SEQ_CST) < all) Pause();
  CHECK(run == all && destroyed == all);
  return Done();
}
