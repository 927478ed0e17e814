// again.h - calls by an id that the program knows. A restart under new ids that
// falls between looking the real id up and using it leaves nobody to call.

#ifndef CKPT_HOOKS_AGAIN_H
#define CKPT_HOOKS_AGAIN_H

#include <errno.h>
#include <stdint.h>

#include "track/registry.h"

namespace ckpt::hooks {

// Calls until no restart has fallen into it: then ESRCH, as the result or as
// -1 with errno, means what it says.
template <typename Call>
int Again(Call call) {
  uint32_t epoch;
  int r;
  do {
    epoch = ckpt::track::Epoch();
    r = call();
  } while ((r == ESRCH || (r == -1 && errno == ESRCH)) &&
           ckpt::track::Epoch() != epoch);
  return r;
}

}  // namespace ckpt::hooks

#endif
