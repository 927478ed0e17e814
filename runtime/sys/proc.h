// proc.h - reads what /proc tells about this process: mappings, threads,
// descriptors (proc(5)). No allocation, no libc: usable with the world stopped.

#ifndef CKPT_SYS_PROC_H
#define CKPT_SYS_PROC_H

#include <stddef.h>
#include <stdint.h>

#include "base/types.h"

namespace ckpt::sys {

// One line of /proc/PID/maps.
struct MapLine {
  uint64_t start, end;
  int prot;
  bool shared;
  uint64_t offset;
  uint64_t device;  // as st_dev
  uint64_t inode;
  const char* name;  // empty for anonymous memory; points into the line
};

// Parses `line` (terminated, without newline). False if it is none.
bool ParseMapLine(const char* line, MapLine* out);

// Reads the numbers that name the entries of a /proc directory (task, fd) in
// ascending order of the kernel's listing; the count or -errno, -E2BIG when
// there are more than `capacity`.
long ListNumbers(const char* directory, int* out, size_t capacity);

// The same one by one: calls visit(context, number) until it returns false. 0
// or -errno.
long ForEachNumber(const char* directory, bool (*visit)(void*, int),
                   void* context);

// The text behind `key` ("NSpid:") in a /proc status file's text, spaces
// skipped, or nullptr.
const char* StatusField(const char* text, const char* key);

// The state letter of a thread of this process ('R', 'S', 'D', 'Z' ...), 0 if
// it is gone.
char ThreadStateLetter(int tid);

// How long a thread of this process has had a processor, in nanoseconds. Where
// the kernel does not count it, a clock.
uint64_t ThreadRunNs(int tid);

// The state letter of process `pid`, and its start time in clock ticks since
// boot in *start_time; 0 if it is gone.
char ProcessState(int pid, uint64_t* start_time);

// True if a process or thread has that id but is about to be gone: killed and
// not yet dead, or dead and not yet reaped.
bool IsDying(int id);

}  // namespace ckpt::sys

#endif
