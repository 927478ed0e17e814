// core_flag.h - a guardian dies as the program behind it has died, and says
// "core dumped" where that did. In the guardian, the program being gone.

#ifndef CKPT_RESTORE_CORE_FLAG_H
#define CKPT_RESTORE_CORE_FLAG_H

namespace ckpt::restore {

// The kernel sets the flag of a wait status when it has written a core, and
// only then. So the guardian is made to leave a small one where nobody sees it,
// in a file system of its own that goes with it. False if there is none to be
// had: then it must leave none, as it could take the place of the program's.
bool PrepareHiddenCore();
// None is left.
void ForbidCore();

}  // namespace ckpt::restore

#endif
