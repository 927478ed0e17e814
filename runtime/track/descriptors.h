// descriptors.h - the open descriptors as image records, from /proc (the
// paper's file table, section 3.4: the kernel keeps it for us). No libc:
// coordinator only, world stopped.

#ifndef CKPT_TRACK_DESCRIPTORS_H
#define CKPT_TRACK_DESCRIPTORS_H

#include "base/arena.h"
#include "base/types.h"
#include "base/line.h"
#include "image/format.h"
#include "track/program_files.h"
#include "track/strings.h"

namespace ckpt::track {

// A descriptor that the launcher handed over, as it was at start.
struct InheritedFd {
  int32_t fd;
  uint64_t device, inode;
};

// Notes the descriptors that are open now; at most `capacity`.
uint32_t ListInherited(InheritedFd* out, uint32_t capacity);

// Drops what has been closed or replaced since: after a restart what is left
// can be refreshed by number. The new count.
uint32_t PruneInherited(const ProgramFiles& files, InheritedFd* list,
                        uint32_t count);

// After a restart: the numbers are the new launcher's descriptors now.
void RefreshInherited(const ProgramFiles& files, Span<InheritedFd> list);

// Adds a record for each open descriptor. False with *reason naming one that
// cannot be carried over a restart.
bool CollectDescriptors(const ProgramFiles& files,
                        Span<const InheritedFd> inherited, Arena* scratch,
                        ArenaList<image::FdRecord>* fds, Strings* strings,
                        Line* reason);

}  // namespace ckpt::track

#endif
