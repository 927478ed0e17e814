// socket_messages.cpp - see socket_messages.h. The kernel keeps a place for
// looking (SO_PEEK_OFF), which each look moves on; the program's is put back.

#include "track/socket_messages.h"

#include <asm/ioctls.h>
#include <linux/kcmp.h>
#include <poll.h>

#include "sys/process.h"
#include "sys/net.h"

namespace ckpt::track {
namespace {

using image::FdRecord;
using image::SocketData;
using image::SocketMessage;

// The descriptors of a message, in the caller's table.
class Rights {
 public:
  Rights() = default;
  Rights(const Rights&) = delete;
  Rights& operator=(const Rights&) = delete;
  ~Rights() { Drop(); }

  void Take(const msghdr& header) {
    Drop();
    const auto* at = static_cast<const uint8_t*>(header.msg_control);
    uint64_t left = header.msg_controllen;
    while (left >= sizeof(cmsghdr)) {
      cmsghdr part;
      __builtin_memcpy(&part, at, sizeof(part));
      if (part.cmsg_len < sizeof(part) || part.cmsg_len > left) return;
      if (part.cmsg_level == SOL_SOCKET && part.cmsg_type == SCM_RIGHTS) {
        count_ = static_cast<uint32_t>((part.cmsg_len - sizeof(part)) /
                                       sizeof(int));
        if (count_ > image::kMaxRights) count_ = image::kMaxRights;
        __builtin_memcpy(fds_, at + sizeof(part), count_ * sizeof(int));
      }
      const uint64_t step = (part.cmsg_len + 7) & ~uint64_t{7};
      if (step >= left) return;
      at += step;
      left -= step;
    }
  }
  void Drop() {
    for (uint32_t i = 0; i < count_; ++i) sys::Close(fds_[i]);
    count_ = 0;
  }
  uint32_t count() const { return count_; }
  int operator[](uint32_t i) const { return fds_[i]; }

 private:
  int fds_[image::kMaxRights];
  uint32_t count_ = 0;
};

class Messages {
 public:
  Messages(const ObjectSource& source, int fd, const SocketData& socket,
           ObjectTable* out, Line* reason)
      : source_(source), fd_(fd), socket_(socket), out_(out), reason_(reason) {}

  bool Record() {
    const int place = sys::GetOption(fd_, SOL_SOCKET, SO_PEEK_OFF, -1);
    const bool ok = Walk();
    sys::SetOption(fd_, SOL_SOCKET, SO_PEEK_OFF, place);
    return ok;
  }

 private:
  bool Fail(const char* why) {
    reason_->Str(why);
    return false;
  }
  bool IsStream() const { return socket_.type == SOCK_STREAM; }
  void Look(uint64_t from) {
    sys::SetOption(fd_, SOL_SOCKET, SO_PEEK_OFF, static_cast<int>(from));
  }

  // What the next look shows, at most `most` bytes of it: how many, or -errno.
  long Peek(uint64_t most) {
    iovec part{source_.info, most};
    alignas(8) uint8_t control[2048];
    sender_.size = sizeof(sender_.bytes);
    msghdr header{};
    header.msg_name = sender_.bytes;
    header.msg_namelen = sender_.size;
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = control;
    header.msg_controllen = sizeof(control);
    const long n = sys::Raw(__NR_recvmsg, fd_, &header,
                            MSG_PEEK | MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (n < 0) return n;
    rights_.Take(header);
    sender_.size = header.msg_namelen;
    cut_ = (header.msg_flags & (IsStream() ? MSG_CTRUNC
                                           : MSG_CTRUNC | MSG_TRUNC)) != 0;
    return n;
  }

  // A look behind the last byte would take an error that is still to be told.
  bool Walk() {
    int unread = 0;  // of datagrams: of the first
    sys::Raw(__NR_ioctl, fd_, FIONREAD, &unread);
    const bool datagrams = socket_.type == SOCK_DGRAM;
    const bool error = (sys::Poll(fd_, POLLIN) & POLLERR) != 0;
    if (error && unread == 0) return true;
    if (error && !IsStream()) return Fail("with an error before its bytes");
    uint64_t at = 0;
    Look(0);
    while (datagrams || at < static_cast<uint64_t>(unread)) {
      const long n = Peek(source_.capacity);
      if (n < 0) return datagrams || Fail("whose bytes cannot be read");
      if (cut_) return Fail("with a message that is too long");
      const auto size = static_cast<uint64_t>(n);
      if (IsStream() && rights_.count() != 0 && size > 1 &&
          (size != static_cast<uint64_t>(unread) || !IsOneMessage(size))) {
        return Fail("by which a descriptor is being passed among other bytes");
      }
      if (!Keep(size)) return false;
      at += size;
    }
    return true;
  }

  // Descriptors go with one message of a stream, and a look may begin before it
  // without telling where. One that is alone takes as much of the sender's
  // buffer as another one of its size.
  bool IsOneMessage(uint64_t size) const {
    const sys::Closer peer(source_.files.Borrow(socket_.peer));
    int ends[2];
    if (peer.get() < 0 || sys::Raw(__NR_socketpair, AF_UNIX,
                                   SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) {
      return false;
    }
    const sys::Closer one(ends[0]), other(ends[1]);
    int used = 0, expected = -1;
    sys::Raw(__NR_ioctl, peer.get(), TIOCOUTQ, &used);
    const long n =
        sys::Raw(__NR_sendto, one.get(), source_.info, size,
                 MSG_DONTWAIT | MSG_NOSIGNAL, nullptr, 0);
    sys::Raw(__NR_ioctl, one.get(), TIOCOUTQ, &expected);
    return n == static_cast<long>(size) && used == expected;
  }

  bool Keep(uint64_t size) {
    const bool named = sender_.size > sizeof(sa_family_t) && !IsStream();
    const SocketMessage message{size, rights_.count(),
                                named ? sender_.size : 0};
    int32_t numbers[image::kMaxRights];
    for (uint32_t i = 0; i < rights_.count(); ++i) {
      numbers[i] = Find(rights_[i]);
      if (numbers[i] < 0) {
        return Fail("by which a descriptor is being passed that is not open "
                    "anywhere else");
      }
    }
    const bool reachable =
        socket_.address_size != 0 &&
        (socket_.flags & image::kSocketNameRemoved) == 0;
    if (socket_.state == image::SocketState::kOwn && !reachable) {
      return Fail("with unread datagrams, and without a name");
    }
    if (!out_->Add(message) ||
        !out_->AddBytes(numbers, message.rights * sizeof(int32_t)) ||
        !out_->AddBytes(sender_.bytes, message.address_size) ||
        !out_->AddBytes(source_.info, size)) {
      return Fail("with more bytes than there is room for");
    }
    ++out_->Current<SocketData>()->messages;
    return true;
  }

  // The program's descriptor of the open file that the caller's `fd` is, or -1.
  int32_t Find(int fd) const {
    struct stat st;
    if (sys::Stat(fd, &st) < 0) return -1;
    for (const FdRecord& record : source_.fds) {
      if (record.same_as >= 0 || record.inode != st.st_ino ||
          record.device != st.st_dev) {
        continue;
      }
      if (sys::Raw(__NR_kcmp, sys::GetTid(), source_.files.tid(), KCMP_FILE,
                   fd, record.fd) == 0) {
        return record.fd;
      }
    }
    return -1;
  }

  const ObjectSource& source_;
  const int fd_;
  const SocketData& socket_;
  ObjectTable* out_;
  Line* reason_;
  Rights rights_;
  sys::SocketAddress sender_;
  bool cut_ = false;
};

}  // namespace

bool RecordMessages(const ObjectSource& source, int fd,
                    const SocketData& socket, ObjectTable* out, Line* reason) {
  return Messages(source, fd, socket, out, reason).Record();
}

}  // namespace ckpt::track
