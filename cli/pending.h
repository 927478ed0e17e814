// pending.h - what a record of a pending signal says.

#ifndef CKPT_CLI_PENDING_H
#define CKPT_CLI_PENDING_H

#include <signal.h>
#include <string.h>

#include "image/format.h"

namespace ckpt::cli {

inline siginfo_t InfoOf(const image::PendingRecord& sent) {
  siginfo_t info;
  static_assert(sizeof(info) == sizeof(sent.info));
  memcpy(&info, sent.info, sizeof(info));
  return info;
}

// It came with a sigval.
inline bool HasValue(const siginfo_t& info) {
  return info.si_code < 0 && info.si_code != SI_TKILL;
}
inline uint64_t ValueOf(const siginfo_t& info) {
  return reinterpret_cast<uint64_t>(info.si_value.sival_ptr);
}

}  // namespace ckpt::cli

#endif
