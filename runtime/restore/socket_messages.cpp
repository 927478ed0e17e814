// socket_messages.cpp - sends what had arrived at a Unix socket once more, with
// the descriptors that went with it.

#include "base/bytes.h"
#include "restore/sockets.h"
#include "sys/net.h"

namespace ckpt::restore {
namespace {

using image::ObjectRecord;
using image::SocketData;
using image::SocketMessage;

constexpr uint64_t Padded(uint64_t size) { return (size + 7) & ~uint64_t{7}; }

class Sender {
 public:
  Sender(const image::Reader& reader, const ObjectRecord& object, int by)
      : reader_(reader), data_(SocketDataOf(reader, object)), by_(by) {}

  void Send() {
    const auto* at = reinterpret_cast<const uint8_t*>(&data_ + 1) +
                     data_.options * sizeof(image::SocketOption);
    for (uint32_t i = 0; i < data_.messages; ++i) {
      const auto& message = *reinterpret_cast<const SocketMessage*>(at);
      const uint8_t* rights = at + sizeof(message);
      const uint8_t* address = rights + Padded(message.rights * 4ul);
      const uint8_t* bytes = address + Padded(message.address_size);
      const long r = SendOne(message, rights, address, bytes);
      if (r < 0) RefuseObject("what a socket was sent", r);
      at = bytes + Padded(message.size);
    }
  }

 private:
  // The program's socket of that address, or -1.
  int Find(const uint8_t* address, uint32_t size) const {
    for (const ObjectRecord& object : reader_.objects()) {
      if (object.kind != image::ObjectKind::kSocket || size == 0) continue;
      const SocketData& data = SocketDataOf(reader_, object);
      if (data.address_size == size && data.type == data_.type &&
          data.state != image::SocketState::kLost &&
          BytesEq(data.address, address, size)) {
        return object.fd;
      }
    }
    return -1;
  }

  // For a moment: LinkSocket sets what it was.
  static void RaiseBuffer(int fd) {
    constexpr int kMost = 1 << 29;
    if (sys::SetOption(fd, SOL_SOCKET, SO_SNDBUFFORCE, kMost) < 0) {
      sys::SetOption(fd, SOL_SOCKET, SO_SNDBUF, kMost);
    }
  }

  long SendOne(const SocketMessage& message, const uint8_t* rights,
               const uint8_t* address, const uint8_t* bytes) {
    if (by_ >= 0) return SendBy(by_, false, message, rights, bytes);
    const int found = Find(address, message.address_size);
    if (found >= 0) return SendBy(found, true, message, rights, bytes);
    const sys::Closer stranger(sys::Raw(__NR_socket, AF_UNIX,
                                        data_.type | SOCK_CLOEXEC, 0));
    return SendBy(stranger.get(), true, message, rights, bytes);
  }

  long SendBy(int fd, bool by_address, const SocketMessage& message,
              const uint8_t* rights, const uint8_t* bytes) {
    RaiseBuffer(fd);
    alignas(8) uint8_t control[sizeof(cmsghdr) + image::kMaxRights * 4 + 8];
    uint64_t done = 0;
    do {
      iovec part{const_cast<uint8_t*>(bytes) + done, message.size - done};
      msghdr header{};
      header.msg_iov = &part;
      header.msg_iovlen = 1;
      if (by_address) {
        header.msg_name = const_cast<uint8_t*>(data_.address);
        header.msg_namelen = data_.address_size;
      }
      if (message.rights != 0 && done == 0) {
        cmsghdr head{};
        head.cmsg_len = sizeof(head) + message.rights * 4ul;
        head.cmsg_level = SOL_SOCKET;
        head.cmsg_type = SCM_RIGHTS;
        __builtin_memcpy(control, &head, sizeof(head));
        __builtin_memcpy(control + sizeof(head), rights, message.rights * 4ul);
        header.msg_control = control;
        header.msg_controllen = head.cmsg_len;
      }
      const long n = sys::Raw(__NR_sendmsg, fd, &header,
                              MSG_DONTWAIT | MSG_NOSIGNAL);
      if (n < 0) return n;
      done += static_cast<uint64_t>(n);
    } while (done < message.size);
    return 0;
  }

  const image::Reader& reader_;
  const SocketData& data_;
  const int by_;
};

}  // namespace

void SendMessages(const image::Reader& reader, const ObjectRecord& object,
                  int sender) {
  Sender(reader, object, sender).Send();
}

}  // namespace ckpt::restore
