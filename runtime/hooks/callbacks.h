// callbacks.h - the thread in which the program's callbacks run
// (core/callbacks).

#ifndef CKPT_HOOKS_CALLBACKS_H
#define CKPT_HOOKS_CALLBACKS_H

namespace ckpt::hooks {

// Starts it, if the program has callbacks and is checkpointed. 0 or an errno.
int StartCallbackThread();

// The calling thread is the main thread, and is about to end without the
// program.
void LeaveToOthers();

// True in a callback.
bool IsInCallback();

}  // namespace ckpt::hooks

#endif
