// object_socket.cpp - a socket with its options, name, connection and what has
// arrived at it.

#include "restore/sockets.h"
#include "sys/net.h"
#include "track/socket_options.h"

namespace ckpt::restore {
namespace {

using image::ObjectRecord;
using image::SocketData;
using image::SocketOption;
using image::SocketState;

Span<const SocketOption> OptionsOf(const SocketData& data) {
  return {reinterpret_cast<const SocketOption*>(&data + 1), data.options};
}

// Only what differs from a new socket: some options change others.
void SetOptionOf(int fd, const SocketOption& option) {
  const int level = static_cast<int>(option.level);
  const int name = static_cast<int>(option.name);
  uint8_t now[sizeof(option.value)] = {};
  uint32_t size = sizeof(now);
  if (sys::GetOption(fd, level, name, now, &size) < 0) return;
  if (size == option.size &&
      __builtin_memcmp(now, option.value, sizeof(now)) == 0) {
    return;
  }
  if (!track::IsBufferSize(level, name)) {
    sys::SetOption(fd, level, name, option.value, option.size);
    return;
  }
  int value;
  __builtin_memcpy(&value, option.value, sizeof(value));
  const int force = name == SO_SNDBUF ? SO_SNDBUFFORCE : SO_RCVBUFFORCE;
  if (sys::SetOption(fd, level, force, value / 2) < 0) {
    sys::SetOption(fd, level, name, value / 2);
  }
}

// Last: it may have been made smaller than what it has sent.
bool IsSendBuffer(const SocketOption& option) {
  return option.level == SOL_SOCKET && option.name == SO_SNDBUF;
}

void SetOptions(int fd, const SocketData& data, bool send_buffer) {
  for (const SocketOption& option : OptionsOf(data)) {
    if (IsSendBuffer(option) == send_buffer) SetOptionOf(fd, option);
  }
}

long NewSocket(const SocketData& data) {
  return sys::Raw(__NR_socket, data.domain, data.type | SOCK_CLOEXEC,
                  data.protocol);
}

long NewPair(const SocketData& data, int* ends) {
  return sys::Raw(__NR_socketpair, AF_UNIX, data.type | SOCK_CLOEXEC, 0, ends);
}

// One end for this object, the other one for `other`'s spare.
long MakePair(Workshop* workshop, const SocketData& data, int* spare) {
  int ends[2];
  const long r = NewPair(data, ends);
  if (r < 0) return r;
  const long aside = workshop->PutAside(ends[1]);
  if (aside < 0) return aside;
  *spare = static_cast<int>(aside);
  return ends[0];
}

long MakeUnnamed(Workshop* workshop, const ObjectRecord& object,
                 const SocketData& data) {
  int* own = workshop->Spare(object);
  switch (data.state) {
    case SocketState::kPair: {
      if (own[0] >= 0) return sys::Fcntl(own[0], F_DUPFD_CLOEXEC);
      const ObjectRecord* peer = workshop->reader().FindObject(data.peer);
      return MakePair(workshop, data, workshop->Spare(*peer));
    }
    case SocketState::kPeerClosed:
      return MakePair(workshop, data, own + 1);
    case SocketState::kLost:
      return MakeLostSocket(workshop, object);
    case SocketState::kOwn:
    case SocketState::kListening:
      break;
  }
  return NewSocket(data);
}

int ShutdownHow(uint32_t shut) { return static_cast<int>(shut) - 1; }

}  // namespace

long MakeSocket(Workshop* workshop, const ObjectRecord& object) {
  const SocketData& data = SocketDataOf(workshop->reader(), object);
  const long fd = MakeUnnamed(workshop, object, data);
  if (fd < 0) return fd;
  SetOptions(static_cast<int>(fd), data, false);
  if (data.state != SocketState::kLost) {
    BindSocket(workshop->reader(), object, static_cast<int>(fd));
  }
  return fd;
}

void FillSocket(Workshop* workshop, const ObjectRecord& object) {
  const SocketData& data = SocketDataOf(workshop->reader(), object);
  if (data.messages == 0) return;
  const int sender = data.state == SocketState::kPair
                         ? data.peer
                         : workshop->Spare(object)[1];
  SendMessages(workshop->reader(), object, sender);
}

void LinkSocket(Workshop* workshop, const ObjectRecord& object) {
  const SocketData& data = SocketDataOf(workshop->reader(), object);
  int* spare = workshop->Spare(object);
  if (spare[1] >= 0) {
    // What is left unread makes the end a reset.
    if (data.state == SocketState::kLost) sys::Write(object.fd, "", 1);
    sys::Close(spare[1]);
  }
  SetOptions(object.fd, data, true);
  if (data.state == SocketState::kListening) {
    const long r = sys::Raw(__NR_listen, object.fd, data.backlog);
    if (r < 0) RefuseObject("a listening socket", r);
  }
  if (data.state == SocketState::kOwn && data.peer_address_size != 0) {
    // Datagrams: if nobody is there any more, sending says so.
    sys::Connect(object.fd, data.peer_address, data.peer_address_size);
  }
  if (data.state == SocketState::kPair && data.shut != 0) {
    sys::Raw(__NR_shutdown, object.fd, ShutdownHow(data.shut));
  }
  if (data.state == SocketState::kLost) {
    if ((data.flags & image::kSocketErrorSeen) != 0) {
      sys::GetOption(object.fd, SOL_SOCKET, SO_ERROR, 0);
    }
    TellLostSocket(object, data);
  }
}

}  // namespace ckpt::restore
