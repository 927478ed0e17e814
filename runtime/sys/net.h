// net.h - sockets (socket(7), unix(7)). Header-only; safe everywhere.
// Results are the kernel's: a value or -errno.

#ifndef CKPT_SYS_NET_H
#define CKPT_SYS_NET_H

#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/line.h"
#include "sys/file.h"

namespace ckpt::sys {

constexpr int kSoBufLock = 72;  // Linux 5.14

inline long GetOption(int fd, int level, int name, void* value,
                      uint32_t* size) {
  return Raw(__NR_getsockopt, fd, level, name, value, size);
}
inline long SetOption(int fd, int level, int name, const void* value,
                      uint32_t size) {
  return Raw(__NR_setsockopt, fd, level, name, value, size);
}
inline long SetOption(int fd, int level, int name, int value) {
  return SetOption(fd, level, name, &value, sizeof(value));
}
// A number, or `otherwise` if there is no such option.
inline int GetOption(int fd, int level, int name, int otherwise) {
  int value = 0;
  uint32_t size = sizeof(value);
  return GetOption(fd, level, name, &value, &size) < 0 ? otherwise : value;
}

struct SocketAddress {
  alignas(8) uint8_t bytes[sizeof(sockaddr_storage)] = {};
  uint32_t size = sizeof(bytes);

  const sockaddr* get() const {
    return reinterpret_cast<const sockaddr*>(bytes);
  }
};
inline long GetSockName(int fd, SocketAddress* out) {
  return Raw(__NR_getsockname, fd, out->bytes, &out->size);
}
inline long GetPeerName(int fd, SocketAddress* out) {
  return Raw(__NR_getpeername, fd, out->bytes, &out->size);
}
inline long Bind(int fd, const void* address, uint32_t size) {
  return Raw(__NR_bind, fd, address, size);
}
inline long Connect(int fd, const void* address, uint32_t size) {
  return Raw(__NR_connect, fd, address, size);
}

// The file that a Unix address names, or nothing.
using UnixPath = LineOf<sizeof(sockaddr_un::sun_path) + 1>;
inline UnixPath PathOf(const uint8_t* address, uint32_t size) {
  UnixPath path;
  constexpr uint32_t kStart = offsetof(sockaddr_un, sun_path);
  uint16_t family = 0;
  if (size > kStart) __builtin_memcpy(&family, address, sizeof(family));
  if (family != AF_UNIX) return path;
  for (uint32_t i = kStart; i < size && address[i] != 0; ++i) {
    path.Char(static_cast<char>(address[i]));
  }
  return path;
}

}  // namespace ckpt::sys

#endif
