// pending.h - signals that the program was sent and has not got yet, with all
// that is known of them (docs/stop-the-world.md, "Pending signals"). The kernel
// shows a process only what it takes out of a queue. So each is taken out and
// queued again at once, in the same order; a thread's own by the thread.

#ifndef CKPT_CORE_PENDING_H
#define CKPT_CORE_PENDING_H

#include "base/arena.h"
#include "base/line.h"
#include "core/thread_list.h"
#include "image/writer.h"
#include "restore/plan.h"
#include "sys/signal.h"
#include "track/registry.h"

namespace ckpt::core {

// No libc, as all of this. One user at a time, with all signals blocked.
class PendingTable {
 public:
  explicit PendingTable(Arena* arena);

  // Takes the next signal of `set` out of the calling thread's queues, its own
  // one first; nullptr if there is none, or no room.
  image::PendingRecord* Take(sys::SignalSet set, uint32_t thread);
  // The last one is not to be put back, nor recorded.
  void Drop() { --size_; }
  // Queues all from `first` on again.
  void PutBack(size_t first) const;

  size_t size() const { return size_; }
  bool HasRoomFor(uint64_t count) const { return count <= capacity_; }
  const image::PendingRecord& operator[](size_t i) const { return data_[i]; }
  Span<image::PendingRecord> records() const { return {data_, size_}; }

 private:
  image::PendingRecord* data_;
  size_t size_ = 0, capacity_;
};

// World stopped, threads recorded. Sets the `pending` of the process and of the
// threads. False with a reason if the table may be too small for what waits.
bool FindPending(const ThreadList& list, const PendingTable& table,
                 image::Parts* parts, Line* reason);

// World stopped, after FindPending and when timers are recorded. Signals of
// timers, which would begin to count anew, are left alone (core/timers).
void RecordPending(image::Parts* parts, PendingTable* table);

// In a parked thread: what RecordPending asks of it.
void RunErrand(track::Slot* slot);
inline void RunErrandIfAny(track::Slot* slot) {
  // Acquire pairs with RecordPending's release.
  if (slot->errand.load(std::memory_order_acquire) != 0) RunErrand(slot);
}

// In a restored process, before its threads run. Sends what waited for the
// process, or, in that thread, for the thread with this record.
void SendPendingToProcess(const restore::Plan& plan);
void SendPendingToThread(const restore::Plan& plan,
                         const image::ThreadRecord* record);

}  // namespace ckpt::core

#endif
