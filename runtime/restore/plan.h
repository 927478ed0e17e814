// plan.h - what the loader hands to the restorer, and the restorer to the
// restored program (core/resume). PODs only: three pieces of code that never
// run in the same address space at once read them.
//
// The plan lies behind the restorer's code in one block of memory that is free
// in the old and in the new layout of the process; every pointer in it points
// into that block.

#ifndef CKPT_RESTORE_PLAN_H
#define CKPT_RESTORE_PLAN_H

#include <stdint.h>

#include "base/fault.h"
#include "image/format.h"

namespace ckpt::restore {

// One mapping to make.
struct PlanVma {
  uint64_t start, end;
  image::VmaKind kind;
  uint32_t prot;
  const char* path;      // of a file mapping
  uint64_t file_offset;
  uint32_t first_block;  // blocks to read into it
  uint32_t block_count;
  uint32_t advice;   // image::kAdvice*
  uint32_t reserved;
  const char* name;  // of PR_SET_VMA_ANON_NAME, or nullptr
  const image::MemoryPolicyRecord* policy;  // or nullptr
};

// A file that goes back to what it was, when everything else is there
// (core/rollback).
struct PlanFile {
  const char* path;
  image::FilePolicy policy;  // in effect
  uint32_t goes_back;        // 0: it stays as it is
  image::FileRecord record;
};

struct PlanThread {
  image::ThreadRecord record;
  uint64_t plan;   // address of the Plan
  int32_t wanted;  // thread id under TidMode::kSame, 0: any
  uint32_t reserved;
};

enum class TidMode : uint32_t {
  kSame,  // clone3(set_tid): the ids of the image, or fail
  kNew,   // whatever the kernel gives
};

// Written by the restored process for the one that watches over it
// (restore/guardian), in memory that both share.
struct Progress {
  uint32_t committed;  // 1: the program runs
  uint32_t retry;      // 1: an id was taken; nothing was lost, try another way
  int32_t status;      // wait status, from the inner guardian of a namespace
  uint32_t has_status;
  uint32_t outlives;   // 1: the inner guardian stays, for others that live
  uint32_t reserved;
  uint64_t image_start, image_size;  // where the guardian has the image mapped
};

// What the restorer could not do and the program can do without: for a line.
struct Lost {
  uint64_t advice;         // first address of memory that it could not advise
  uint64_t memory_policy;  // likewise
};

struct Plan {
  uint64_t block_start, block_size;  // the block that holds all this
  uint64_t vdso_scratch;  // where [vdso] and its data may be put meanwhile
  image::Range vdso_now[4];   // where they are
  uint64_t vdso_target[4];    // where they shall be
  uint32_t vdso_parts;
  uint32_t vdso_stays;      // 1: in vdso_scratch, for the image's is not of
                            // this kernel, or it has none
  // The image's (restore/foreign_vdso), to be put at old_vdso_at.
  const uint8_t* old_vdso;
  uint64_t old_vdso_size, old_vdso_at;
  int32_t image_fd;
  const PlanVma* vmas;
  uint32_t vma_count;
  uint32_t thread_count;
  PlanThread* threads;  // the main thread first
  const image::BlockRecord* blocks;
  const PlanFile* files;
  const image::FileBlockRecord* file_blocks;
  uint64_t file_count;
  const image::FileLockRecord* file_locks;
  uint64_t file_lock_count;
  int64_t time_ns;  // of the checkpoint
  const image::Range* guards;
  uint64_t guard_count;
  const image::PendingRecord* pending;
  uint64_t pending_count;
  const image::TimerRecord* timers;
  uint64_t timer_count;
  Lost lost;
  image::ProcessRecord process;
  // As the new launcher has them set up.
  image::ThreadSettings launcher_thread;
  image::ProcessSettings launcher_process;
  const image::SignalRecord* signals;
  const char* auxv;
  uint64_t auxv_size;
  const char* comm;
  TidMode tid_mode;
  uint32_t leader_exited;  // the main thread was gone: it ends again
  Progress* progress;      // nullptr without a guardian
  uint32_t guarded;        // die with the guardian
  uint32_t ids;            // core::Ids in effect
  uint64_t options;        // core::Options of the new command line
  uint64_t image_path;     // for messages
  uint64_t started_us;     // when the restart began
  fault::Armed* fault;     // for tests; shared, so that hits in an attempt
                           // that failed count
};

// Lives in the restored program (core/resume), written by the restorer.
struct RestoredInfo {
  uint64_t plan;          // address of the Plan, 0 in a program not restored
  uint32_t thread_count;  // that will arrive
  uint32_t reserved;
  uint64_t starter;       // slot of the thread that starts the coordinator
  // 1 while a main thread that is to end again still runs in the restorer; the
  // kernel clears it.
  uint32_t leader_word;
  uint32_t reserved2;
};

}  // namespace ckpt::restore

#endif
