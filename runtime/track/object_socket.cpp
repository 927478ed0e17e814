// object_socket.cpp - sockets: what they are, whom they are connected with, and
// their options. A connection that leaves the process is lost: the restored
// program finds it reset.

#include <netinet/tcp.h>
#include <poll.h>

#include "base/bytes.h"
#include "sys/net.h"
#include "track/objects.h"
#include "track/socket_messages.h"
#include "track/socket_options.h"
#include "track/socket_peer.h"

namespace ckpt::track {
namespace {

using image::FdRecord;
using image::SocketData;
using image::SocketState;

constexpr int kTcpClose = 7, kTcpListen = 10;  // TCP_CLOSE, TCP_LISTEN

class Socket {
 public:
  Socket(const ObjectSource& source, int fd, ObjectTable* out, Line* reason)
      : source_(source), fd_(fd), out_(out), reason_(reason) {}

  bool Record() {
    data_.peer = -1;
    data_.domain = Number(SO_DOMAIN);
    data_.type = Number(SO_TYPE);
    data_.protocol = Number(SO_PROTOCOL);
    Names();
    if (!Classify() || !out_->Add(data_) || !Options()) return false;
    return !HasMessages() || RecordMessages(source_, fd_, data_, out_, reason_);
  }

 private:
  uint32_t Number(int option) const {
    return static_cast<uint32_t>(sys::GetOption(fd_, SOL_SOCKET, option, 0));
  }
  bool Fail(const char* why, uint64_t number) {
    reason_->Str(why).Dec(number);
    return false;
  }

  void Names() {
    sys::SocketAddress own, peer;
    if (sys::GetSockName(fd_, &own) >= 0) {
      Keep(own, data_.address, &data_.address_size);
    }
    if (sys::GetPeerName(fd_, &peer) >= 0) {
      Keep(peer, data_.peer_address, &data_.peer_address_size);
    }
  }
  static void Keep(const sys::SocketAddress& address, uint8_t* to,
                   uint32_t* size) {
    // A family alone is no name.
    if (address.size <= sizeof(sa_family_t)) return;
    *size = address.size < image::kMaxAddress ? address.size
                                              : image::kMaxAddress;
    __builtin_memcpy(to, address.bytes, *size);
  }

  bool Classify() {
    switch (data_.domain) {
      case AF_UNIX:
        return Unix();
      case AF_INET:
      case AF_INET6:
        return data_.type != SOCK_STREAM || Stream();
      case AF_NETLINK:
        data_.state = SocketState::kLost;
        return true;
      default:
        return Fail("of address family ", data_.domain);
    }
  }

  bool Stream() {
    if (data_.protocol != IPPROTO_TCP) {
      return Fail("of protocol ", data_.protocol);
    }
    tcp_info info{};
    uint32_t size = sizeof(info);
    sys::GetOption(fd_, IPPROTO_TCP, TCP_INFO, &info, &size);
    if (info.tcpi_state == kTcpListen) {
      data_.state = SocketState::kListening;
      data_.backlog = info.tcpi_sacked;
    } else if (info.tcpi_state != kTcpClose) {
      data_.state = SocketState::kLost;
    } else {
      // One that has never been connected has nothing to read.
      const int state = sys::Poll(fd_, POLLIN);
      if ((state & POLLIN) == 0) return true;
      data_.state = SocketState::kLost;
      if ((state & POLLERR) == 0) data_.flags |= image::kSocketErrorSeen;
    }
    return true;
  }

  bool Unix() {
    UnixSocket facts;
    if (!AskUnixSocket(source_.record.inode, &facts)) {
      reason_->Str("whose peer this kernel does not tell (CONFIG_UNIX_DIAG)");
      return false;
    }
    File(facts);
    data_.shut = facts.shut;
    if (Number(SO_ACCEPTCONN) != 0) {
      data_.state = SocketState::kListening;
      data_.backlog = facts.backlog;
    } else if (facts.has_peer) {
      Peer(facts);
    }
    return true;
  }

  // Whether the name is still there.
  void File(const UnixSocket& facts) {
    const sys::UnixPath path = sys::PathOf(data_.address, data_.address_size);
    if (path.size() == 0) return;
    struct stat st;
    if (facts.has_file && sys::LinkStatPath(path.text(), &st) >= 0 &&
        static_cast<uint32_t>(st.st_ino) == facts.file_inode) {
      data_.mode = st.st_mode;
    } else {
      data_.flags |= image::kSocketNameRemoved;
    }
  }

  void Peer(const UnixSocket& facts) {
    const FdRecord* peer = Find(facts.peer);
    UnixSocket other{};
    if (peer != nullptr && AskUnixSocket(facts.peer, &other) &&
        other.has_peer && other.peer == source_.record.inode) {
      data_.state = SocketState::kPair;
      data_.peer = peer->fd;
      return;
    }
    constexpr uint32_t kBoth = 3;
    const bool datagrams = data_.type == SOCK_DGRAM;
    const bool closed =
        facts.peer == 0 && (datagrams || (facts.shut & kBoth) == kBoth);
    if (datagrams && data_.peer_address_size != 0) return;  // kOwn
    // Somebody else's end, or the error that its end has left is still to come.
    const bool error = (sys::Poll(fd_, POLLIN) & POLLERR) != 0;
    data_.state =
        closed && !error ? SocketState::kPeerClosed : SocketState::kLost;
  }

  // The program's socket of that inode that another one can be paired with.
  const FdRecord* Find(uint64_t inode) const {
    for (const FdRecord& fd : source_.fds) {
      if (inode != 0 && fd.inode == inode &&
          fd.device == source_.record.device && fd.same_as < 0 &&
          fd.kind == image::FdKind::kObject) {
        return &fd;
      }
    }
    return nullptr;
  }

  bool HasMessages() const {
    return data_.domain == AF_UNIX && data_.state != SocketState::kListening;
  }

  bool Options() {
    constexpr int kSend = 1, kReceive = 2;  // SOCK_*BUF_LOCK
    const int locked =
        data_.domain == AF_UNIX
            ? kSend | kReceive
            : sys::GetOption(fd_, SOL_SOCKET, sys::kSoBufLock, 0);
    for (const SocketOptionRow& row : kSocketOptions) {
      if (IsBufferSize(row.level, row.name) &&
          (locked & (row.name == SO_SNDBUF ? kSend : kReceive)) == 0) {
        continue;
      }
      image::SocketOption option{};
      option.level = static_cast<uint32_t>(row.level);
      option.name = static_cast<uint32_t>(row.name);
      option.size = sizeof(option.value);
      // Unix sockets answer to every level; others not.
      if (data_.domain == AF_UNIX && row.level != SOL_SOCKET) continue;
      if (sys::GetOption(fd_, row.level, row.name, option.value,
                         &option.size) < 0) {
        continue;
      }
      if (!out_->Add(option)) return false;
      ++out_->Current<SocketData>()->options;
    }
    return true;
  }

  const ObjectSource& source_;
  const int fd_;
  ObjectTable* out_;
  Line* reason_;
  SocketData data_{};
};

}  // namespace

// Coordinator only, world stopped.
bool RecordSocket(const ObjectSource& source, ObjectTable* out, Line* reason) {
  const sys::Closer copy(source.files.Borrow(source.fd));
  if (copy.get() < 0) {
    reason->Str("that cannot be looked into (Linux 5.6)");
    return false;
  }
  return Socket(source, copy.get(), out, reason).Record();
}

}  // namespace ckpt::track
