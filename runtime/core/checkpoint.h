// checkpoint.h - one checkpoint from request to durable file. Coordinator only.

#ifndef CKPT_CORE_CHECKPOINT_H
#define CKPT_CORE_CHECKPOINT_H

#include "base/line.h"
#include "core/children.h"
#include "core/options.h"

namespace ckpt::core {

struct Outcome {
  int error = 0;       // a positive errno; 0: the image is durable
  bool later = false;  // put off: `reason` may pass
  bool child = false;  // put off because a child of the program lives
  Line reason;
  PathLine path;       // of the image
};

// Stops the world, saves it, releases it, makes the image durable and removes
// images that -k does not keep. On failure the program runs on unharmed and
// older images are whole.
Outcome TakeCheckpoint();

// What a request comes to while `child` lives.
Outcome PutOff(const LivingChild& child);

// Says why there is no checkpoint: one line, and not again for every period as
// long as the reason stays the same.
void Report(const Outcome& outcome);

// Answers a request of `ckpt now`.
void Answer(uint64_t nonce, const Outcome& outcome);

}  // namespace ckpt::core

#endif
