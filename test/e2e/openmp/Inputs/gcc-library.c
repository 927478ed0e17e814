/* gcc-library.c - a library whose parallel regions are GCC's. */
#include <omp.h>

/* Calls back from each of `threads` threads, and sums what they return. */
long region(int threads, long (*body)(int, void*), void* argument) {
  long sum = 0;
#pragma omp parallel num_threads(threads) reduction(+ : sum)
  {
    sum += body(omp_get_thread_num(), argument);
#pragma omp barrier
#pragma omp critical
    sum += 1;
  }
  return sum;
}
