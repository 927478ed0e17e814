// bytes.h - memory and string helpers without a C library.
// Freestanding and inline: safe in handlers, with the world stopped and in the
// restorer. Out-of-line memcpy and friends for the compiler: base/mem.cpp.

#ifndef CKPT_BASE_BYTES_H
#define CKPT_BASE_BYTES_H

#include <stddef.h>
#include <stdint.h>

namespace ckpt {

inline size_t StrLen(const char* s) {
  size_t n = 0;
  while (s[n] != '\0') ++n;
  return n;
}

inline bool StrEq(const char* a, const char* b) {
  while (*a != '\0' && *a == *b) ++a, ++b;
  return *a == *b;
}

inline bool StartsWith(const char* s, const char* prefix) {
  while (*prefix != '\0') {
    if (*s++ != *prefix++) return false;
  }
  return true;
}

inline bool EndsWith(const char* s, const char* suffix) {
  const size_t n = StrLen(s), k = StrLen(suffix);
  return n >= k && StrEq(s + n - k, suffix);
}

// The text behind the last '/'.
inline const char* BaseName(const char* path) {
  const char* base = path;
  for (const char* p = path; *p != '\0'; ++p) {
    if (*p == '/') base = p + 1;
  }
  return base;
}

// Copies at most capacity - 1 characters and always terminates. Returns false
// if the text was cut.
inline bool StrCopy(char* to, size_t capacity, const char* from) {
  size_t i = 0;
  for (; from[i] != '\0' && i + 1 < capacity; ++i) to[i] = from[i];
  to[i] = '\0';
  return from[i] == '\0';
}

inline bool BytesEq(const void* a, const void* b, size_t n) {
  const auto* x = static_cast<const unsigned char*>(a);
  const auto* y = static_cast<const unsigned char*>(b);
  for (size_t i = 0; i < n; ++i) {
    if (x[i] != y[i]) return false;
  }
  return true;
}

// Reads an unsigned number of `base` (10 or 16) at *p and moves *p behind it.
// Without a digit: 0 and *p unmoved; one that is too large is the largest.
inline uint64_t ParseNumber(const char** p, unsigned base) {
  uint64_t value = 0;
  for (;; ++*p) {
    const char c = **p;
    unsigned digit;
    if (c >= '0' && c <= '9') {
      digit = static_cast<unsigned>(c - '0');
    } else if (base == 16 && c >= 'a' && c <= 'f') {
      digit = static_cast<unsigned>(c - 'a') + 10;
    } else {
      return value;
    }
    constexpr uint64_t kLargest = ~uint64_t{0};
    value = value > (kLargest - digit) / base ? kLargest : value * base + digit;
  }
}

// Reads an octal number.
inline uint64_t ParseOctal(const char** p) {
  uint64_t value = 0;
  for (; **p >= '0' && **p <= '7'; ++*p) {
    value = value * 8 + static_cast<unsigned>(**p - '0');
  }
  return value;
}

// The next line of a NUL-terminated text: terminates it in place and moves
// *cursor behind it; nullptr at the end.
inline char* NextLine(char** cursor) {
  char* line = *cursor;
  if (*line == '\0') return nullptr;
  char* p = line;
  while (*p != '\0' && *p != '\n') ++p;
  if (*p == '\n') *p++ = '\0';
  *cursor = p;
  return line;
}

}  // namespace ckpt

#endif
