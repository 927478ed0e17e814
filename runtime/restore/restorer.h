// restorer.h - the restorer as the loader sees it: a blob of code, linked for
// any address (restorer.lds) and carried in the runtime as data
// (restorer_blob.S).

#ifndef CKPT_RESTORE_RESTORER_H
#define CKPT_RESTORE_RESTORER_H

#include <stdint.h>

#include "restore/plan.h"

// First and last byte of the blob; the entry is its first byte. Called with the
// Plan and the top of the stack to use, it never returns.
extern "C" {
extern const char __ckpt_restorer_start[];
extern const char __ckpt_restorer_end[];
}

namespace ckpt::restore {

using RestorerEntry = void (*)(Plan* plan, uint64_t stack_top);
constexpr uint64_t kRestorerStack = 64 << 10;

}  // namespace ckpt::restore

#endif
