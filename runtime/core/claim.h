// claim.h - how others find this process: mappings whose names are visible in
// /proc/PID/maps and which vanish with the process. They tell `ckpt now` the
// run id, the stop signal and the checkpoint directory, and `-r auto` that a
// run is alive. No file, no socket, no descriptor. No libc.

#ifndef CKPT_CORE_CLAIM_H
#define CKPT_CORE_CLAIM_H

#include <stdint.h>

namespace ckpt::core {

// Publishes g_state's run id, stop signal and directory; replaces what was
// published before. Without memfd_create it does nothing: `ckpt now` then does
// not find the process.
void PublishClaim();

// In a forked child: the claim is the parent's, and not mapped here.
void ForgetClaim();

// True if a live process, other than this one, has published run `run_id`.
bool RunIsAlive(const uint8_t run_id[16]);

}  // namespace ckpt::core

#endif
