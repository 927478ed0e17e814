// stop_latency.c - takes checkpoints while threads wait or compute; with -v the
// runtime says how long each stop took. Arguments: threads, blocked|running,
// checkpoints.

#include <checkpoint.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t never = PTHREAD_COND_INITIALIZER;
static pthread_cond_t all_there = PTHREAD_COND_INITIALIZER;
static int started, running, go;

static void* Body(void* unused) {
  __atomic_add_fetch(&started, 1, __ATOMIC_SEQ_CST);
  if (running) {
    // Those that ran would hold up the making of the others.
    pthread_mutex_lock(&mutex);
    while (!go) pthread_cond_wait(&all_there, &mutex);
    pthread_mutex_unlock(&mutex);
    for (volatile unsigned long i = 0;; ++i) {
    }
  }
  pthread_mutex_lock(&mutex);
  for (;;) pthread_cond_wait(&never, &mutex);
  return unused;
}

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const int threads = atoi(argv[1]);
  running = strcmp(argv[2], "running") == 0;
  pthread_attr_t small;
  pthread_attr_init(&small);
  pthread_attr_setstacksize(&small, 64 << 10);
  // The main thread is the first of them, in the call itself.
  for (int i = 1; i < threads; ++i) {
    pthread_t thread;
    if (pthread_create(&thread, &small, Body, NULL) != 0) return 1;
  }
  while (__atomic_load_n(&started, __ATOMIC_SEQ_CST) < threads - 1) {
    poll(NULL, 0, 1);
  }
  pthread_mutex_lock(&mutex);
  go = 1;
  pthread_cond_broadcast(&all_there);
  pthread_mutex_unlock(&mutex);
  for (int i = atoi(argv[3]); i > 0; --i) {
    poll(NULL, 0, 20);
    if (checkpoint_here() != 0) return 1;
  }
  // Nobody asks those that run.
  _Exit(0);
}
