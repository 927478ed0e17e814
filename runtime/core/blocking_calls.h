// blocking_calls.h - what a signal does to each system call that may wait
// (signal(7), the kernel's sources). docs/limits.md has the same as a table.
// In handlers and with the world stopped.

#ifndef CKPT_CORE_BLOCKING_CALLS_H
#define CKPT_CORE_BLOCKING_CALLS_H

#include <stdint.h>
#include <time.h>

namespace ckpt::core {

// kNotKnown  nothing is known: never made again by us
// kRestarts  after a handler with SA_RESTART the kernel makes it again
// kEnds      the kernel ends it with EINTR after any handler
// kEither    depends on the descriptor, on its timeout or on the futex
// EINTR from one of the last three means that nothing has happened.
enum class OnSignal { kNotKnown, kRestarts, kEnds, kEither };

// Of the call whose number and arguments these are.
OnSignal WhatASignalDoes(long number, const long* arguments);

// The argument that holds a relative timeout which the kernel does not write
// back.
struct RelativeTimeout {
  int argument = -1;  // 0 to 5; -1: the call has none
  bool in_ms = false;  // a number, else a pointer to a timespec
  int recognised = 0;  // the argument by which a hook's note knows the call
  int left = -1;       // the argument that the kernel writes the rest to
  clockid_t clock = CLOCK_MONOTONIC;
};

// The same whether or not this very call was given one.
RelativeTimeout TimeoutOf(long number, const long* arguments);
// True if it was; its length in nanoseconds.
bool Given(const RelativeTimeout& relative, const long* arguments,
           uint64_t* ns);

// Of a timeout in milliseconds: never early.
constexpr long ToMs(uint64_t ns) {
  const uint64_t ms = ns / 1000000 + (ns % 1000000 != 0);
  return static_cast<long>(ms < __INT_MAX__ ? ms : __INT_MAX__);
}

}  // namespace ckpt::core

#endif
