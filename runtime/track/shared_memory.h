// shared_memory.h - POSIX shared memory, and the C library's named semaphores
// in it: files whose directory is memory. A program that has one mapped means
// memory and no file. No libc; world stopped, or in the loader.

#ifndef CKPT_TRACK_SHARED_MEMORY_H
#define CKPT_TRACK_SHARED_MEMORY_H

#include <stdint.h>

#include "base/line.h"

namespace ckpt::track {

bool IsSharedMemory(const char* path);

// The name that a file there has now. It may have been mapped under another
// one: sem_open makes the semaphore first and gives it its name when it is
// whole. False if it has none.
bool NameOfSharedMemory(uint64_t inode, PathLine* name);

}  // namespace ckpt::track

#endif
