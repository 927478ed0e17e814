// water.c - forces between pairs of molecules in a box of cells, as the paper's
// Water-Spatial: a thread adds to molecules of others under their cell's lock.
// In whole numbers, so that the order of the sums does not matter. Arguments:
// threads, molecules, steps.

#include <math.h>
#include <string.h>

#include "team.h"

enum { kSide = 8, kCells = kSide * kSide * kSide };

struct Molecule {
  double at[3], speed[3];
  long force[3];
};

struct Cell {
  pthread_mutex_t mutex;
  int first;  // molecule, or -1
};

static struct Molecule* g_molecules;
static int* g_next;
static struct Cell g_cells[kCells];
static long g_count, g_steps;
static pthread_barrier_t g_barrier;
static pthread_mutex_t g_energy_mutex = PTHREAD_MUTEX_INITIALIZER;
static long g_energy;

static int Wrap(int at) { return (at + kSide) % kSide; }

static int CellOf(const double* at) {
  int cell = 0;
  for (int k = 0; k < 3; ++k) cell = cell * kSide + (int)(at[k] * kSide);
  return cell;
}

static long Fixed(double value) { return lround(value * 1e6); }

// The force on `a` from `b`, softened Lennard-Jones; returns the energy.
static double PairForce(const double* a, const double* b, double* force) {
  double d[3], square = 0.003;
  for (int k = 0; k < 3; ++k) {
    d[k] = a[k] - b[k];
    d[k] -= nearbyint(d[k]);
    square += d[k] * d[k];
  }
  for (int k = 0; k < 3; ++k) force[k] = 0;
  if (square > 1.0 / (kSide * kSide)) return 0;
  const double s2 = 0.004 / square, s6 = s2 * s2 * s2;
  for (int k = 0; k < 3; ++k) force[k] = d[k] / square * (2 * s6 * s6 - s6);
  return s6 * s6 - s6;
}

static void AddForces(int cell, const int* who, const double (*forces)[3],
                      int count, double sign) {
  pthread_mutex_lock(&g_cells[cell].mutex);
  for (int i = 0; i < count; ++i) {
    for (int k = 0; k < 3; ++k) {
      g_molecules[who[i]].force[k] += Fixed(sign * forces[i][k]);
    }
  }
  pthread_mutex_unlock(&g_cells[cell].mutex);
}

enum { kBatch = 32 };

static long PairsOfCells(int here, int there) {
  long energy = 0;
  for (int a = g_cells[here].first; a >= 0; a = g_next[a]) {
    int count = 0;
    int who[kBatch], self[kBatch];
    double forces[kBatch][3];
    const int first = here == there ? g_next[a] : g_cells[there].first;
    for (int b = first; b >= 0; b = g_next[b]) {
      self[count] = a;
      who[count] = b;
      energy += Fixed(PairForce(g_molecules[a].at, g_molecules[b].at,
                                forces[count]));
      if (++count == kBatch || g_next[b] < 0) {
        AddForces(here, self, (const double(*)[3])forces, count, 1);
        AddForces(there, who, (const double(*)[3])forces, count, -1);
        count = 0;
      }
    }
  }
  return energy;
}

// Each pair of neighbours once.
static long Forces(int cell) {
  const int x = cell / (kSide * kSide), y = cell / kSide % kSide,
            z = cell % kSide;
  long energy = PairsOfCells(cell, cell);
  for (int n = 14; n < 27; ++n) {
    const int other = (Wrap(x + n / 9 - 1) * kSide + Wrap(y + n / 3 % 3 - 1)) *
                          kSide + Wrap(z + n % 3 - 1);
    energy += PairsOfCells(cell, other);
  }
  return energy;
}

static void Sort(void) {
  for (int i = 0; i < kCells; ++i) g_cells[i].first = -1;
  for (long i = 0; i < g_count; ++i) {
    struct Cell* cell = &g_cells[CellOf(g_molecules[i].at)];
    g_next[i] = cell->first;
    cell->first = (int)i;
  }
}

static void Move(struct Molecule* molecule) {
  for (int k = 0; k < 3; ++k) {
    molecule->speed[k] += 1e-13 * (double)molecule->force[k];
    molecule->at[k] += molecule->speed[k];
    molecule->at[k] -= floor(molecule->at[k]);
    if (molecule->at[k] >= 1) molecule->at[k] = 0;
    molecule->force[k] = 0;
  }
}

static void* Run(void* argument) {
  const long me = (long)argument;
  for (long step = 0; step < g_steps; ++step) {
    if (pthread_barrier_wait(&g_barrier) == PTHREAD_BARRIER_SERIAL_THREAD) {
      Sort();
    }
    pthread_barrier_wait(&g_barrier);
    long energy = 0;
    for (long c = Begin(kCells, me); c < End(kCells, me); ++c) {
      energy += Forces((int)c);
    }
    pthread_mutex_lock(&g_energy_mutex);
    g_energy += energy;
    pthread_mutex_unlock(&g_energy_mutex);
    pthread_barrier_wait(&g_barrier);
    for (long i = Begin(g_count, me); i < End(g_count, me); ++i) {
      Move(&g_molecules[i]);
    }
  }
  return NULL;
}

int main(int argc, char** argv) {
  TakeThreads(argc, argv);
  g_count = Argument(argc, argv, 2, 8000);
  g_steps = Argument(argc, argv, 3, 10);
  g_molecules = calloc((size_t)g_count, sizeof(*g_molecules));
  g_next = calloc((size_t)g_count, sizeof(*g_next));
  Check(g_molecules != NULL && g_next != NULL, "no memory");
  unsigned long random = 88172645463325252ul;
  for (long i = 0; i < g_count; ++i) {
    for (int k = 0; k < 3; ++k) g_molecules[i].at[k] = Uniform(&random);
  }
  for (int i = 0; i < kCells; ++i) {
    pthread_mutex_init(&g_cells[i].mutex, NULL);
  }
  pthread_barrier_init(&g_barrier, NULL, (unsigned)g_threads);
  RunTeam(Run);
  printf("%ld\n", g_energy);
  return 0;
}
