// ilock.c - the paper's `ilock`: each thread locks and unlocks a mutex of its
// own. Prints the nanoseconds of processor time that a pair takes. Arguments:
// threads (0: none is ever created), pairs.

#include <time.h>

#include "team.h"

struct Cell {
  pthread_mutex_t mutex;
  volatile long counter;
  double ns;
} __attribute__((aligned(128)));

static struct Cell g_cells[kMostThreads];
static long g_pairs;

static double ThreadNs(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void* Run(void* argument) {
  struct Cell* cell = &g_cells[(long)argument];
  const double start = ThreadNs();
  for (long i = 0; i < g_pairs; ++i) {
    pthread_mutex_lock(&cell->mutex);
    ++cell->counter;
    pthread_mutex_unlock(&cell->mutex);
  }
  cell->ns = (ThreadNs() - start) / (double)g_pairs;
  return NULL;
}

int main(int argc, char** argv) {
  g_pairs = Argument(argc, argv, 2, 1000000);
  double sum = 0;
  if (argc > 1 && atol(argv[1]) == 0) {
    g_threads = 1;
    Run((void*)0);
  } else {
    TakeThreads(argc, argv);
    RunTeam(Run);
  }
  for (int i = 0; i < g_threads; ++i) {
    Check(g_cells[i].counter == g_pairs, "pairs are missing");
    sum += g_cells[i].ns;
  }
  printf("%.3f\n", sum / g_threads);
  return 0;
}
