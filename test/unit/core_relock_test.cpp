// core_relock_test.cpp - locks follow their threads to new ids.

#include "core/relock.h"

#include <gtest/gtest.h>

#include <vector>

#include "track/linker_locks.h"
#include "track/locks.h"

namespace ckpt::core {
namespace {

constexpr uint32_t kStop = 5;

class RelockTest : public testing::Test {
 protected:
  void TearDown() override {
    for (track::Slot* slot : slots_) track::ReleaseSlot(slot);
  }

  // A thread that had id `old_tid` at the stop and will have `new_tid`. Only in
  // the end: there is no such thread, and the registry would take notice.
  track::Slot* Thread(int old_tid, int new_tid, uint32_t stop = kStop) {
    track::Slot* slot = track::TakeSlot();
    slot->tid_at_stop = old_tid;
    slot->parked.store(stop);
    slots_.push_back(slot);
    new_tids_.push_back(new_tid);
    return slot;
  }

  static pthread_mutex_t Held(int owner, int kind = PTHREAD_MUTEX_NORMAL) {
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    mutex.__data.__lock = 1;
    mutex.__data.__owner = owner;
    mutex.__data.__kind = kind;
    return mutex;
  }

  void RelockAll() {
    for (size_t i = 0; i < slots_.size(); ++i) {
      slots_[i]->tid.store(new_tids_[i]);
    }
    Relock(kStop);
  }

  std::vector<track::Slot*> slots_;
  std::vector<int> new_tids_;
};

TEST_F(RelockTest, TheOwnerFollows) {
  pthread_mutex_t mutex = Held(100);
  track::PushLock(Thread(100, 200), &mutex);
  RelockAll();
  EXPECT_EQ(mutex.__data.__owner, 200);
  EXPECT_EQ(mutex.__data.__lock, 1);
}

TEST_F(RelockTest, IdsThatWereAnothersAreNotTakenTwice) {
  // 100 becomes 101, 101 becomes 102, 102 becomes 100.
  pthread_mutex_t a = Held(100), b = Held(101), c = Held(102);
  track::PushLock(Thread(100, 101), &a);
  track::PushLock(Thread(101, 102), &b);
  track::PushLock(Thread(102, 100), &c);
  RelockAll();
  EXPECT_EQ(a.__data.__owner, 101);
  EXPECT_EQ(b.__data.__owner, 102);
  EXPECT_EQ(c.__data.__owner, 100);
}

TEST_F(RelockTest, AnEntryInTwoListsBelongsToTheOwner) {
  // The first thread's entry is stale: the second one has the mutex.
  pthread_mutex_t mutex = Held(101);
  track::PushLock(Thread(100, 101), &mutex);
  track::PushLock(Thread(101, 100), &mutex);
  RelockAll();
  EXPECT_EQ(mutex.__data.__owner, 100);
}

TEST_F(RelockTest, WordsThatHoldTheOwnerFollowToo) {
  constexpr int kRobust = 16, kPrioInherit = 32;
  constexpr unsigned kWaiters = 0x80000000;
  for (int kind : {kRobust, kPrioInherit, kRobust | kPrioInherit}) {
    pthread_mutex_t mutex = Held(100, kind);
    mutex.__data.__lock = static_cast<int>(kWaiters | 100);
    track::PushLock(Thread(100, 200), &mutex);
    RelockAll();
    EXPECT_EQ(static_cast<unsigned>(mutex.__data.__lock), kWaiters | 200);
    EXPECT_EQ(mutex.__data.__owner, 200);
    TearDown();
    slots_.clear();
    new_tids_.clear();
  }
}

TEST_F(RelockTest, StaleEntriesAreLeftAlone) {
  pthread_mutex_t free = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_t others = Held(999);
  track::Slot* slot = Thread(100, 200);
  track::PushLock(slot, &free);
  track::PushLock(slot, &others);
  track::PushLock(slot, nullptr);
  RelockAll();
  EXPECT_EQ(free.__data.__owner, 0);
  EXPECT_EQ(others.__data.__owner, 999);
}

TEST_F(RelockTest, WhatIsNoLockAnyMoreIsLeftAlone) {
  track::Slot* slot = Thread(100, 200);
  std::vector<std::vector<int>> freed;
  for (const int value : {100, -1, 1 << 29, 100 | 1 << 29, 200 | 1 << 29}) {
    freed.emplace_back(16, value);
  }
  const auto before = freed;
  for (auto& data : freed) {
    auto* mutex = reinterpret_cast<pthread_mutex_t*>(data.data());
    track::PushLock(slot, mutex);
    auto* lock = reinterpret_cast<pthread_rwlock_t*>(data.data());
    track::PushLock(slot, track::TagRwlock(lock, true));
  }
  RelockAll();
  EXPECT_EQ(freed, before);
}

TEST_F(RelockTest, TheSameIdsAndOtherStopsNeedNothing) {
  pthread_mutex_t same = Held(100), gone = Held(101);
  track::PushLock(Thread(100, 100), &same);
  track::PushLock(Thread(101, 201, kStop - 1), &gone);
  RelockAll();
  EXPECT_EQ(same.__data.__owner, 100);
  EXPECT_EQ(gone.__data.__owner, 101);
}

TEST_F(RelockTest, TheOneAskedForMayBeOwnedAlready) {
  pthread_mutex_t mutex = Held(100);
  Thread(100, 200)->wanted = &mutex;
  RelockAll();
  EXPECT_EQ(mutex.__data.__owner, 200);
}

TEST_F(RelockTest, AReleasedOneIsNot) {
  pthread_mutex_t mutex = Held(100);
  pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
  track::Slot* slot = Thread(100, 200);
  slot->wanted = &mutex;
  slot->waiting_on = &condition;
  RelockAll();
  EXPECT_EQ(mutex.__data.__owner, 100);
}

TEST_F(RelockTest, WritersFollow) {
  pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
  lock.__data.__readers = 2;  // write-locked
  lock.__data.__cur_writer = 100;
  track::PushLock(Thread(100, 200), track::TagRwlock(&lock, true));
  RelockAll();
  EXPECT_EQ(lock.__data.__cur_writer, 200);
}

TEST_F(RelockTest, AnInconsistentOneHasItsOwnerInTheWordAlone) {
  constexpr int kRobust = 16;
  pthread_mutex_t mutex = Held(0x7fffffff, kRobust);  // after EOWNERDEAD
  mutex.__data.__lock = 100;
  track::PushLock(Thread(100, 200), &mutex);
  RelockAll();
  EXPECT_EQ(mutex.__data.__lock, 200);
  EXPECT_EQ(mutex.__data.__owner, 0x7fffffff);
}

TEST_F(RelockTest, TheLinkersLocksFollow) {
  static struct {  // the range that is noted stays so
    uint64_t before[3];
    pthread_mutex_t lock;
    uint64_t behind[3];
  } data;
  data.lock = Held(100, PTHREAD_MUTEX_RECURSIVE);
  data.lock.__data.__count = 1;
  track::NoteLinkerData(reinterpret_cast<uint64_t>(&data),
                        reinterpret_cast<uint64_t>(&data + 1));
  Thread(100, 200);
  RelockAll();
  EXPECT_EQ(data.lock.__data.__owner, 200);
}

TEST(Moves, OnlyWhatHoldsNoIdInARegister) {
  image::LockRecord lock{};
  lock.kind = PTHREAD_MUTEX_ERRORCHECK;
  EXPECT_TRUE(Moves(lock));  // held
  lock.state = image::LockState::kWanted;
  EXPECT_TRUE(Moves(lock));
  lock.state = image::LockState::kInFlight;
  for (const uint32_t kind :
       {unsigned{PTHREAD_MUTEX_ERRORCHECK}, unsigned{PTHREAD_MUTEX_RECURSIVE},
        16u, 32u, 48u, 64u}) {
    lock.kind = kind;
    EXPECT_FALSE(Moves(lock)) << kind;
    lock.kind = kind | 128;  // shared by processes
    EXPECT_FALSE(Moves(lock)) << kind;
  }
  lock.kind = image::kRwlockKind;
  EXPECT_FALSE(Moves(lock));
  for (const uint32_t kind :
       {unsigned{PTHREAD_MUTEX_NORMAL}, unsigned{PTHREAD_MUTEX_ADAPTIVE_NP},
        unsigned{PTHREAD_MUTEX_ADAPTIVE_NP} | 128}) {
    lock.kind = kind;
    EXPECT_TRUE(Moves(lock)) << kind;
  }
}

}  // namespace
}  // namespace ckpt::core
