// restorer_memory.h - the part of the restorer that changes one address space
// for another. All of it runs in the restorer only (restorer.cpp).

#ifndef CKPT_RESTORE_RESTORER_MEMORY_H
#define CKPT_RESTORE_RESTORER_MEMORY_H

#include "restore/plan.h"

namespace ckpt::restore {

constexpr int kExitToolFailed = 125;

// Says what failed, with -error if it is negative, and ends the process.
[[noreturn]] void Fail(const Plan* plan, const char* what, long error);

// A fault point, by the plan's copy of the arming.
long FaultAt(Plan* plan, fault::Point point);

// Takes the old memory away, the vdso to its place, and makes the new memory
// with its content, advice and guard pages.
void RestoreMemory(Plan* plan);

// Where the kernel thinks heap, arguments and environment are.
void RestoreLayout(const Plan* plan);

}  // namespace ckpt::restore

#endif
