// going_on.h - reading, writing and connecting as if no stop had come in
// between: what a stop of ours has ended half way goes on with the rest, and a
// socket's timeout is not begun anew. The program's own signals end such a call
// as ever. Partner: core/interruption, which tells the two apart.

#ifndef CKPT_HOOKS_GOING_ON_H
#define CKPT_HOOKS_GOING_ON_H

#include <stdint.h>

#include <atomic>

#include "track/registry.h"

namespace ckpt::hooks {

// How the rest is asked for when a call has done a part.
enum class Rest : uint8_t {
  kNone,      // there is none: it has done something or nothing
  kBytes,     // a buffer and its size: arguments `at` and `at` + 1
  kDevice,    // the same for devices that give as much as is asked for
  kVector,    // iovecs and their number: likewise
  kMessage,   // a msghdr: argument `at`
  kMessages,  // mmsghdrs and their number: likewise
  kCount,     // a size, argument `at`: the kernel moves the offsets
};

// A call: its number, and what it waits for. `events` is what poll calls that,
// `option` the socket's timeout, `late` the error when that is over. If `flags`
// is not 0 it is the argument that has the flags of recv, and the rest is asked
// for only with MSG_WAITALL, or for kMessages without MSG_WAITFORONE.
struct Operation {
  uint32_t number;
  Rest rest;
  uint8_t at;
  uint8_t flags;
  short events;
  int option;
  int late;
};

#pragma GCC visibility push(hidden)
extern const Operation kRead, kReadv, kWrite, kWritev, kRecvfrom, kRecvmsg,
    kRecvmmsg, kSendto, kSendmsg, kSendmmsg, kAccept, kAccept4, kConnect,
    kSendfile, kCopyFileRange, kGetrandom;
#pragma GCC visibility pop

// A socket has got a timeout: from now on each call notes when it begins. That
// costs as much as a short call.
void ExpectSocketTimeouts();

// The operation of a call by number, or nullptr.
const Operation* OperationOf(long number);

// 1: some socket may have a timeout. By any thread; stays.
extern constinit std::atomic<uint32_t> g_socket_timeouts
    __attribute__((visibility("hidden")));

// What a call has found in the thread's table, to be compared afterwards.
struct Counts {
  uint32_t interruptions, handlers;
};

using AskAgain = long (*)(void* state, const long* arguments);

// Calls ask(state, arguments) until the whole is done; -1 with errno, as the C
// library does.
long GoOn(const Operation& operation, const long* arguments, AskAgain ask,
          void* state);
// The same when it has been asked once, with `result`, and a stop has come in
// between; the table says so since `before`.
long GoOnAfter(const Operation& operation, const long* arguments, AskAgain ask,
               void* state, long result, Counts before);

// In the common case there is a note in the table, the call, and a look whether
// a stop has come in between.
template <typename Ask>
inline long GoOn(const Operation& operation, const long (&arguments)[6],
                 Ask ask) {
  const AskAgain again = [](void* state, const long* a) {
    return static_cast<long>((*static_cast<Ask*>(state))(a));
  };
  track::Slot* slot = track::Self();
  // A handler of the program's may be on top of a call that has a note.
  if (__builtin_expect(
          slot->timeout.call != 0 ||
              g_socket_timeouts.load(std::memory_order_relaxed) != 0,
          0)) {
    return GoOn(operation, arguments, again, &ask);
  }
  const Counts before{slot->interruptions, slot->program_handlers};
  slot->timeout.argument = static_cast<uint64_t>(arguments[0]);
  slot->timeout.clock = 1;  // CLOCK_MONOTONIC
  slot->timeout.deadline_ns = 0;
  asm volatile("" ::: "memory");
  slot->timeout.call = operation.number;
  asm volatile("" ::: "memory");
  const long result = static_cast<long>(ask(arguments));
  asm volatile("" ::: "memory");
  if (__builtin_expect(slot->interruptions != before.interruptions, 0)) {
    return GoOnAfter(operation, arguments, again, &ask, result, before);
  }
  slot->timeout.call = 0;
  return result;
}

}  // namespace ckpt::hooks

#endif
