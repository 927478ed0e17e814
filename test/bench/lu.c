// lu.c - a dense matrix becomes its factors L and U, block by block, with
// barriers between the steps; in the paper's place of FMM. Arguments: threads,
// rows, times.

#include <string.h>

#include "team.h"

enum { kBlock = 16 };

static double* g_matrix;
static long g_rows, g_times;
static pthread_barrier_t g_barrier;

static double* At(long row, long column) {
  return &g_matrix[row * g_rows + column];
}

static void Fill(long begin, long end) {
  for (long row = begin; row < end; ++row) {
    unsigned long random = 88172645463325252ul + (unsigned long)row;
    for (long column = 0; column < g_rows; ++column) {
      *At(row, column) = Uniform(&random) + (row == column ? g_rows : 0);
    }
  }
}

static void Diagonal(long k) {
  for (long j = k; j < k + kBlock; ++j) {
    for (long i = j + 1; i < k + kBlock; ++i) {
      const double factor = *At(i, j) /= *At(j, j);
      for (long c = j + 1; c < k + kBlock; ++c) {
        *At(i, c) -= factor * *At(j, c);
      }
    }
  }
}

// The block right of the diagonal one, and the one below it.
static void Row(long k, long column) {
  for (long j = k; j < k + kBlock; ++j) {
    for (long i = j + 1; i < k + kBlock; ++i) {
      const double factor = *At(i, j);
      for (long c = column; c < column + kBlock; ++c) {
        *At(i, c) -= factor * *At(j, c);
      }
    }
  }
}

static void Column(long k, long row) {
  for (long i = row; i < row + kBlock; ++i) {
    for (long j = k; j < k + kBlock; ++j) {
      const double factor = *At(i, j) /= *At(j, j);
      for (long c = j + 1; c < k + kBlock; ++c) {
        *At(i, c) -= factor * *At(j, c);
      }
    }
  }
}

static void Inner(long k, long row, long column) {
  for (long i = row; i < row + kBlock; ++i) {
    for (long j = k; j < k + kBlock; ++j) {
      const double factor = *At(i, j);
      for (long c = column; c < column + kBlock; ++c) {
        *At(i, c) -= factor * *At(j, c);
      }
    }
  }
}

static void* Run(void* argument) {
  const long me = (long)argument;
  for (long time = 0; time < g_times; ++time) {
    Fill(Begin(g_rows, me), End(g_rows, me));
    pthread_barrier_wait(&g_barrier);
    for (long k = 0; k < g_rows; k += kBlock) {
      if (k / kBlock % g_threads == me) Diagonal(k);
      pthread_barrier_wait(&g_barrier);
      for (long b = k + kBlock; b < g_rows; b += kBlock) {
        if (b / kBlock % g_threads != me) continue;
        Row(k, b);
        Column(k, b);
      }
      pthread_barrier_wait(&g_barrier);
      for (long row = k + kBlock; row < g_rows; row += kBlock) {
        if (row / kBlock % g_threads != me) continue;
        for (long column = k + kBlock; column < g_rows; column += kBlock) {
          Inner(k, row, column);
        }
      }
      pthread_barrier_wait(&g_barrier);
    }
  }
  return NULL;
}

int main(int argc, char** argv) {
  TakeThreads(argc, argv);
  g_rows = Argument(argc, argv, 2, 512) / kBlock * kBlock;
  g_times = Argument(argc, argv, 3, 4);
  g_matrix = malloc((size_t)(g_rows * g_rows) * sizeof(double));
  Check(g_matrix != NULL && g_rows > 0, "no memory");
  pthread_barrier_init(&g_barrier, NULL, (unsigned)g_threads);
  RunTeam(Run);
  double sum = 0;
  for (long i = 0; i < g_rows; ++i) sum += *At(i, i);
  printf("%.9f\n", sum / (double)g_rows);
  return 0;
}
