// mutex_protocol.h - whether the doors in mutex_x86_64.S may do it themselves.

#ifndef CKPT_HOOKS_MUTEX_PROTOCOL_H
#define CKPT_HOOKS_MUTEX_PROTOCOL_H

namespace ckpt::hooks {

// At the start, with one thread: decides.
void CheckMutexProtocol();

}  // namespace ckpt::hooks

#endif
