// image_facts.h - what `ckpt info` says about an image, worked out once for its
// text, its JSON and `--locks`.

#ifndef CKPT_CLI_IMAGE_FACTS_H
#define CKPT_CLI_IMAGE_FACTS_H

#include <cstdint>
#include <string>
#include <vector>

#include "deadlock.h"
#include "image_file.h"
#include "symbolizer.h"

namespace ckpt::cli {

struct ThreadFacts {
  std::string name;
  std::string state;                  // "running", "waits for a mutex", ...
  std::vector<uint64_t> holds;        // mutexes
  std::vector<uint64_t> wants;        // at most one
  std::string waits_for;              // in words; empty if running
  std::string start_routine;          // empty if not known
};

struct LockFacts {
  uint64_t mutex;
  std::string kind;                   // "normal", "read-write", "futex", ...
  std::vector<uint32_t> holders;      // thread indices: one at most, if sane
  std::vector<uint32_t> readers;      // of a read-write lock
  std::vector<uint32_t> wanted_by;
  std::vector<uint32_t> wanted_to_read;
  std::vector<uint32_t> in_flight;    // on their way in or out
  std::vector<uint32_t> waiting;      // in a condition wait that will retake it
  std::vector<uint64_t> conditions;   // of those, one each
};

struct MemoryFacts {
  std::string kind;
  size_t areas = 0;
  uint64_t mapped = 0;
  uint64_t saved = 0;
};

// Memory of which the program has said something.
struct AdviceFacts {
  uint64_t start, end;
  std::string text;  // "no fork, locked, named arena, bind 0", "guard pages",
                     // "not saved"
};


struct FileFacts {
  std::string path;
  uint64_t mapped = 0;
};

struct ImageFacts {
  explicit ImageFacts(const ImageFile& file);

  // "4712 worker-1"
  std::string ThreadName(uint32_t thread) const;
  // One line for a circle: "4712 worker-1 wants 0x602080 m, held by ...".
  std::string DeadlockText(const Deadlock& deadlock) const;

  const ImageFile& file;
  Symbolizer symbolizer;
  std::vector<ThreadFacts> threads;
  std::vector<LockFacts> locks;       // by address
  std::vector<MemoryFacts> memory;    // kinds that occur
  MemoryFacts memory_total;
  std::vector<FileFacts> files;
  std::vector<AdviceFacts> advice;    // ascending
  std::vector<Deadlock> deadlocks;
};

// The kind of a descriptor in words.
const char* FdKindName(image::FdKind kind);
// The same, or the kind of the object that is behind it.
const char* KindOfFd(const image::Reader& reader, const image::FdRecord& fd);
// "3 bytes unread", "connected with 7"; empty if there is nothing to say.
std::string ObjectText(const image::Reader& reader, const image::FdRecord& fd);
// "realtime", "monotonic", ...; the number if it is another one.
std::string ClockName(uint32_t clock);

// "r", "w", "rw" and what else was asked for: "rw append nonblock".
std::string OpenFlagsText(uint32_t flags);

// A system call by name, else by number: "read", "system call 999".
std::string SyscallName(uint64_t number);

}  // namespace ckpt::cli

#endif
