// lost_socket.cpp - connections that left the process: a socket that has been
// reset stands for each. A real TCP connection within this machine that its
// other side has thrown away; where there is no such, and for Unix sockets and
// the like, a pair whose other end goes with something unread
// (restore/object_socket).

#include <netinet/in.h>
#include <poll.h>

#include "core/message.h"
#include "restore/sockets.h"
#include "sys/net.h"

namespace ckpt::restore {
namespace {

using image::SocketData;

// To the loopback interface, any port.
sys::SocketAddress Loopback(int domain) {
  sys::SocketAddress address;
  if (domain == AF_INET) {
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_addr.s_addr = __builtin_bswap32(INADDR_LOOPBACK);
    address.size = sizeof(in);
    __builtin_memcpy(address.bytes, &in, sizeof(in));
  } else {
    sockaddr_in6 in6{};
    in6.sin6_family = AF_INET6;
    in6.sin6_addr.s6_addr[15] = 1;
    address.size = sizeof(in6);
    __builtin_memcpy(address.bytes, &in6, sizeof(in6));
  }
  return address;
}

long NewTcp(int domain) {
  return sys::Raw(__NR_socket, domain, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

// Connects `client` and lets the other side throw the connection away.
long ConnectAndReset(int client, int domain) {
  const sys::Closer listening(NewTcp(domain));
  const sys::SocketAddress any = Loopback(domain);
  long r = sys::Bind(listening.get(), any.bytes, any.size);
  if (r >= 0) r = sys::Raw(__NR_listen, listening.get(), 1);
  sys::SocketAddress at;
  if (r >= 0) r = sys::GetSockName(listening.get(), &at);
  if (r >= 0) r = sys::Connect(client, at.bytes, at.size);
  if (r < 0) return r;
  const sys::Closer other(
      sys::Raw(__NR_accept4, listening.get(), nullptr, nullptr, SOCK_CLOEXEC));
  if (other.get() < 0) return other.get();
  const linger at_once{1, 0};
  return sys::SetOption(other.get(), SOL_SOCKET, SO_LINGER, &at_once,
                        sizeof(at_once));
}

long MakeResetTcp(int domain) {
  const long client = NewTcp(domain);
  if (client < 0) return client;
  constexpr int kMostMs = 2000;
  const int fd = static_cast<int>(client);
  if (ConnectAndReset(fd, domain) >= 0 &&
      (sys::Poll(fd, POLLIN, kMostMs) & POLLHUP) != 0) {
    return client;
  }
  sys::Close(fd);
  return -111;  // ECONNREFUSED
}

void AddNumbers(const uint8_t* bytes, int count, char between, Line* line) {
  for (int i = 0; i < count; ++i) {
    if (i != 0) line->Char(between);
    line->Dec(bytes[i]);
  }
}

void AddAddress(const SocketData& data, Line* line) {
  if (data.peer_address_size == 0) return;
  if (data.domain == AF_UNIX) {
    const sys::UnixPath path =
        sys::PathOf(data.peer_address, data.peer_address_size);
    if (path.size() != 0) line->Str(" with ").Str(path.text());
    return;
  }
  const uint8_t* bytes = data.peer_address;
  const uint64_t port = bytes[2] * 256u + bytes[3];  // of both families
  if (data.domain == AF_INET) {
    line->Str(" with ");
    AddNumbers(bytes + 4, 4, '.', line);
    line->Char(':').Dec(port);
  } else if (data.domain == AF_INET6) {
    line->Str(" with [");
    for (int i = 0; i < 16; i += 2) {
      if (i != 0) line->Char(':');
      line->Hex(bytes[8 + i] * 256u + bytes[9 + i]);
    }
    line->Str("]:").Dec(port);
  }
}

}  // namespace

long MakeLostSocket(Workshop* workshop, const image::ObjectRecord& object) {
  const SocketData& data = SocketDataOf(workshop->reader(), object);
  if (data.domain == AF_INET || data.domain == AF_INET6) {
    long fd = MakeResetTcp(static_cast<int>(data.domain));
    if (fd < 0 && data.domain == AF_INET6) fd = MakeResetTcp(AF_INET);
    if (fd >= 0) return fd;
  }
  // Of sockets for datagrams none is told that the other end is gone.
  const int type = data.type == SOCK_STREAM ? SOCK_STREAM : SOCK_SEQPACKET;
  int ends[2];
  const long r =
      sys::Raw(__NR_socketpair, AF_UNIX, type | SOCK_CLOEXEC, 0, ends);
  if (r < 0) return r;
  const long aside = workshop->PutAside(ends[1]);
  if (aside < 0) return aside;
  workshop->Spare(object)[1] = static_cast<int>(aside);
  return ends[0];
}

void TellLostSocket(const image::ObjectRecord& object, const SocketData& data) {
  // The program knows of one whose end it has seen.
  if ((data.flags & image::kSocketErrorSeen) != 0) return;
  Line line;
  line.Str("descriptor ").Dec(static_cast<uint64_t>(object.fd)).Str(
      ": its connection");
  AddAddress(data, &line);
  line.Str(" has been reset");
  core::SayVerbose(line);
}

}  // namespace ckpt::restore
