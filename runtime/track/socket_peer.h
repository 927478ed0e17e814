// socket_peer.h - what only sock_diag(7) tells of a Unix socket: its peer. No
// libc; coordinator only.

#ifndef CKPT_TRACK_SOCKET_PEER_H
#define CKPT_TRACK_SOCKET_PEER_H

#include <stdint.h>

namespace ckpt::track {

struct UnixSocket {
  bool has_peer;     // it is connected
  uint64_t peer;     // inode of the other one; 0: no file any more
  uint32_t shut;     // 1: for reading, 2: for writing
  uint32_t backlog;  // of one that listens
  bool has_file;     // it is bound to a file, of this number
  uint32_t file_device, file_inode;
};

// False if the kernel does not tell.
bool AskUnixSocket(uint64_t inode, UnixSocket* out);

}  // namespace ckpt::track

#endif
