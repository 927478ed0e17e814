// writer.h - turns a snapshot into the bytes of an image (format.h).
//
// Freestanding, no allocation: runs with the world stopped. Order: Layout, then
// WriteBlocks (memory goes straight from where it is into the file, a checksum
// per block on the way), then BuildMeta; SetSequence
// completes them, and the caller writes them to offset 0 when the threads run
// again.

#ifndef CKPT_IMAGE_WRITER_H
#define CKPT_IMAGE_WRITER_H

#include <ucontext.h>

#include "base/arena.h"
#include "base/types.h"
#include "image/format.h"
#include "image/format_objects.h"

namespace ckpt::image {

// How the content of a file is read: by a descriptor of the program, or -1, by
// its path.
struct FileSource {
  int32_t fd;
  uint32_t random;  // 1: it may be written again anywhere
};

// What a snapshot hands over. Layout fills in file offsets, WriteBlocks
// checksums.
struct Parts {
  HeadRecord head;
  ProcessRecord process;
  Span<ThreadRecord> threads;
  Span<LockRecord> locks;
  Span<VmaRecord> vmas;
  Span<ModuleRecord> modules;
  Span<BlockRecord> blocks;
  Span<Range> guards;
  Span<MemoryPolicyRecord> memory_policies;
  Span<PendingRecord> pending;
  Span<const Range> excluded;  // bytes, ascending
  Span<const uint8_t> vdso;
  Span<XsaveRecord> xsave;
  Span<TimerRecord> timers;
  Span<FdRecord> fds;
  Span<ObjectRecord> objects;
  Span<uint8_t> object_data;
  Span<FileRecord> files;
  Span<FileBlockRecord> file_blocks;
  Span<FileLockRecord> file_locks;
  Span<FileSource> file_sources;  // one for each of `files`
  SignalRecord signals[64];
  Span<char> strings;
  Span<char> auxv;
  uint32_t load_count;  // set by Layout
};

// Computes head.meta_size, head.file_size and each block's file offset.
void Layout(Parts* parts);

// Writes every block's memory at its offset, with zeros for excluded bytes:
// `buffer` has room for kMaxBlock. 0 or -errno.
long WriteBlocks(int fd, Parts* parts, char* buffer);

// The table of `type` in built bytes, to be completed before SetSequence.
void* FindTable(Span<char> meta, NoteType type);

// Builds [0, meta_size) in memory from `arena`; empty if the arena is too
// small. Reads the threads' signal frames.
Span<char> BuildMeta(Parts* parts, Arena* arena);

// Completes built bytes: sets the image's number and the checksum.
void SetSequence(Span<char> meta, uint64_t sequence);

}  // namespace ckpt::image

#endif
