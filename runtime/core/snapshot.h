// snapshot.h - everything an image says, gathered while the world is stopped.
// Coordinator only; no libc. All memory comes from one scratch reservation that
// is no part of the image.

#ifndef CKPT_CORE_SNAPSHOT_H
#define CKPT_CORE_SNAPSHOT_H

#include "base/arena.h"
#include "base/line.h"
#include "core/stop_the_world.h"
#include "image/writer.h"

namespace ckpt::core {

// A reservation of address space for one checkpoint.
class Scratch {
 public:
  // 0 or -errno.
  long Reserve();
  void Free();
  image::Range range() const { return {base_, base_ + size_}; }
  // A part of it, `share` of 74.
  Arena Part(uint64_t share);

 private:
  uint64_t base_ = 0, size_ = 0, next_ = 0;
};

// Fills *parts; blocks get neither offsets nor checksums yet. False with
// *reason when something cannot be carried over a restart.
bool TakeSnapshot(const Stopped& stopped, Scratch* scratch,
                  image::Parts* parts, Line* reason);

}  // namespace ckpt::core

#endif
