// checkpoint.h - one checkpoint from request to durable file. Coordinator only.

#ifndef CKPT_CORE_CHECKPOINT_H
#define CKPT_CORE_CHECKPOINT_H

#include "base/line.h"
#include "core/options.h"

namespace ckpt::core {

struct Outcome {
  int error = 0;       // a positive errno; 0: the image is durable
  bool later = false;  // put off: `reason` may pass
  Line reason;
  PathLine path;       // of the image
};

// Stops the world, saves it, releases it, makes the image durable and removes
// images that -k does not keep. On failure the program runs on unharmed, older
// images are whole, and one line has been said.
Outcome TakeCheckpoint();

// Answers a request of `ckpt now`.
void Answer(uint64_t nonce, const Outcome& outcome);

}  // namespace ckpt::core

#endif
