// hooks_rwlock_test.cpp - the doors of the read-write locks, executed one
// instruction at a time: wherever a signal finds a thread, after
// LeaveLockRegion the lock and the thread's table agree, and the call still has
// its result. What the doors make of a lock is what the C library makes of it.

#include <gtest/gtest.h>

#include "mutex_questions.h"
#include "stepping.h"
#include "track/lock_region.h"
#include "track/locks.h"

extern "C" {
int __ckpt_pthread_rwlock_rdlock(pthread_rwlock_t*);
int __ckpt_pthread_rwlock_tryrdlock(pthread_rwlock_t*);
int __ckpt_pthread_rwlock_wrlock(pthread_rwlock_t*);
int __ckpt_pthread_rwlock_trywrlock(pthread_rwlock_t*);
int __ckpt_pthread_rwlock_unlock(pthread_rwlock_t*);
}

namespace ckpt::track {
namespace {

constexpr int kTid = 4711, kNewTid = 815;

// The words of a lock that change.
struct Words {
  unsigned readers, phase_futex, writers_futex;
  int writer;
  bool operator==(const Words&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Words& w) {
  return out << w.readers << "/" << w.phase_futex << "/" << w.writers_futex
             << "/" << w.writer;
}

pthread_rwlock_t g_lock;
Slot* g_slot;
int g_new_tid;
bool g_agree;

Words Now() {
  const auto& l = g_lock.__data;
  return {l.__readers, l.__wrphase_futex, l.__writers_futex, l.__cur_writer};
}

void Make(const Words& w) {
  g_lock = {};
  auto& l = g_lock.__data;
  l.__readers = w.readers;
  l.__wrphase_futex = w.phase_futex;
  l.__writers_futex = w.writers_futex;
  l.__cur_writer = w.writer;
}

uint32_t Entries(bool writer) {
  uint32_t n = 0;
  for (uint32_t i = 0; i < g_slot->lock_depth; ++i) {
    n += LockAt(g_slot, i) == TagRwlock(&g_lock, writer) ? 1 : 0;
  }
  return n;
}

unsigned g_other_readers;  // not of this thread

// True if the lock is as the table says: nobody is half way.
bool Agree() {
  const Words w = Now();
  const uint32_t reads = Entries(false), writes = Entries(true);
  if (writes != 0) {
    return (w.readers & 3) == 3 && w.writer == g_slot->tid.load() &&
           (w.writers_futex & 1) != 0 && (w.phase_futex & 1) != 0;
  }
  return w.writer == 0 && (w.readers & 2) == 0 && w.writers_futex == 0 &&
         w.readers >> 3 == reads + g_other_readers;
}

void AtStep(ucontext_t* frame) {
  LeaveLockRegion(g_slot, frame);
  g_agree = Agree();
  if (g_new_tid != 0) {
    g_slot->tid = g_new_tid;
    if (Entries(true) != 0) g_lock.__data.__cur_writer = g_new_tid;
  }
}

int ReadLock() { return __ckpt_pthread_rwlock_rdlock(&g_lock); }
int TryReadLock() { return __ckpt_pthread_rwlock_tryrdlock(&g_lock); }
int WriteLock() { return __ckpt_pthread_rwlock_wrlock(&g_lock); }
int TryWriteLock() { return __ckpt_pthread_rwlock_trywrlock(&g_lock); }
int Unlock() { return __ckpt_pthread_rwlock_unlock(&g_lock); }

struct Case {
  const char* name;
  int (*call)();
  Words before, after;
  uint32_t reads_before, writes_before, reads_after, writes_after;
  unsigned other_readers = 0;
};

constexpr Words kFree{0, 0, 0, 0}, kLeft{1, 1, 0, 0}, kRead{8, 0, 0, 0};
constexpr Words kWritten{3, 1, 1, kTid};

class RwDoors : public testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    g_slot = Self();
    test::g_at_step = AtStep;
  }

  void Prepare() {
    const Case& c = GetParam();
    g_slot->tid = kTid;
    g_slot->lock_depth = 0;
    Make(c.before);
    g_other_readers = c.other_readers;
    for (uint32_t i = 0; i < c.reads_before; ++i) {
      PushLock(g_slot, TagRwlock(&g_lock, false));
    }
    for (uint32_t i = 0; i < c.writes_before; ++i) {
      PushLock(g_slot, TagRwlock(&g_lock, true));
    }
    test::g_reached = false;
    g_agree = true;
  }

  void Interrupt(int new_tid) {
    const Case& c = GetParam();
    for (int step = 0;; ++step) {
      Prepare();
      g_new_tid = new_tid;
      test::g_steps_left = step;
      ASSERT_EQ(test::Stepped(c.call), 0) << "step " << step;
      Words after = c.after;
      if (test::g_reached && new_tid != 0 && after.writer != 0) {
        after.writer = new_tid;
      }
      ASSERT_EQ(Now(), after) << "step " << step;
      ASSERT_TRUE(g_agree) << "step " << step;
      ASSERT_TRUE(Agree()) << "step " << step;
      ASSERT_EQ(Entries(false), c.reads_after) << "step " << step;
      ASSERT_EQ(Entries(true), c.writes_after) << "step " << step;
      if (!test::g_reached) {
        ASSERT_GT(step, 9);
        break;
      }
      ASSERT_LT(step, 200);
    }
    g_slot->lock_depth = 0;
  }

  test::Stepping stepping_;
};

TEST_P(RwDoors, OneInstructionAtATime) { Interrupt(0); }
TEST_P(RwDoors, OneInstructionAtATimeAndAnotherId) { Interrupt(kNewTid); }

// The C library makes the same of it.
TEST_P(RwDoors, DoAsTheLibraryDoes) {
  const Case& c = GetParam();
  Prepare();
  // It compares with its own id.
  const int tid = gettid();
  if (c.before.writer != 0) g_lock.__data.__cur_writer = tid;
  Words after = c.after;
  if (after.writer != 0) after.writer = tid;
  const int r = c.call == ReadLock       ? pthread_rwlock_rdlock(&g_lock)
                : c.call == TryReadLock  ? pthread_rwlock_tryrdlock(&g_lock)
                : c.call == WriteLock    ? pthread_rwlock_wrlock(&g_lock)
                : c.call == TryWriteLock ? pthread_rwlock_trywrlock(&g_lock)
                                         : pthread_rwlock_unlock(&g_lock);
  EXPECT_EQ(r, 0);
  EXPECT_EQ(Now(), after);
  g_slot->lock_depth = 0;
}

TEST_P(RwDoors, AskForAllWhereTheLibraryIsForeign) {
  Prepare();
  __ckpt_foreign_rwlocks = ~0u;
  EXPECT_EQ(GetParam().call(), kAsked);
  __ckpt_foreign_rwlocks = 0;
  g_slot->lock_depth = 0;
}

INSTANTIATE_TEST_SUITE_P(
    Rwlocks, RwDoors,
    testing::Values(
        Case{"read", ReadLock, kFree, kRead, 0, 0, 1, 0},
        Case{"read_again", ReadLock, kRead, {16, 0, 0, 0}, 1, 0, 2, 0},
        Case{"read_with_others", ReadLock, {24, 0, 0, 0}, {32, 0, 0, 0}, 0, 0,
             1, 0, 3},
        Case{"tryread", TryReadLock, kFree, kRead, 0, 0, 1, 0},
        Case{"write", WriteLock, kFree, kWritten, 0, 0, 0, 1},
        Case{"write_after_a_writer", WriteLock, kLeft, kWritten, 0, 0, 0, 1},
        Case{"trywrite", TryWriteLock, kFree, kWritten, 0, 0, 0, 1},
        Case{"trywrite_after_a_writer", TryWriteLock, kLeft, kWritten, 0, 0, 0,
             1},
        Case{"unlock_read", Unlock, kRead, kFree, 1, 0, 0, 0},
        Case{"unlock_read_once", Unlock, {16, 0, 0, 0}, kRead, 2, 0, 1, 0},
        Case{"unlock_read_with_others", Unlock, {24, 0, 0, 0}, {16, 0, 0, 0}, 1,
             0, 0, 0, 2},
        Case{"unlock_write", Unlock, kWritten, kLeft, 0, 1, 0, 0},
        Case{"unlock_write_with_writers", Unlock, {3, 1, 3, kTid}, kLeft, 0, 1,
             0, 0},
        Case{"unlock_write_with_readers", Unlock, {3 + 16, 1, 1, kTid},
             {16, 0, 0, 0}, 0, 1, 0, 0, 2},
        Case{"unlock_write_with_sleeping_readers", Unlock,
             {3 + 16, 3, 1, kTid}, {16, 0, 0, 0}, 0, 1, 0, 0, 2},
        Case{"unlock_write_with_both", Unlock, {3 + 8, 3, 3, kTid},
             {8, 0, 0, 0}, 0, 1, 0, 0, 1}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(RwDoorsTable, WhatIsNotFreeIsAskedFor) {
  g_slot = Self();
  g_slot->tid = kTid;
  for (const Words& w : {Words{3, 1, 1, 99}, Words{3, 1, 1, kTid},
                         Words{8 + 4, 0, 0, 0}, Words{2, 0, 1, 99},
                         Words{1 + 8, 1, 0, 0}}) {
    for (auto call : {ReadLock, TryReadLock, WriteLock, TryWriteLock}) {
      g_slot->lock_depth = 0;
      Make(w);
      EXPECT_EQ(call(), kAsked) << w;
      EXPECT_EQ(Now(), w);
    }
  }
  // A lock that a writer has left is still the writers'.
  Make(kLeft);
  EXPECT_EQ(ReadLock(), kAsked);
  // One that is read is not free for a writer.
  Make(kRead);
  EXPECT_EQ(WriteLock(), kAsked);
  // So many readers cannot be.
  Make({(1u << 31) - 8, 0, 0, 0});
  EXPECT_EQ(ReadLock(), kAsked);
  g_slot->lock_depth = 0;
}

TEST(RwDoorsTable, WhatIsNotTheNewestLockIsAskedFor) {
  g_slot = Self();
  g_slot->tid = kTid;
  g_slot->lock_depth = 0;
  Make(kRead);
  EXPECT_EQ(Unlock(), kAsked);
  PushLock(g_slot, TagRwlock(&g_lock, true));
  EXPECT_EQ(Unlock(), kAsked);  // the table says writer, the lock says reader
  g_slot->lock_depth = 0;
  PushLock(g_slot, TagRwlock(&g_lock, false));
  pthread_mutex_t newer = {};
  PushLock(g_slot, &newer);
  EXPECT_EQ(Unlock(), kAsked);
  g_slot->lock_depth = 0;
}

TEST(RwDoorsTable, WritersFirstAndSharedOnesAreAskedFor) {
  g_slot = Self();
  g_slot->tid = kTid;
  g_slot->lock_depth = 0;
  PushLock(g_slot, TagRwlock(&g_lock, true));
  Make(kWritten);
  g_lock.__data.__flags = PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP;
  EXPECT_EQ(Unlock(), kAsked);
  Make(kWritten);
  g_lock.__data.__shared = 1;
  EXPECT_EQ(Unlock(), kAsked);
  EXPECT_EQ(Now(), kWritten);
  g_slot->lock_depth = 0;
}

TEST(RwDoorsTable, WhatIsFullIsAskedFor) {
  g_slot = Self();
  g_slot->tid = kTid;
  g_slot->lock_depth = kInlineLocks;
  Make(kFree);
  for (auto call : {ReadLock, TryReadLock, WriteLock, TryWriteLock}) {
    EXPECT_EQ(call(), kAsked);
  }
  EXPECT_EQ(Now(), kFree);
  g_slot->lock_depth = 0;
}

}  // namespace
}  // namespace ckpt::track
