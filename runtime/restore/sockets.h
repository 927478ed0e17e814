// sockets.h - the parts of restore/object_socket. In the process that will be
// restored, before its memory goes.

#ifndef CKPT_RESTORE_SOCKETS_H
#define CKPT_RESTORE_SOCKETS_H

#include "restore/objects.h"

namespace ckpt::restore {

inline const image::SocketData& SocketDataOf(
    const image::Reader& reader, const image::ObjectRecord& object) {
  return *reader.ObjectStart<image::SocketData>(object);
}

// Binds `fd` to the address that it had. The file of a Unix address is made
// anew unless somebody else listens there. Does not return without, except for
// an end of a connection, which does without a name.
void BindSocket(const image::Reader& reader, const image::ObjectRecord& object,
                int fd);

// A socket whose connection has been reset by the other side.
long MakeLostSocket(Workshop* workshop, const image::ObjectRecord& object);
// Under -v: that it is one.
void TellLostSocket(const image::ObjectRecord& object,
                    const image::SocketData& data);

// Sends to `object` what had arrived there; by `sender` if not -1, else by
// whoever has the address that it came from.
void SendMessages(const image::Reader& reader,
                  const image::ObjectRecord& object, int sender);

}  // namespace ckpt::restore

#endif
