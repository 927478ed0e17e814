/* A library that knows nothing of checkpoints: it locks what the program hands
 * it. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

void Add(pthread_mutex_t* mutex, long* value, long* copy) {
  if (pthread_mutex_lock(mutex) != 0) abort();
  ++*value;
  if (pthread_mutex_lock(mutex) != EDEADLK) abort();
  ++*copy;
  if (*value != *copy || pthread_mutex_unlock(mutex) != 0) abort();
}

int Lock(pthread_mutex_t* mutex) { return pthread_mutex_lock(mutex); }
int Unlock(pthread_mutex_t* mutex) { return pthread_mutex_unlock(mutex); }
int Wait(pthread_cond_t* condition, pthread_mutex_t* mutex) {
  return pthread_cond_wait(condition, mutex);
}
