// publish.h - images as files: no name until they are whole (a temporary one
// where the file system wants one), then prog.chkpt.N, never over another file;
// and which old ones go. No libc: coordinator, and the loader.

#ifndef CKPT_CORE_PUBLISH_H
#define CKPT_CORE_PUBLISH_H

#include <stdint.h>

#include "base/line.h"

namespace ckpt::core {

// The number that the next image of this run should have.
uint64_t NextSequence();

class ImageFile {
 public:
  // Creates the file with room for `size` bytes; its descriptor or -errno.
  long Create(uint64_t size);
  int fd() const { return fd_; }
  const char* directory() const;

  // fsync, rename to <name>.chkpt.<sequence> (or the next number that is free),
  // fsync of the directory. 0 or -errno; *path gets the name.
  long Publish(uint64_t sequence, PathLine* path);

  // Drops the file.
  void Discard();

 private:
  long CreateTemporary();

  int fd_ = -1;
  PathLine temporary_;  // empty: the file has no name
};

// Removes images of this run that -k does not keep, `newest` being the newest,
// and temporary files that a killed run left behind.
void RemoveOld(uint64_t newest);

// Calls visit(context, N) for each file <name>.chkpt.N in `directory`; 0 or
// -errno.
long ForEachImage(const char* directory, const char* name,
                  void (*visit)(void* context, uint64_t number), void* context);

// Any thread, when the program is about to end: an image under way that has a
// temporary name does not outlive it.
void AbandonTemporary();

}  // namespace ckpt::core

#endif
