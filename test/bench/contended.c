// contended.c - all threads on one mutex for a while: what goes through, and how
// it is shared. Prints pairs per second of processor time, pairs per second, and
// Jain's index of fairness (1: all had as many; 1/n: one had all). Arguments:
// threads, milliseconds.

#include <stdatomic.h>
#include <time.h>

#include "team.h"

static pthread_mutex_t g_mutex = PTHREAD_MUTEX_INITIALIZER;
static long g_shared;
static atomic_int g_stop;
static struct {
  long pairs;
} __attribute__((aligned(128))) g_cells[kMostThreads];

static void* Run(void* argument) {
  long pairs = 0;
  while (!atomic_load_explicit(&g_stop, memory_order_relaxed)) {
    pthread_mutex_lock(&g_mutex);
    ++g_shared;
    pthread_mutex_unlock(&g_mutex);
    ++pairs;
  }
  g_cells[(long)argument].pairs = pairs;
  return NULL;
}

static double Seconds(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

int main(int argc, char** argv) {
  TakeThreads(argc, argv);
  const long ms = Argument(argc, argv, 2, 300);
  pthread_t threads[kMostThreads];
  const double start = Seconds(CLOCK_MONOTONIC);
  for (long i = 0; i < g_threads; ++i) {
    Check(pthread_create(&threads[i], NULL, Run, (void*)i) == 0,
          "pthread_create");
  }
  const struct timespec while_it_runs = {ms / 1000, ms % 1000 * 1000000};
  nanosleep(&while_it_runs, NULL);
  atomic_store(&g_stop, 1);
  double sum = 0, squares = 0;
  for (int i = 0; i < g_threads; ++i) {
    pthread_join(threads[i], NULL);
    const double pairs = (double)g_cells[i].pairs;
    sum += pairs;
    squares += pairs * pairs;
  }
  Check(sum == (double)g_shared, "pairs are missing");
  printf("%.0f %.0f %.4f\n", sum / Seconds(CLOCK_PROCESS_CPUTIME_ID),
         sum / (Seconds(CLOCK_MONOTONIC) - start),
         sum * sum / (g_threads * squares));
  return 0;
}
