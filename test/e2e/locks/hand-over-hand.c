// Intent: threads that go through a list hand over hand, each mutex given up
// after the next one is taken, lose no step and
// keep no lock in a storm of checkpoints and restarts.
// RUN: %build_c
// RUN: %generations --interval 0.01 --generations 3 %t
// RUN: %generations --interval 0.01 --generations 3 --ids new %t
#include "behave.h"

enum { kThreads = 3, kNodes = 6 };

static struct Node {
  pthread_mutex_t mutex;
  pthread_rwlock_t lock;
  long visits, writes;
} nodes[kNodes];
static long rounds[kThreads];
static int stop;

static void Visit(struct Node* node) {
  ++node->visits;
  CHECK(pthread_rwlock_rdlock(&node->lock) == 0);
  const long before = node->writes;
  CHECK(pthread_rwlock_unlock(&node->lock) == 0);
  CHECK(pthread_rwlock_wrlock(&node->lock) == 0);
  CHECK(node->writes == before);  // they write with the mutex locked
  ++node->writes;
  CHECK(pthread_rwlock_unlock(&node->lock) == 0);
}

static void* Body(void* argument) {
  const long me = (long)argument;
  while (!Get(&stop)) {
    CHECK(pthread_mutex_lock(&nodes[0].mutex) == 0);
    for (int i = 0; i < kNodes; ++i) {
      Visit(&nodes[i]);
      if (i + 1 < kNodes) {
        CHECK(pthread_mutex_lock(&nodes[i + 1].mutex) == 0);
      }
      CHECK(pthread_mutex_unlock(&nodes[i].mutex) == 0);
    }
    ++rounds[me];
  }
  return NULL;
}

int main(void) {
  pthread_t threads[kThreads];
  for (int i = 0; i < kNodes; ++i) {
    pthread_mutex_init(&nodes[i].mutex, NULL);
    pthread_rwlock_init(&nodes[i].lock, NULL);
  }
  for (long i = 0; i < kThreads; ++i) threads[i] = Start(Body, (void*)i);
  Ready();
  AwaitGo();
  Set(&stop, 1);
  long sum = 0;
  for (int i = 0; i < kThreads; ++i) {
    Join(threads[i]);
    sum += rounds[i];
  }
  CHECK(sum > 0);
  for (int i = 0; i < kNodes; ++i) {
    CHECK(nodes[i].visits == sum && nodes[i].writes == sum);
    CHECK(pthread_mutex_trylock(&nodes[i].mutex) == 0);
    CHECK(pthread_rwlock_trywrlock(&nodes[i].lock) == 0);
  }
  return Done();
}
