// registry.h - the thread table (the paper, section 3.4): one slot per thread,
// reached through a thread-local pointer, written by its own thread alone
// except where a field says otherwise.
//
// The table is a reservation of address space whose untouched slots cost
// nothing. Slots are taken and given back without a lock, because a thread
// parked by the stop signal may be in the middle of either. Which threads exist
// is the kernel's to say (/proc/self/task); a slot only adds what it does not
// tell.

#ifndef CKPT_TRACK_REGISTRY_H
#define CKPT_TRACK_REGISTRY_H

#include <pthread.h>
#include <stdint.h>

#include <atomic>

#include "image/format.h"
#include "track/cpu_time.h"

namespace ckpt::track {

constexpr uint32_t kInlineLocks = 64;
constexpr uint32_t kMaxThreads = 1 << 16;
// Visible thread ids from here on are not the kernel's (PID_MAX_LIMIT).
constexpr int32_t kFirstInventedId = 1 << 22;

// Until when the thread waits in a call with a relative timeout. `argument`
// tells the call from others of its number: what is polled, or the timespec
// that the kernel reads, which is then the hook's own.
struct Timeout {
  uint32_t call;  // system call number, 0: none
  uint32_t clock;
  uint64_t deadline_ns;
  uint64_t argument;
};

// Aligned: no two threads write one line of the cache.
struct alignas(64) Slot {
  std::atomic<uint32_t> used;  // 1: taken. Acquired by CAS, released by store.
                               // 2: taken, and for a moment looked at by a
                               // thread that thinks its owner gone
  std::atomic<int32_t> tid;    // kernel thread id

  // Mutexes, oldest first (track/locks). `wanted` is the intent, set before the
  // mutex is asked for. What the doors in assembly use is at fixed places
  // (track/lock_region.h).
  uint32_t lock_depth;
  uint32_t spill_capacity;
  pthread_mutex_t** spill;  // locks from kInlineLocks on
  pthread_mutex_t* wanted;
  pthread_cond_t* waiting_on;  // condition that `wanted` was released into
  int32_t vtid;                // the id that the program has seen
  std::atomic<uint32_t> left;  // 1: by LeaveSlot
  uint32_t tidy_at;  // with so many locks stale ones are looked for
  alignas(64) pthread_mutex_t* locks[kInlineLocks];

  // How the thread was started, for the thread that creates it and for
  // `ckpt info`.
  void* (*start_routine)(void*);
  void* start_argument;

  // What the thread is doing in a hook that may block.
  image::ThreadState state;
  // Not 0 while it is in a function of the C library that makes a child and
  // waits for it.
  uint32_t waits_inside;
  uint64_t wait_object;
  Timeout timeout;
  // Calls that a stop has interrupted and that no signal of the program's has;
  // handlers of the program's that have run. Hooks that may have to go on with
  // a call compare them with what they were before it.
  uint32_t interruptions;
  uint32_t program_handlers;
  CpuAccount cpu;

  // The stop protocol (core/safepoint, core/stop_the_world).
  std::atomic<uint32_t> parked;  // sequence number of the stop it is parked in
  std::atomic<uint32_t> deferred;  // the stop that it puts off for a moment, to
                                   // be signalled again; 0: none
  uint32_t deferral_stop;          // the stop that `deferrals` counts in
  uint32_t deferrals;
  uint32_t borrows;              // 1: it was reached by core's kBorrowedSignal
  std::atomic<uint64_t> errand;  // what it is to do while it is parked
                                 // (core/pending); 0: nothing
  int32_t tid_at_stop;  // `tid` in the image; differs after a restart
                        // under new identities
  uint64_t frame;       // ucontext_t of the stop signal
  uint64_t fs_base, gs_base;
  uint64_t tid_address;
  uint64_t robust_list, robust_list_size;
  char name[16];
  image::ThreadSettings settings;   // at the last stop
  image::ThreadSettings unreached;  // what a restart could not set up again
};

extern constinit thread_local Slot* t_slot;

// Reserves the table. 0 or -errno.
long InitRegistry();

// Takes a slot for the calling thread. Never fails short of kMaxThreads
// threads; then it ends the program with one line. Runs in handlers too. It
// keeps the registers: those who seldom need it pay nothing for it.
__attribute__((preserve_most)) Slot* Register();

// The calling thread's slot. Runs in handlers too.
inline Slot* Self() {
  Slot* slot = t_slot;
  return __builtin_expect(slot != nullptr, 1) ? slot : Register();
}

// A slot for a thread that is about to be created; it becomes that thread's own
// by AdoptSlot.
Slot* TakeSlot();
void AdoptSlot(Slot* slot);
void ReleaseSlot(Slot* slot);

// The calling thread's function has ended. Destructors of its thread-local data
// are still to run and may take locks, wait and ask for their id, so the slot
// stays its own; it is free when the kernel knows no such thread any more.
void LeaveSlot(Slot* slot);
// In a forked child: the calling thread has another id now, the others are not
// there.
void BecomeOnlyThread();
void ForgetOtherThreads();

// Enters the calling thread's id. Runs in handlers too.
void NoteTid(Slot* slot);

// In a restored process, before its threads run: ids read earlier are stale.
void BeginEpoch();

// Counts restarts: an id read in one epoch means nothing in the next. Acquire
// pairs with BeginEpoch.
extern constinit std::atomic<uint32_t> g_epoch
    __attribute__((visibility("hidden")));
inline uint32_t Epoch() { return g_epoch.load(std::memory_order_acquire); }

// Calls ask() until no restart falls into it: what it has read of one life and
// what it compares it with would be of two.
template <typename Ask>
void Settled(Ask ask) {
  uint32_t epoch;
  do {
    epoch = Epoch();
    ask();
  } while (__builtin_expect(Epoch() != epoch, 0));
}

// All slots ever used lie in [FirstSlot(), FirstSlot() + SlotCount()).
Slot* FirstSlot();
uint32_t SlotCount();

// With the world stopped: gives back the slots of threads that are gone, that
// is, which are not parked in stop `sequence`.
void ReleaseStaleSlots(uint32_t sequence);

}  // namespace ckpt::track

#endif
