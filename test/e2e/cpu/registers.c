// Intent: a computing thread keeps its registers: vectors as wide as this CPU
// has them, mask registers, rounding modes of SSE and x87, and the x87 stack.
// RUN: %build_c
// RUN: %generations --interval 0.02 --generations 5 %t
// RUN: %generations --interval 0.02 --generations 5 --ids new %t
#include <immintrin.h>

#include "behave.h"

static int running;

// Integer sums in all sixteen (thirty-two) registers: a lost bit stays lost.
// `steps` rounds of adding i to register i.
__attribute__((target("sse2"), noinline)) static void Sse(long steps) {
  __m128i v[8];
  for (int i = 0; i < 8; ++i) v[i] = _mm_set1_epi32(i);
  for (long n = 0; n < steps; ++n) {
    for (int i = 0; i < 8; ++i) {
      v[i] = _mm_add_epi32(v[i], _mm_set1_epi32(i));
      asm volatile("" : "+x"(v[i]));
    }
  }
  for (int i = 0; i < 8; ++i) {
    int lanes[4];
    _mm_storeu_si128((__m128i*)lanes, v[i]);
    for (int k = 0; k < 4; ++k) CHECK(lanes[k] == (int)(i * (steps + 1)));
  }
}

__attribute__((target("avx2"), noinline)) static void Avx2(long steps) {
  __m256i v[12];
  for (int i = 0; i < 12; ++i) v[i] = _mm256_set1_epi32(i);
  for (long n = 0; n < steps; ++n) {
    for (int i = 0; i < 12; ++i) {
      v[i] = _mm256_add_epi32(v[i], _mm256_set1_epi32(i));
      asm volatile("" : "+x"(v[i]));
    }
  }
  for (int i = 0; i < 12; ++i) {
    int lanes[8];
    _mm256_storeu_si256((__m256i*)lanes, v[i]);
    for (int k = 0; k < 8; ++k) CHECK(lanes[k] == (int)(i * (steps + 1)));
  }
}

__attribute__((target("avx512f"), noinline)) static void Avx512(long steps) {
  __m512i v[24];
  for (int i = 0; i < 24; ++i) v[i] = _mm512_set1_epi32(i);
  __mmask16 odd = 0xaaaa;
  for (long n = 0; n < steps; ++n) {
    for (int i = 0; i < 24; ++i) {
      v[i] = _mm512_mask_add_epi32(v[i], odd, v[i], _mm512_set1_epi32(i));
      asm volatile("" : "+v"(v[i]));
    }
    asm volatile("" : "+Yk"(odd));
  }
  CHECK(odd == 0xaaaa);
  for (int i = 0; i < 24; ++i) {
    int lanes[16];
    _mm512_storeu_si512(lanes, v[i]);
    for (int k = 0; k < 16; ++k) {
      CHECK(lanes[k] == (k % 2 == 0 ? i : (int)(i * (steps + 1))));
    }
  }
}

static void* Vectors(void* unused) {
  Count(&running);
  do {
    Sse(20000);
    if (__builtin_cpu_supports("avx2")) Avx2(20000);
    if (__builtin_cpu_supports("avx512f")) Avx512(20000);
  } while (!Go());
  return unused;
}

// Rounding modes differ from thread to thread and stay so.
static void* Rounding(void* argument) {
  const unsigned mode = (unsigned)(long)argument;  // 0 ... 3
  unsigned short control;
  asm volatile("fnstcw %0" : "=m"(control));
  control = (unsigned short)((control & ~0xc00u) | mode << 10);
  asm volatile("fldcw %0" : : "m"(control));
  const unsigned mxcsr = (_mm_getcsr() & ~0x6000u) | mode << 13 | 0x8000;
  _mm_setcsr(mxcsr);
  Count(&running);
  do {
    unsigned short now;
    asm volatile("fnstcw %0" : "=m"(now));
    CHECK(now == control);
    CHECK((_mm_getcsr() & ~0x3fu) == (mxcsr & ~0x3fu));
    // Values that stay on the x87 stack for a while.
    double top;
    asm volatile(
        "fldl2t\n\tfldpi\n\tfldln2\n\t"
        "movl $3000000, %%ecx\n"
        "1: decl %%ecx\n\tjnz 1b\n\t"
        "fstpl %0\n\tfstp %%st(0)\n\tfstp %%st(0)"
        : "=m"(top)
        :
        : "ecx", "cc");
    CHECK(top > 0.6931 && top < 0.6932);
  } while (!Go());
  return NULL;
}

int main(void) {
  pthread_t threads[5];
  threads[4] = Start(Vectors, NULL);
  for (long i = 0; i < 4; ++i) threads[i] = Start(Rounding, (void*)i);
  Await(&running, 5);
  Ready();
  for (int i = 0; i < 5; ++i) Join(threads[i]);
  return Done();
}
