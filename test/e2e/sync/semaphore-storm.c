// Intent: producers and consumers that hand items over by semaphores lose and
// double none through restarts.
// RUN: %build_c
// RUN: %generations --interval 0.01 --generations 5 %t
// RUN: %generations --interval 0.01 --generations 5 --ids new %t
#include <semaphore.h>

#include "behave.h"

enum { kRoom = 8, kConsumers = 3 };

static sem_t room, items;
static long ring[kRoom], head, tail, taken, sum;

static void* Consumer(void* unused) {
  for (;;) {
    CHECK(sem_wait(&items) == 0);
    const long at = __atomic_fetch_add(&tail, 1, __ATOMIC_SEQ_CST);
    const long item = __atomic_exchange_n(&ring[at % kRoom], 0,
                                          __ATOMIC_SEQ_CST);
    CHECK(item != 0);
    CHECK(sem_post(&room) == 0);
    if (item < 0) return unused;
    __atomic_add_fetch(&sum, item, __ATOMIC_SEQ_CST);
    __atomic_add_fetch(&taken, 1, __ATOMIC_SEQ_CST);
  }
}

static void Put(long item) {
  CHECK(sem_wait(&room) == 0);
  // The consumer of this place may have made room by another one's post.
  while (__atomic_load_n(&ring[head % kRoom], __ATOMIC_SEQ_CST) != 0) {
    sched_yield();
  }
  __atomic_store_n(&ring[head++ % kRoom], item, __ATOMIC_SEQ_CST);
  CHECK(sem_post(&items) == 0);
}

int main(void) {
  pthread_t consumers[kConsumers];
  long put = 0;
  CHECK(sem_init(&room, 0, kRoom) == 0 && sem_init(&items, 0, 0) == 0);
  for (int i = 0; i < kConsumers; ++i) consumers[i] = Start(Consumer, NULL);
  Ready();
  while (put % 64 != 0 || !Go()) Put(++put);
  for (int i = 0; i < kConsumers; ++i) Put(-1);
  for (int i = 0; i < kConsumers; ++i) Join(consumers[i]);
  CHECK(taken == put && sum == put * (put + 1) / 2);
  return Done();
}
