// state.h - the runtime's one global state. It lies in the program's memory and
// is therefore part of every image; core/resume brings what is different after
// a restart up to date.

#ifndef CKPT_CORE_STATE_H
#define CKPT_CORE_STATE_H

#include <stdint.h>

#include <atomic>

#include "core/options.h"
#include "image/format.h"
#include "sys/futex.h"
#include "sys/signal.h"
#include "track/cpu_time.h"
#include "track/descriptors.h"

namespace ckpt::core {

constexpr uint32_t kMaxInherited = 64;

// What to expect of the program's memory; bits of State::advised.
constexpr uint32_t kAdvised = 1;  // advice that stays, or locked memory
constexpr uint32_t kGuarded = 2;  // guard pages

// A request for a checkpoint, by signal or call. Written by any thread (in
// handlers too), taken by the coordinator.
enum class RequestKind : uint32_t { kNone, kNow, kHere, kExit };

struct State {
  // Set before the program's constructors run, then constant.
  bool initialized = false;
  bool enabled = false;       // checkpointing can happen in this process
  int32_t pid = 0;            // of the process that may; a forked child differs
  int32_t stop_signal = 0;
  Options options;
  uint8_t run_id[16] = {};
  char program[kPathCapacity] = {};  // absolute path of the executable
  char name[256] = {};               // images are <name>.chkpt.N
  char** argv = nullptr;             // without the checkpoint options
  int32_t argc = 0;
  // A copy of these: getopt sorts them, programs overwrite and delete them.
  char** arguments = nullptr;
  track::InheritedFd inherited[kMaxInherited] = {};
  uint32_t inherited_count = 0;
  uint32_t ids_at_start[2] = {};  // user and group
  uint64_t seccomp_at_start = 0;  // mode
  // What the launcher has set up, the newest one after a restart: what is not
  // like it the program has chosen.
  image::ThreadSettings launcher_thread = {};
  image::ProcessSettings launcher_process = {};

  // Written by the coordinator; read by anyone.
  std::atomic<uint64_t> sequence{0};  // of the newest image of this run
  uint32_t generation = 0;            // restarts so far
  track::CpuAccount cpu = {};         // of the process
  int32_t vpid = 0;                   // the pid that the program sees; 0: the
                                      // real one
  image::ProcessSettings process_settings = {};  // at the last checkpoint
  image::ProcessSettings process_left = {};  // what a restart could not set up
                                             // again
  std::atomic<int32_t> protection_keys{0};  // pkey_alloc; by any thread
  std::atomic<uint32_t> advised{0};  // kAdvised, kGuarded; by any thread
  std::atomic<uint32_t> lock_future{0};  // MCL_FUTURE, MCL_ONFAULT in effect;
                                         // by any thread
  // In a forked child: the same of the process that it descends from, which it
  // goes on calling so; 0 if that is its real one.
  int32_t parent_vpid = 0;
  int32_t parent_pid = 0;
  uint32_t forks = 0;  // that lie between the program and this process

  // Requests. `request_word` counts them and is what the coordinator sleeps on.
  sys::Word request_word{0};
  std::atomic<uint64_t> now_nonces[8] = {};  // `ckpt now`; 0: free
  std::atomic<uint32_t> exit_requested{0};
  sys::Word here_requested{0};  // checkpoint_here: tickets drawn
  sys::Word here_served{0};     // and served
  std::atomic<int32_t> here_error{0};  // outcome of the newest
  sys::Word disable_depth{0};   // checkpoint_disable
  sys::Word checkpointing{0};   // 1 while a checkpoint is under way
  std::atomic<uint32_t> ending{0};  // the program is on its way to its end

  // Threads in setuid and its kin: the program may have been another user's
  // since the coordinator has looked.
  std::atomic<uint32_t> changing_ids{0};

  // The coordinator (core/coordinator).
  std::atomic<uint32_t> coordinator_started{0};
  std::atomic<int32_t> coordinator_tid{0};  // the kernel clears it at its end
  std::atomic<uint32_t> retired{0};         // it shall end
};

extern constinit State g_state;

// Draws a run id.
void NewRunId();

// Enters the ids and the seccomp mode of now as those at start.
void NoteCredentials();

// True in the process that checkpoints are taken of: not in a forked child.
bool InOwnProcess();

}  // namespace ckpt::core

#endif
