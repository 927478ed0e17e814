// Intent: threads that are created and end by the thousand each second, in every
// way, by creators of which several are at work at once: each is run once, its
// result comes back, and checkpoints and restarts fall into all of it.
// RUN: %build_c
// RUN: %generations --interval 0.01 --generations 5 %t
// RUN: %generations --interval 0.01 --generations 5 --ids ns %t
// RUN: %generations --interval 0.01 --generations 5 --ids new %t
#include "behave.h"

enum { kCreators = 3, kWays = 5 };

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
  pthread_attr_t detached, placed;
  cpu_set_t set;
  CHECK(pthread_attr_init(&detached) == 0);
  CHECK(pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED) == 0);
  // The C library holds such a thread back until its creator has placed it.
  CHECK(pthread_attr_init(&placed) == 0);
  CHECK(sched_getaffinity(0, sizeof(set), &set) == 0);
  CHECK(pthread_attr_setaffinity_np(&placed, sizeof(set), &set) == 0);
  do {
    pthread_t threads[kWays];
    threads[0] = Start(Brief, &threads[0]);
    threads[1] = Start(Leaves, &threads[1]);
    CHECK(pthread_create(&threads[2], &detached, Brief, NULL) == 0);
    threads[3] = Start(DetachesItself, NULL);
    CHECK(pthread_create(&threads[4], &placed, Brief, created) == 0);
    for (int i = 0; i < 2; ++i) CHECK(Join(threads[i]) == &threads[i]);
    CHECK(Join(threads[4]) == created);
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
