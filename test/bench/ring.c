// ring.c - the paper's `ring`: threads take turns at a counter; each waits on
// one condition until it is its turn, and wakes all others up after it. The
// number of waits is the same however many threads there are. Arguments:
// threads (at least 2), waits.

#include "team.h"

static pthread_mutex_t g_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t g_turn = PTHREAD_COND_INITIALIZER;
static long g_counter, g_waits, g_most;

static void* Run(void* argument) {
  const long me = (long)argument;
  pthread_mutex_lock(&g_mutex);
  while (g_waits < g_most) {
    if (g_counter % g_threads == me) {
      ++g_counter;
      pthread_cond_broadcast(&g_turn);
    }
    ++g_waits;
    pthread_cond_wait(&g_turn, &g_mutex);
  }
  // Whoever still waits has to see the end as well.
  pthread_cond_broadcast(&g_turn);
  pthread_mutex_unlock(&g_mutex);
  return NULL;
}

int main(int argc, char** argv) {
  TakeThreads(argc, argv);
  Check(g_threads >= 2, "a ring has at least 2 threads");
  g_most = Argument(argc, argv, 2, 65536);
  RunTeam(Run);
  Check(g_waits >= g_most, "waits are missing");
  printf("%ld waits\n", g_most);
  return 0;
}
