// going_on.h - reading, writing and connecting as if no stop had come in
// between: what a stop of ours has ended half way goes on with the rest, and a
// socket's timeout is not begun anew. The program's own signals end such a call
// as ever. Partner: core/interruption, which tells the two apart.

#ifndef CKPT_HOOKS_GOING_ON_H
#define CKPT_HOOKS_GOING_ON_H

#include <stdint.h>

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

extern const Operation kRead, kReadv, kWrite, kWritev, kRecvfrom, kRecvmsg,
    kRecvmmsg, kSendto, kSendmsg, kSendmmsg, kAccept, kAccept4, kConnect,
    kSendfile, kCopyFileRange, kGetrandom;

// A socket has got a timeout: from now on each call notes when it begins. That
// costs as much as a short call.
void ExpectSocketTimeouts();

// The operation of a call by number, or nullptr.
const Operation* OperationOf(long number);

// Calls ask(state, arguments) until the whole is done; -1 with errno, as the C
// library does.
long GoOn(const Operation& operation, const long* arguments,
          long (*ask)(void* state, const long* arguments), void* state);

template <typename Ask>
long GoOn(const Operation& operation, const long (&arguments)[6], Ask ask) {
  return GoOn(
      operation, arguments,
      [](void* state, const long* a) {
        return static_cast<long>((*static_cast<Ask*>(state))(a));
      },
      &ask);
}

}  // namespace ckpt::hooks

#endif
