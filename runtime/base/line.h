// line.h - builds one line of text in a fixed buffer: messages, /proc paths,
// file names. Freestanding; safe in handlers, with the world stopped and in the
// restorer. Text that does not fit is cut, never written past the end.

#ifndef CKPT_BASE_LINE_H
#define CKPT_BASE_LINE_H

#include <stddef.h>
#include <stdint.h>

namespace ckpt {

template <size_t kCapacity>
class LineOf {
 public:
  LineOf() { text_[0] = '\0'; }

  LineOf& Char(char c) {
    if (size_ + 1 < kCapacity) {
      text_[size_++] = c;
      text_[size_] = '\0';
    } else {
      cut_ = true;
    }
    return *this;
  }
  LineOf& Str(const char* s) {
    while (*s != '\0') Char(*s++);
    return *this;
  }
  LineOf& Dec(uint64_t value) {
    char digits[20];
    int n = 0;
    do {
      digits[n++] = static_cast<char>('0' + value % 10);
      value /= 10;
    } while (value != 0);
    while (n > 0) Char(digits[--n]);
    return *this;
  }
  LineOf& Hex(uint64_t value, int min_digits = 1) {
    for (int shift = 60; shift >= 0; shift -= 4) {
      if (shift / 4 < min_digits || (value >> shift) != 0) {
        Char("0123456789abcdef"[(value >> shift) & 15]);
      }
    }
    return *this;
  }
  // A number of microseconds as seconds with three places.
  LineOf& Seconds(uint64_t us) {
    Dec(us / 1000000).Char('.');
    uint64_t rest = us % 1000000;
    for (uint64_t unit = 100000; unit >= 1000; unit /= 10) {
      Char(static_cast<char>('0' + rest / unit % 10));
    }
    return *this;
  }

  const char* text() const { return text_; }
  size_t size() const { return size_; }
  bool cut() const { return cut_; }

 private:
  char text_[kCapacity];
  size_t size_ = 0;
  bool cut_ = false;
};

using Line = LineOf<512>;
using PathLine = LineOf<4352>;

}  // namespace ckpt

#endif
