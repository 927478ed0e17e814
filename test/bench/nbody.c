// nbody.c - gravity among bodies in space by a tree of cells (Barnes and Hut),
// as the paper's Barnes: all threads build the tree together with a lock per
// cell, then move their bodies. Arguments: threads, bodies, steps.

#include <math.h>
#include <string.h>

#include "team.h"

struct Body {
  double at[3], speed[3], pull[3];
};

// A child is 0 (empty), a cell's number, or ~ of a body's.
struct Cell {
  int child[8];
  double centre[3], mass, half;
  double middle[3];
  pthread_mutex_t mutex;
};

enum { kCellsPerBody = 4 };

static struct Body* g_bodies;
static struct Cell* g_cells;
static long g_count, g_steps, g_most_cells;
static long g_used_cells;
static pthread_barrier_t g_barrier;

static int Octant(const struct Cell* cell, const double* at) {
  return (at[0] > cell->middle[0]) | (at[1] > cell->middle[1]) << 1 |
         (at[2] > cell->middle[2]) << 2;
}

static int NewCell(const struct Cell* parent, int octant) {
  const long n = __atomic_fetch_add(&g_used_cells, 1, __ATOMIC_RELAXED);
  Check(n < g_most_cells, "the tree is full");
  struct Cell* cell = &g_cells[n];
  memset(cell->child, 0, sizeof(cell->child));
  cell->half = parent->half / 2;
  for (int k = 0; k < 3; ++k) {
    cell->middle[k] =
        parent->middle[k] + (octant >> k & 1 ? cell->half : -cell->half);
  }
  return (int)n;
}

static void Insert(int body) {
  const double* at = g_bodies[body].at;
  int here = 1;
  for (;;) {
    struct Cell* cell = &g_cells[here];
    const int octant = Octant(cell, at);
    int next = __atomic_load_n(&cell->child[octant], __ATOMIC_ACQUIRE);
    if (next > 0) {
      here = next;
      continue;
    }
    pthread_mutex_lock(&cell->mutex);
    next = cell->child[octant];
    if (next == 0) {
      __atomic_store_n(&cell->child[octant], ~body, __ATOMIC_RELEASE);
      pthread_mutex_unlock(&cell->mutex);
      return;
    }
    if (next < 0) {
      // Taken by another body, which moves down.
      const int below = NewCell(cell, octant);
      struct Cell* new_cell = &g_cells[below];
      new_cell->child[Octant(new_cell, g_bodies[~next].at)] = next;
      __atomic_store_n(&cell->child[octant], below, __ATOMIC_RELEASE);
      next = below;
    }
    pthread_mutex_unlock(&cell->mutex);
    here = next;
  }
}

static void Weigh(int n) {
  struct Cell* cell = &g_cells[n];
  double mass = 0, sum[3] = {0, 0, 0};
  for (int i = 0; i < 8; ++i) {
    const int child = cell->child[i];
    if (child == 0) continue;
    if (child > 0) Weigh(child);
    const double weight = child > 0 ? g_cells[child].mass : 1;
    const double* at = child > 0 ? g_cells[child].centre : g_bodies[~child].at;
    mass += weight;
    for (int k = 0; k < 3; ++k) sum[k] += weight * at[k];
  }
  cell->mass = mass;
  for (int k = 0; k < 3; ++k) cell->centre[k] = sum[k] / mass;
}

static void Pull(struct Body* body, const double* at, double mass) {
  double d[3], square = 1e-4;
  for (int k = 0; k < 3; ++k) {
    d[k] = at[k] - body->at[k];
    square += d[k] * d[k];
  }
  const double force = mass / (square * sqrt(square));
  for (int k = 0; k < 3; ++k) body->pull[k] += d[k] * force;
}

static void PullOf(struct Body* body, int n) {
  const struct Cell* cell = &g_cells[n];
  double square = 0;
  for (int k = 0; k < 3; ++k) {
    const double d = cell->centre[k] - body->at[k];
    square += d * d;
  }
  if (4 * cell->half * cell->half < 0.36 * square) {
    Pull(body, cell->centre, cell->mass);
    return;
  }
  for (int i = 0; i < 8; ++i) {
    const int child = cell->child[i];
    if (child > 0) PullOf(body, child);
    if (child < 0 && &g_bodies[~child] != body) {
      Pull(body, g_bodies[~child].at, 1);
    }
  }
}

static void Move(struct Body* body) {
  for (int k = 0; k < 3; ++k) {
    body->speed[k] += 1e-9 * body->pull[k];
    double at = body->at[k] + body->speed[k];
    // Walls.
    if (at < 0 || at > 1) {
      body->speed[k] = -body->speed[k];
      at = body->at[k];
    }
    body->at[k] = at;
  }
}

static void* Run(void* argument) {
  const long me = (long)argument;
  const long begin = Begin(g_count, me), end = End(g_count, me);
  for (long step = 0; step < g_steps; ++step) {
    if (pthread_barrier_wait(&g_barrier) == PTHREAD_BARRIER_SERIAL_THREAD) {
      memset(g_cells[1].child, 0, sizeof(g_cells[1].child));
      g_used_cells = 2;
    }
    pthread_barrier_wait(&g_barrier);
    for (long i = begin; i < end; ++i) Insert((int)i);
    if (pthread_barrier_wait(&g_barrier) == PTHREAD_BARRIER_SERIAL_THREAD) {
      Weigh(1);
    }
    pthread_barrier_wait(&g_barrier);
    for (long i = begin; i < end; ++i) {
      memset(g_bodies[i].pull, 0, sizeof(g_bodies[i].pull));
      PullOf(&g_bodies[i], 1);
    }
    pthread_barrier_wait(&g_barrier);
    for (long i = begin; i < end; ++i) Move(&g_bodies[i]);
  }
  return NULL;
}

int main(int argc, char** argv) {
  TakeThreads(argc, argv);
  g_count = Argument(argc, argv, 2, 4000);
  g_steps = Argument(argc, argv, 3, 10);
  g_most_cells = g_count * kCellsPerBody + 64;
  g_bodies = calloc((size_t)g_count, sizeof(*g_bodies));
  g_cells = calloc((size_t)g_most_cells, sizeof(*g_cells));
  Check(g_bodies != NULL && g_cells != NULL, "no memory");
  unsigned long random = 88172645463325252ul;
  for (long i = 0; i < g_count; ++i) {
    for (int k = 0; k < 3; ++k) g_bodies[i].at[k] = Uniform(&random);
  }
  for (long i = 0; i < g_most_cells; ++i) {
    pthread_mutex_init(&g_cells[i].mutex, NULL);
  }
  g_cells[1].half = 0.5;
  for (int k = 0; k < 3; ++k) g_cells[1].middle[k] = 0.5;
  pthread_barrier_init(&g_barrier, NULL, (unsigned)g_threads);
  RunTeam(Run);
  double sum = 0;
  for (long i = 0; i < g_count; ++i) sum += g_bodies[i].at[0];
  printf("%.12f\n", sum / (double)g_count);
  return 0;
}
