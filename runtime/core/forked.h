// forked.h - what becomes of checkpointing in the child of a fork: it ends,
// unless the child asks for it (checkpoint_init), or is what daemon(3) has left
// of the program. In the child, by the thread that has forked; handlers
// included.

#ifndef CKPT_CORE_FORKED_H
#define CKPT_CORE_FORKED_H

namespace ckpt::core {

// The child is an ordinary process under its own id. True if its parent was the
// one that checkpoints are taken of.
bool BecomeForkedChild();

// True in a child of a process that checkpoints could be taken of, if none can
// be taken of this one.
bool IsUnprotectedChild();

// Checkpoints of this child from here on: a run of its own with the options of
// its parent.
void ProtectChild();

// The child is the program now: the same run, under another id.
void GoOnAsProgram();

}  // namespace ckpt::core

#endif
