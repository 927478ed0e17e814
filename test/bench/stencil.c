// stencil.c - heat in a plate, by OpenMP: many short parallel loops. Arguments:
// threads, side, steps.

#include <omp.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char** argv) {
  const int threads = argc > 1 ? atoi(argv[1]) : 2;
  const long side = argc > 2 ? atol(argv[2]) : 512;
  const long steps = argc > 3 ? atol(argv[3]) : 2000;
  double* now = calloc((size_t)(side * side), sizeof(double));
  double* next = calloc((size_t)(side * side), sizeof(double));
  if (threads < 1 || side < 3 || now == NULL || next == NULL) return 1;
  omp_set_num_threads(threads);
  for (long i = 0; i < side; ++i) now[i] = next[i] = 100;
  for (long step = 0; step < steps; ++step) {
#pragma omp parallel for schedule(static)
    for (long y = 1; y < side - 1; ++y) {
      for (long x = 1; x < side - 1; ++x) {
        const double* at = &now[y * side + x];
        next[y * side + x] = 0.25 * (at[-1] + at[1] + at[-side] + at[side]);
      }
    }
    double* last = now;
    now = next;
    next = last;
  }
  printf("%.9f\n", now[side * 2 + side / 2]);
  return 0;
}
