// mem.cpp - the memory functions that compilers call on their own (struct
// copies, array initialisers). The runtime may not call the C library's: their
// addresses are bound lazily through ld.so, which a parked thread may hold.
// The link of the runtime renames them to __ckpt_mem* and hides them.
// Freestanding; safe in handlers, with the world stopped and in the restorer.

#include <stddef.h>

extern "C" {

// `rep movsb/stosb` is what current CPUs do best without a vector register, and
// keeps the loop from being recognised as a call of itself.
void* memcpy(void* to, const void* from, size_t n) {
  void* d = to;
  asm volatile("rep movsb" : "+D"(d), "+S"(from), "+c"(n) : : "memory");
  return to;
}

void* memset(void* to, int value, size_t n) {
  void* d = to;
  asm volatile("rep stosb" : "+D"(d), "+c"(n) : "a"(value) : "memory");
  return to;
}

void* memmove(void* to, const void* from, size_t n) {
  auto* d = static_cast<volatile unsigned char*>(to);
  const auto* s = static_cast<const unsigned char*>(from);
  if (d <= s || d >= s + n) return memcpy(to, from, n);
  while (n-- > 0) d[n] = s[n];
  return to;
}

int memcmp(const void* a, const void* b, size_t n) {
  const auto* x = static_cast<const volatile unsigned char*>(a);
  const auto* y = static_cast<const volatile unsigned char*>(b);
  for (size_t i = 0; i < n; ++i) {
    if (x[i] != y[i]) return x[i] < y[i] ? -1 : 1;
  }
  return 0;
}

}  // extern "C"
