// identity.h - the ids that the program has seen, and the real ones. They
// differ after a restart under new identities. Callable by any thread.

#ifndef CKPT_CORE_IDENTITY_H
#define CKPT_CORE_IDENTITY_H

namespace ckpt::core {

// What getpid and gettid answer.
int VisiblePid();
int VisibleTid();

// What getppid answers for `real`.
int VisibleParent(int real);

// The real id behind one that the program uses; the same number if it is none
// of this process's.
int RealPid(int visible);
int RealTid(int visible);

}  // namespace ckpt::core

#endif
