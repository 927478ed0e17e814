// handlers.h - the program's signal handlers. The kernel is told the address
// of an entry of ours in place of each (handlers_x86_64.S), which looks at what
// the signal has interrupted and jumps to the handler: no frame of ours stays.
//
// An entry belongs to one handler for good, and what is asked about a handler
// is asked of the entry. So dispositions live in the kernel alone: changing one
// is as atomic as ever, a child between vfork and exec has its own, and a
// signal that is on its way meets the handler that it was delivered to.
//
// Callable anywhere; no locks.

#ifndef CKPT_TRACK_HANDLERS_H
#define CKPT_TRACK_HANDLERS_H

#include <stdint.h>

namespace ckpt::track {

// More distinct handlers than these go without an entry.
constexpr uint32_t kHandlerEntries = 512;

struct Handler {
  uint64_t address;
  bool restarts;      // SA_RESTART
  uint32_t withheld;  // which reserved signals were taken out of its mask;
                      // 2 bits
};

// The address to give the kernel for a handler; its own if there is no entry
// left for it.
uint64_t EntryOf(const Handler& handler);

bool IsEntry(uint64_t address);

// Handler::restarts, of a word of the table.
bool Restarts(uint64_t word);

// The handler behind what the kernel has; one that is none of our entries is
// its own.
Handler HandlerAt(uint64_t address);

}  // namespace ckpt::track

#endif
