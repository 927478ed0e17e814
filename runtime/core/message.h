// message.h - what the runtime tells the user: one line on standard error,
// `ckpt: ...`, written at once. Safe in handlers and with the world stopped.

#ifndef CKPT_CORE_MESSAGE_H
#define CKPT_CORE_MESSAGE_H

#include "base/line.h"

namespace ckpt::core {

// Exit code of a failure of the tool itself.
constexpr int kExitToolFailed = 125;
// Exit code after -x: the convention of batch schedulers.
constexpr int kExitCheckpointed = 85;

// What the user must know; silent under -q.
void Say(const Line& text);
// What is done; only under -v.
void SayVerbose(const Line& text);
// An error: always.
void SayError(const Line& text);
// An error that ends the process with kExitToolFailed.
[[noreturn]] void Fatal(const Line& text);

// ": No space left on device (errno 28)", for the errors a user can meet.
const char* ErrorName(int error);
void AddError(Line* line, long negative_errno);

}  // namespace ckpt::core

#endif
