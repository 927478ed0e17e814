// Intent: threads that lock and unlock all the time, with mutexes that are
// freed right after, keep mutual exclusion and their counts through restarts.
// RUN: %build_c
// RUN: %generations --interval 0.01 --generations 8 %t
// RUN: %generations --interval 0.01 --generations 8 --ids new %t
#include "behave.h"

enum { kThreads = 4, kMutexes = 3 };

static struct {
  pthread_mutex_t mutex;
  long left, right;
} shared[kMutexes];
static long steps[kThreads];

static void* Worker(void* argument) {
  long* mine = argument;
  unsigned random = (unsigned)(mine - steps) + 1;
  for (int i = 0; (i & 127) != 0 || !Go(); ++i) {
    random = random * 1103515245 + 12345;
    const int which = (int)(random >> 16) % kMutexes;
    pthread_mutex_lock(&shared[which].mutex);
    CHECK(shared[which].left == shared[which].right);
    ++shared[which].left;
    ++*mine;
    ++shared[which].right;
    pthread_mutex_unlock(&shared[which].mutex);
    pthread_mutex_t* brief = malloc(sizeof(*brief));
    pthread_mutex_init(brief, NULL);
    pthread_mutex_lock(brief);
    pthread_mutex_unlock(brief);
    memset(brief, 0xff, sizeof(*brief));
    free(brief);
  }
  return NULL;
}

int main(void) {
  pthread_t threads[kThreads];
  for (int i = 0; i < kMutexes; ++i) pthread_mutex_init(&shared[i].mutex, NULL);
  for (int i = 0; i < kThreads; ++i) threads[i] = Start(Worker, &steps[i]);
  Ready();
  long all = 0, sum = 0;
  for (int i = 0; i < kThreads; ++i) Join(threads[i]);
  for (int i = 0; i < kThreads; ++i) sum += steps[i];
  for (int i = 0; i < kMutexes; ++i) {
    CHECK(shared[i].left == shared[i].right);
    all += shared[i].left;
  }
  CHECK(all == sum);
  return Done();
}
