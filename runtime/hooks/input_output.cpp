// input_output.cpp - doors of the calls that move bytes: one that a stop has
// ended in the middle goes on (hooks/going_on).

#include <sys/random.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "hooks/going_on.h"
#include "hooks/libc.h"

namespace {

using ckpt::hooks::GoOn;
using ckpt::hooks::Real;

template <typename T>
long Word(T value) {
  return (long)value;
}

template <typename T>
T As(long value) {
  return (T)value;
}

}  // namespace

ssize_t __ckpt_read(int fd, void* buffer, size_t size) {
  return GoOn(ckpt::hooks::kRead, {fd, Word(buffer), Word(size)},
              [](const long* a) {
                return Real().read(As<int>(a[0]), As<void*>(a[1]),
                                   As<size_t>(a[2]));
              });
}

ssize_t __ckpt___read_chk(int fd, void* buffer, size_t size, size_t room) {
  if (size > room) return Real().__read_chk(fd, buffer, size, room);
  return __ckpt_read(fd, buffer, size);
}

ssize_t __ckpt_readv(int fd, const iovec* vectors, int count) {
  return GoOn(ckpt::hooks::kReadv, {fd, Word(vectors), count},
              [](const long* a) {
                return Real().readv(As<int>(a[0]), As<const iovec*>(a[1]),
                                    As<int>(a[2]));
              });
}

ssize_t __ckpt_write(int fd, const void* buffer, size_t size) {
  return GoOn(ckpt::hooks::kWrite, {fd, Word(buffer), Word(size)},
              [](const long* a) {
                return Real().write(As<int>(a[0]), As<const void*>(a[1]),
                                    As<size_t>(a[2]));
              });
}

ssize_t __ckpt_writev(int fd, const iovec* vectors, int count) {
  return GoOn(ckpt::hooks::kWritev, {fd, Word(vectors), count},
              [](const long* a) {
                return Real().writev(As<int>(a[0]), As<const iovec*>(a[1]),
                                     As<int>(a[2]));
              });
}

ssize_t __ckpt_recv(int fd, void* buffer, size_t size, int flags) {
  return GoOn(ckpt::hooks::kRecvfrom, {fd, Word(buffer), Word(size), flags},
              [](const long* a) {
                return Real().recv(As<int>(a[0]), As<void*>(a[1]),
                                   As<size_t>(a[2]), As<int>(a[3]));
              });
}

ssize_t __ckpt___recv_chk(int fd, void* buffer, size_t size, size_t room,
                          int flags) {
  if (size > room) return Real().__recv_chk(fd, buffer, size, room, flags);
  return __ckpt_recv(fd, buffer, size, flags);
}

ssize_t __ckpt_recvfrom(int fd, void* buffer, size_t size, int flags,
                        sockaddr* address, socklen_t* length) {
  return GoOn(ckpt::hooks::kRecvfrom, {fd, Word(buffer), Word(size), flags},
              [=](const long* a) {
                return Real().recvfrom(As<int>(a[0]), As<void*>(a[1]),
                                       As<size_t>(a[2]), As<int>(a[3]),
                                       address, length);
              });
}

ssize_t __ckpt___recvfrom_chk(int fd, void* buffer, size_t size, size_t room,
                              int flags, sockaddr* address,
                              socklen_t* length) {
  if (size > room) {
    return Real().__recvfrom_chk(fd, buffer, size, room, flags, address,
                                 length);
  }
  return __ckpt_recvfrom(fd, buffer, size, flags, address, length);
}

ssize_t __ckpt_recvmsg(int fd, msghdr* message, int flags) {
  return GoOn(ckpt::hooks::kRecvmsg, {fd, Word(message), flags},
              [](const long* a) {
                return Real().recvmsg(As<int>(a[0]), As<msghdr*>(a[1]),
                                      As<int>(a[2]));
              });
}

int __ckpt_recvmmsg(int fd, mmsghdr* messages, unsigned count, int flags,
                    timespec* span) {
  return static_cast<int>(
      GoOn(ckpt::hooks::kRecvmmsg, {fd, Word(messages), count, flags},
           [=](const long* a) {
             return Real().recvmmsg(As<int>(a[0]), As<mmsghdr*>(a[1]),
                                    As<unsigned>(a[2]), As<int>(a[3]), span);
           }));
}

ssize_t __ckpt_send(int fd, const void* buffer, size_t size, int flags) {
  return GoOn(ckpt::hooks::kSendto, {fd, Word(buffer), Word(size), flags},
              [](const long* a) {
                return Real().send(As<int>(a[0]), As<const void*>(a[1]),
                                   As<size_t>(a[2]), As<int>(a[3]));
              });
}

ssize_t __ckpt_sendto(int fd, const void* buffer, size_t size, int flags,
                      const sockaddr* address, socklen_t length) {
  return GoOn(ckpt::hooks::kSendto, {fd, Word(buffer), Word(size), flags},
              [=](const long* a) {
                return Real().sendto(As<int>(a[0]), As<const void*>(a[1]),
                                     As<size_t>(a[2]), As<int>(a[3]), address,
                                     length);
              });
}

ssize_t __ckpt_sendmsg(int fd, const msghdr* message, int flags) {
  return GoOn(ckpt::hooks::kSendmsg, {fd, Word(message), flags},
              [](const long* a) {
                return Real().sendmsg(As<int>(a[0]), As<const msghdr*>(a[1]),
                                      As<int>(a[2]));
              });
}

int __ckpt_sendmmsg(int fd, mmsghdr* messages, unsigned count, int flags) {
  return static_cast<int>(
      GoOn(ckpt::hooks::kSendmmsg, {fd, Word(messages), count, flags},
           [](const long* a) {
             return Real().sendmmsg(As<int>(a[0]), As<mmsghdr*>(a[1]),
                                    As<unsigned>(a[2]), As<int>(a[3]));
           }));
}

int __ckpt_setsockopt(int fd, int level, int option, const void* value,
                      socklen_t size) __THROW {
  if (level == SOL_SOCKET &&
      (option == SO_RCVTIMEO_OLD || option == SO_SNDTIMEO_OLD ||
       option == SO_RCVTIMEO_NEW || option == SO_SNDTIMEO_NEW)) {
    ckpt::hooks::ExpectSocketTimeouts();
  }
  return Real().setsockopt(fd, level, option, value, size);
}

int __ckpt_accept(int fd, sockaddr* address, socklen_t* length) {
  return static_cast<int>(GoOn(ckpt::hooks::kAccept, {fd}, [=](const long*) {
    return Real().accept(fd, address, length);
  }));
}

int __ckpt_accept4(int fd, sockaddr* address, socklen_t* length, int flags) {
  return static_cast<int>(GoOn(ckpt::hooks::kAccept4, {fd}, [=](const long*) {
    return Real().accept4(fd, address, length, flags);
  }));
}

// Asked again, the kernel waits for the connection that it has begun.
int __ckpt_connect(int fd, const sockaddr* address, socklen_t length) {
  return static_cast<int>(GoOn(ckpt::hooks::kConnect, {fd}, [=](const long*) {
    return Real().connect(fd, address, length);
  }));
}

ssize_t __ckpt_sendfile(int to, int from, off_t* offset, size_t size) __THROW {
  return GoOn(ckpt::hooks::kSendfile, {to, from, Word(offset), Word(size)},
              [](const long* a) {
                return Real().sendfile(As<int>(a[0]), As<int>(a[1]),
                                       As<off_t*>(a[2]), As<size_t>(a[3]));
              });
}

ssize_t __ckpt_sendfile64(int to, int from, off64_t* offset,
                          size_t size) __THROW {
  return __ckpt_sendfile(to, from, offset, size);
}

ssize_t __ckpt_copy_file_range(int from, off64_t* from_offset, int to,
                               off64_t* to_offset, size_t size,
                               unsigned flags) {
  return GoOn(ckpt::hooks::kCopyFileRange,
              {from, Word(from_offset), to, Word(to_offset), Word(size), flags},
              [](const long* a) {
                return Real().copy_file_range(
                    As<int>(a[0]), As<off64_t*>(a[1]), As<int>(a[2]),
                    As<off64_t*>(a[3]), As<size_t>(a[4]), As<unsigned>(a[5]));
              });
}

ssize_t __ckpt_getrandom(void* buffer, size_t size, unsigned flags) {
  return GoOn(ckpt::hooks::kGetrandom, {Word(buffer), Word(size), flags},
              [](const long* a) {
                return Real().getrandom(As<void*>(a[0]), As<size_t>(a[1]),
                                        As<unsigned>(a[2]));
              });
}
