// plugin.c - a library with thread-local data that locks a mutex itself.
#include <pthread.h>

static __thread long value = 5;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

long plugin_add(long n) { return value += n; }
void plugin_lock(void) { pthread_mutex_lock(&mutex); }
int plugin_trylock(void) { return pthread_mutex_trylock(&mutex); }
void plugin_unlock(void) { pthread_mutex_unlock(&mutex); }
