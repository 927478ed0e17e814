// socket_name.cpp - the addresses that sockets are bound to.

#include <netinet/in.h>
#include <netinet/tcp.h>

#include "base/bytes.h"
#include "core/message.h"
#include "restore/sockets.h"
#include "sys/process.h"
#include "sys/net.h"

namespace ckpt::restore {
namespace {

using image::ObjectRecord;
using image::SocketData;
using image::SocketState;

constexpr long kAddressInUse = -98, kConnectionRefused = -111;
// A process that was killed a moment ago may still have its sockets.
constexpr int kTries = 200;
constexpr uint64_t kPauseNs = 10000000;

bool SameAddress(const SocketData& a, const SocketData& b) {
  return a.address_size == b.address_size &&
         BytesEq(a.address, b.address, a.address_size);
}

// A connection that was accepted says the address of the socket that listens.
bool IsListeners(const image::Reader& reader, const SocketData& data) {
  for (const ObjectRecord& object : reader.objects()) {
    if (object.kind != image::ObjectKind::kSocket) continue;
    const SocketData& other = SocketDataOf(reader, object);
    if (other.state == SocketState::kListening && SameAddress(other, data)) {
      return true;
    }
  }
  return false;
}

// Whether it is more than an address family: it was bound, or connected.
bool HasAddress(const SocketData& data) {
  for (uint32_t i = sizeof(sa_family_t); i < data.address_size; ++i) {
    if (data.address[i] != 0) return true;
  }
  return false;
}

template <typename Try>
long Repeat(Try attempt) {
  long r = attempt();
  for (int i = 0; i < kTries && r == kAddressInUse; ++i) {
    const timespec pause = sys::ToTimespec(kPauseNs);
    sys::Raw(__NR_nanosleep, &pause, 0);
    r = attempt();
  }
  return r;
}

// Nobody is there any more: the file is what a killed process has left.
bool IsStale(const SocketData& data) {
  const sys::Closer probe(sys::Raw(__NR_socket, AF_UNIX,
                                   data.type | SOCK_CLOEXEC | SOCK_NONBLOCK,
                                   0));
  return sys::Connect(probe.get(), data.address, data.address_size) ==
         kConnectionRefused;
}

long BindFile(const SocketData& data, const char* path, int fd) {
  const bool removed = (data.flags & image::kSocketNameRemoved) != 0;
  struct stat st;
  if (sys::LinkStatPath(path, &st) >= 0) {
    // Whoever has the name now: this one has lost it before.
    if (removed) return 0;
    if ((st.st_mode & S_IFMT) != S_IFSOCK) return -17;  // EEXIST
    if (!IsStale(data)) return kAddressInUse;
    sys::Unlink(path);
  }
  const long r = sys::Bind(fd, data.address, data.address_size);
  if (r < 0) return r;
  if (removed) return sys::Unlink(path);
  return sys::Raw(__NR_chmod, path, data.mode & 07777);
}

long BindInternet(const SocketData& data, int fd) {
  if (data.type != SOCK_STREAM) {
    return sys::Bind(fd, data.address, data.address_size);
  }
  // What the killed process has left of its connections is no obstacle: to root
  // (TCP_REPAIR), and where the program had asked for that.
  const int reuse = sys::GetOption(fd, SOL_SOCKET, SO_REUSEADDR, 0);
  sys::SetOption(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  long r = sys::Bind(fd, data.address, data.address_size);
  if (r == kAddressInUse &&
      sys::SetOption(fd, IPPROTO_TCP, TCP_REPAIR, 1) >= 0) {
    r = sys::Bind(fd, data.address, data.address_size);
    sys::SetOption(fd, IPPROTO_TCP, TCP_REPAIR, 0);
  }
  sys::SetOption(fd, SOL_SOCKET, SO_REUSEADDR, reuse);
  return r;
}

Line Describe(const SocketData& data, const sys::UnixPath& path) {
  Line line;
  if (path.size() != 0) return line.Str(path.text());
  if (data.domain == AF_UNIX) return line.Str("an abstract Unix address");
  return line.Str(data.type == SOCK_STREAM ? "TCP port " : "UDP port ")
      .Dec(data.address[2] * 256u + data.address[3]);
}

}  // namespace

void BindSocket(const image::Reader& reader, const ObjectRecord& object,
                int fd) {
  const SocketData& data = SocketDataOf(reader, object);
  const bool connected = data.state == SocketState::kPair ||
                         data.state == SocketState::kPeerClosed;
  if (!HasAddress(data) || (connected && IsListeners(reader, data))) return;
  const sys::UnixPath path = sys::PathOf(data.address, data.address_size);
  const long r = Repeat([&] {
    if (path.size() != 0) return BindFile(data, path.text(), fd);
    if (data.domain != AF_UNIX) return BindInternet(data, fd);
    return sys::Bind(fd, data.address, data.address_size);
  });
  if (r < 0 && !connected) {
    RefuseObject(Describe(data, path).text(), r);
  }
}

}  // namespace ckpt::restore
