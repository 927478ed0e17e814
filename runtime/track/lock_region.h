// lock_region.h - lock code of our own that no signal is to see half done
// (hooks/mutex_x86_64.S): where a thread stands in it, and how a handler takes
// it out, to the beginning or to the end. After that the thread's table and the
// lock word agree.
//
// Included by the assembly: only the numbers are for it.

#ifndef CKPT_TRACK_LOCK_REGION_H
#define CKPT_TRACK_LOCK_REGION_H

// Of track::Slot.
#define CKPT_SLOT_TID 4
#define CKPT_SLOT_LOCK_DEPTH 8
#define CKPT_SLOT_LOCKS 64
#define CKPT_INLINE_LOCKS 64
// Of pthread_mutex_t.
#define CKPT_MUTEX_WORD 0
#define CKPT_MUTEX_COUNT 4
#define CKPT_MUTEX_OWNER 8
#define CKPT_MUTEX_USERS 12
#define CKPT_MUTEX_KIND 16
// Of pthread_rwlock_t.
#define CKPT_RWLOCK_READERS 0
#define CKPT_RWLOCK_PHASE_FUTEX 8
#define CKPT_RWLOCK_WRITERS_FUTEX 12
#define CKPT_RWLOCK_WRITER 24
#define CKPT_RWLOCK_SHARED 28
#define CKPT_RWLOCK_FLAGS 48

// What a handler does for a thread in the region before it moves it to the
// row's target. ecx holds the new depth of the thread's table, rdi the lock.
#define CKPT_REGION_OWNER 1      // owner = the thread's id
#define CKPT_REGION_USERS 2      // one user more
#define CKPT_REGION_DEPTH 4      // depth = ecx
#define CKPT_REGION_COUNT_ONE 8  // count = 1
#define CKPT_REGION_COUNT_UP 16  // count one up
#define CKPT_REGION_IF_ZERO 32   // if ZF is set; else the row does not apply
#define CKPT_REGION_PUSH 64      // the mutex as the newest, depth = ecx
#define CKPT_REGION_STAY 128     // all is done: the thread stays where it is
#define CKPT_REGION_SECOND 256   // the newest takes the place before it, then
                                 // depth = ecx
// Of a read-write lock.
#define CKPT_REGION_WRITER 512   // the writer = the thread's id
#define CKPT_REGION_FUTEX 1024   // writers' futex = 1
#define CKPT_REGION_PHASE 2048   // phase's futex = 1 if eax, what the word was,
                                 // is 0
#define CKPT_REGION_FUTEX_BACK 4096    // writers' futex = esi
#define CKPT_REGION_PUSH_READER 8192   // as PUSH, with the tag of a reader
#define CKPT_REGION_PUSH_WRITER 16384  // or of a writer

#ifndef __ASSEMBLER__

#include <stdint.h>
#include <ucontext.h>

#include "track/registry.h"

namespace ckpt::track {

// In a handler, before anything looks at the thread's locks or changes them (a
// handler of the program's may lock and unlock): a thread found in the region
// goes to its beginning or to its end. `slot` is the thread's.
void LeaveLockRegion(Slot* slot, ucontext_t* frame);

}  // namespace ckpt::track

#endif

#endif
