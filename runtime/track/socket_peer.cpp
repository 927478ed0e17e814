// socket_peer.cpp - see socket_peer.h.

#include "track/socket_peer.h"

#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <sys/socket.h>

#include "sys/file.h"

namespace ckpt::track {
namespace {

struct Request {
  nlmsghdr header;
  unix_diag_req body;
};

void Attribute(uint32_t type, const void* value, UnixSocket* out) {
  const auto* words = static_cast<const uint32_t*>(value);
  switch (type) {
    case UNIX_DIAG_PEER:
      out->has_peer = true;
      out->peer = words[0];
      break;
    case UNIX_DIAG_SHUTDOWN:
      out->shut = *static_cast<const uint8_t*>(value);
      break;
    case UNIX_DIAG_RQLEN:
      out->backlog = words[1];
      break;
    case UNIX_DIAG_VFS:
      out->has_file = true;
      out->file_inode = words[0];
      out->file_device = words[1];
      break;
    default:
      break;
  }
}

}  // namespace

bool AskUnixSocket(uint64_t inode, UnixSocket* out) {
  *out = {};
  const sys::Closer diag(sys::Raw(__NR_socket, AF_NETLINK,
                                  SOCK_RAW | SOCK_CLOEXEC,
                                  NETLINK_SOCK_DIAG));
  if (diag.get() < 0) return false;
  Request request{};
  request.header.nlmsg_len = sizeof(request);
  request.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  request.header.nlmsg_flags = NLM_F_REQUEST;
  request.body.sdiag_family = AF_UNIX;
  request.body.udiag_states = ~0u;
  request.body.udiag_ino = static_cast<uint32_t>(inode);
  request.body.udiag_show =
      UDIAG_SHOW_PEER | UDIAG_SHOW_RQLEN | UDIAG_SHOW_VFS;
  request.body.udiag_cookie[0] = request.body.udiag_cookie[1] = ~0u;
  alignas(8) char answer[1024];
  if (sys::Write(diag.get(), &request, sizeof(request)) < 0) return false;
  const long n = sys::Raw(__NR_recvfrom, diag.get(), answer, sizeof(answer),
                          MSG_DONTWAIT, nullptr, nullptr);
  const auto* header = reinterpret_cast<const nlmsghdr*>(answer);
  constexpr long kHead = sizeof(nlmsghdr) + sizeof(unix_diag_msg);
  if (n < kHead || header->nlmsg_type != SOCK_DIAG_BY_FAMILY) return false;
  for (long at = kHead; at + static_cast<long>(sizeof(nlattr)) <= n;) {
    const auto* attribute = reinterpret_cast<const nlattr*>(answer + at);
    if (attribute->nla_len < sizeof(nlattr)) break;
    Attribute(attribute->nla_type, attribute + 1, out);
    at += NLA_ALIGN(attribute->nla_len);
  }
  return true;
}

}  // namespace ckpt::track
