// types.h - Result and Span: the two value types every room of the runtime
// uses. Freestanding; no libc, no libstdc++ symbol. Safe in handlers, with the
// world stopped and in the restorer.

#ifndef CKPT_BASE_TYPES_H
#define CKPT_BASE_TYPES_H

#include <stddef.h>
#include <stdint.h>

namespace ckpt {

// A kernel-style result: a value, or the errno that stood in its place.
template <typename T>
class [[nodiscard]] Result {
 public:
  static constexpr Result Ok(T value) { return Result(value, 0); }
  static constexpr Result Error(int error) { return Result(T{}, error); }

  constexpr bool ok() const { return error_ == 0; }
  constexpr int error() const { return error_; }
  constexpr T value() const { return value_; }

 private:
  constexpr Result(T value, int error) : value_(value), error_(error) {}
  T value_;
  int error_;  // a positive errno, 0 if ok
};

template <typename T>
struct Span {
  T* data = nullptr;
  size_t size = 0;

  constexpr T* begin() const { return data; }
  constexpr T* end() const { return data + size; }
  constexpr bool empty() const { return size == 0; }
  constexpr T& operator[](size_t i) const { return data[i]; }
};

template <typename T>
constexpr T AlignDown(T value, T alignment) {
  return value & ~(alignment - 1);
}
template <typename T>
constexpr T AlignUp(T value, T alignment) {
  return (value + alignment - 1) & ~(alignment - 1);
}

}  // namespace ckpt

#endif
