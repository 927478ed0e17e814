// file_table.h - what the kernel forgets about a descriptor: the flags of the
// open call that take effect only then (O_CREAT, O_EXCL, O_TRUNC). The paper's
// file table (section 3.4); the rest is read from /proc (track/descriptors).

#ifndef CKPT_TRACK_FILE_TABLE_H
#define CKPT_TRACK_FILE_TABLE_H

#include <stdint.h>

namespace ckpt::track {

constexpr int kTrackedFds = 1 << 16;

// Any thread, handlers included. `fd` may be an error (negative).
void NoteOpen(int fd, int flags);
void NoteClose(int fd);
void NoteDup(int from, int to);

// The program has set the offset of `fd` itself, or of a stream over it.
void NoteSeek(int fd);
bool HasSought(int fd);

// False between vfork and exec, when a child runs on this memory: what it opens
// and closes are its own descriptors.
bool IsOwnThread();

// The creation flags of `fd`, 0 if not known.
uint32_t CreationFlags(int fd);

}  // namespace ckpt::track

#endif
