// rendezvous.h - how `ckpt now` finds out that a process runs under ckpt, and
// where and how to ask it. The runtime (core/) maps, shared and without access,
// memfds of the names
//   ckpt:1:<run id, 32 hex digits>:<stop signal>:<part>:<piece of a path>
// which /proc/PID/maps shows as "/memfd:NAME (deleted)". The pieces, joined in
// the order of their part numbers (from 0), are the checkpoint directory: a
// name has room for some 200 characters, a path may have 4095.

#ifndef CKPT_CLI_RENDEZVOUS_H
#define CKPT_CLI_RENDEZVOUS_H

#include <istream>
#include <optional>
#include <string>

namespace ckpt::cli {

struct Rendezvous {
  std::string run_id;
  int stop_signal = 0;
  std::string directory;
};

// Reads a maps file.
std::optional<Rendezvous> FindRendezvous(std::istream& maps);

// True if the status file says that `signal` has a handler.
bool CatchesSignal(std::istream& status, int signal);

}  // namespace ckpt::cli

#endif
