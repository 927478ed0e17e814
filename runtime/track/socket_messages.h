// socket_messages.h - what has arrived at a Unix socket and nobody has read. It
// is only looked at (MSG_PEEK). No libc; coordinator only, world stopped.

#ifndef CKPT_TRACK_SOCKET_MESSAGES_H
#define CKPT_TRACK_SOCKET_MESSAGES_H

#include "track/objects.h"

namespace ckpt::track {

// Adds it to the object begun last, a SocketData and its options. `fd` is the
// caller's copy of the socket.
bool RecordMessages(const ObjectSource& source, int fd,
                    const image::SocketData& socket, ObjectTable* out,
                    Line* reason);

}  // namespace ckpt::track

#endif
