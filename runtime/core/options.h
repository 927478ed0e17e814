// options.h - the checkpoint options of a run: parsing them, and taking them
// out of argv (DESIGN: "everything after the last `--` whose following words
// all parse"). No libc: used before the program's constructors run.

#ifndef CKPT_CORE_OPTIONS_H
#define CKPT_CORE_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

#include "track/file_rules.h"

namespace ckpt::core {

enum OptionId : uint32_t {
#define CKPT_OPTION(id, name, argument, help) id,
#include "core/options.def"
  kOptionCount
};

// Identity of a restored process and its threads.
enum class Ids : uint32_t {
  kAuto = 0,
  kSame = 1,       // the very same ids, by clone3(set_tid)
  kNamespace = 2,  // the same ids in a user and pid namespace of its own
  kNew = 3,        // new ids; the program goes on seeing the old ones
};

constexpr size_t kPathCapacity = 4096;

struct Options {
  uint32_t given = 0;  // bit OptionId: it was on the command line or in the
                       // environment
  uint32_t keep = 3;
  uint64_t interval_us = 0;
  int32_t stop_signal = 0;  // 0: choose
  int32_t exit_signal = 0;  // 0: none
  Ids ids = Ids::kAuto;
  bool self_contained = false;  // images do not need the files of programs
                                // and libraries
  bool quiet = false;
  bool verbose = false;
  char directory[kPathCapacity] = {};
  char files[track::kFileRulesCapacity] = {};  // track/file_rules
  char path_map[kPathCapacity] = {};  // "OLD=NEW\n"...
  char restart[kPathCapacity] = {};  // "auto" or a path

  bool Given(OptionId id) const { return (given >> id & 1) != 0; }
};

// Reads `count` words. False if one of them is not an option or has a bad
// value, with *bad naming it; *options may then be half filled.
bool ParseWords(char* const* words, size_t count, Options* options,
                const char** bad);

// Finds the option words of a command line: the index of the `--` before them,
// or argc if there are none. On success *options holds them.
size_t FindOptions(int argc, char* const* argv, Options* options);

// Reads blank-separated words (CKPT_OPTIONS). As ParseWords; `text` is cut into
// words in place.
bool ParseText(char* text, Options* options, const char** bad);

// Takes over into `options` what `newer` was given.
void Override(const Options& newer, Options* options);

// A signal's number from "USR1", "SIGUSR1", "RTMIN+3" or "10"; 0 if it is none
// or cannot be caught.
int ParseSignal(const char* text);

// Writes the option table to standard output.
void PrintHelp();

}  // namespace ckpt::core

#endif
