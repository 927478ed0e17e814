// socket_options.h - the options that a restored socket gets again. Data only;
// partners are track/object_socket and restore/object_socket.

#ifndef CKPT_TRACK_SOCKET_OPTIONS_H
#define CKPT_TRACK_SOCKET_OPTIONS_H

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <sys/socket.h>

namespace ckpt::track {

struct SocketOptionRow {
  int level, name;
};

constexpr SocketOptionRow kSocketOptions[] = {
    {SOL_SOCKET, SO_REUSEADDR},      {SOL_SOCKET, SO_REUSEPORT},
    {SOL_SOCKET, SO_KEEPALIVE},      {SOL_SOCKET, SO_BROADCAST},
    {SOL_SOCKET, SO_PASSCRED},       {SOL_SOCKET, SO_LINGER},
    {SOL_SOCKET, SO_RCVLOWAT},       {SOL_SOCKET, SO_PRIORITY},
    {SOL_SOCKET, SO_OOBINLINE},      {SOL_SOCKET, SO_DONTROUTE},
    {SOL_SOCKET, SO_TIMESTAMP},      {SOL_SOCKET, SO_PEEK_OFF},
    {SOL_SOCKET, SO_RCVTIMEO},       {SOL_SOCKET, SO_SNDTIMEO},
    {SOL_SOCKET, SO_RCVBUF},         {SOL_SOCKET, SO_SNDBUF},
    {IPPROTO_IP, IP_TOS},            {IPPROTO_IP, IP_TTL},
    {IPPROTO_IP, IP_MULTICAST_TTL},  {IPPROTO_IP, IP_MULTICAST_LOOP},
    {IPPROTO_IP, IP_PKTINFO},        {IPPROTO_IP, IP_RECVERR},
    {IPPROTO_IP, IP_FREEBIND},       {IPPROTO_IPV6, IPV6_V6ONLY},
    {IPPROTO_IPV6, IPV6_RECVPKTINFO},
    {IPPROTO_IPV6, IPV6_UNICAST_HOPS},
    {IPPROTO_TCP, TCP_NODELAY},      {IPPROTO_TCP, TCP_KEEPIDLE},
    {IPPROTO_TCP, TCP_KEEPINTVL},    {IPPROTO_TCP, TCP_KEEPCNT},
    {IPPROTO_TCP, TCP_USER_TIMEOUT}, {IPPROTO_TCP, TCP_DEFER_ACCEPT},
    {IPPROTO_TCP, TCP_FASTOPEN},
};

// The kernel gives twice what was asked for.
constexpr bool IsBufferSize(int level, int name) {
  return level == SOL_SOCKET && (name == SO_RCVBUF || name == SO_SNDBUF);
}

}  // namespace ckpt::track

#endif
