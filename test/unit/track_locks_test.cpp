// track_locks_test.cpp - a thread's lock list, and what is left of it when each
// entry is compared with its lock word.

#include "track/lock_records.h"
#include "track/locks.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <vector>

namespace ckpt::track {
namespace {

using image::LockState;

constexpr int kStopSignal = 64;

class LocksTest : public testing::Test {
 protected:
  void SetUp() override {
    slot_ = TakeSlot();
    slot_->tid.store(gettid());
  }
  void TearDown() override { ReleaseSlot(slot_); }

  void Lock(pthread_mutex_t* mutex) {
    PushLock(slot_, mutex);
    pthread_mutex_lock(mutex);
  }

  std::vector<pthread_mutex_t*> List() const {
    std::vector<pthread_mutex_t*> list;
    for (uint32_t i = 0; i < slot_->lock_depth; ++i) {
      list.push_back(LockAt(slot_, i));
    }
    return list;
  }

  std::vector<image::LockRecord> Collect(uint32_t capacity = 100) {
    std::vector<image::LockRecord> records(capacity);
    std::vector<LockSet::Entry> seen(LockSet::SizeFor(slot_->lock_depth));
    LockTable table{records.data(), capacity, 0, {},
                    {seen.data(), seen.size()}};
    CollectLocks(slot_, 3, &table);
    count_ = table.count;
    records.resize(count_ < capacity ? count_ : capacity);
    return records;
  }

  Slot* slot_;
  uint32_t count_ = 0;
};

pthread_mutex_t* Fake(uintptr_t n) {
  return reinterpret_cast<pthread_mutex_t*>(n * 64);
}

TEST_F(LocksTest, LastInFirstOut) {
  PushLock(slot_, Fake(1));
  PushLock(slot_, Fake(2));
  RemoveLock(slot_, Fake(2));
  EXPECT_EQ(List(), std::vector<pthread_mutex_t*>({Fake(1)}));
  RemoveLock(slot_, Fake(1));
  EXPECT_TRUE(List().empty());
}

TEST_F(LocksTest, AnyOrder) {
  for (uintptr_t n = 1; n <= 4; ++n) PushLock(slot_, Fake(n));
  RemoveLock(slot_, Fake(2));
  RemoveLock(slot_, Fake(1));
  EXPECT_EQ(List(), std::vector<pthread_mutex_t*>({Fake(3), Fake(4)}));
}

TEST_F(LocksTest, TheNewestOfARecursiveOneGoes) {
  for (uintptr_t n : {1u, 2u, 1u, 3u}) PushLock(slot_, Fake(n));
  RemoveLock(slot_, Fake(1));
  EXPECT_EQ(List(),
            std::vector<pthread_mutex_t*>({Fake(1), Fake(2), Fake(3)}));
}

TEST_F(LocksTest, WhatIsNotThereIsNotRemoved) {
  RemoveLock(slot_, Fake(1));
  PushLock(slot_, Fake(2));
  RemoveLock(slot_, Fake(1));
  EXPECT_EQ(List(), std::vector<pthread_mutex_t*>({Fake(2)}));
}

TEST_F(LocksTest, SpillsAndComesBack) {
  constexpr uintptr_t kMany = 3000;  // several growths of the spill
  std::vector<pthread_mutex_t*> want;
  for (uintptr_t n = 1; n <= kMany; ++n) {
    PushLock(slot_, Fake(n));
    want.push_back(Fake(n));
  }
  EXPECT_EQ(List(), want);
  // Across the border of the two parts, and inside each.
  for (uintptr_t n : {uintptr_t{1}, uintptr_t{kInlineLocks},
                      uintptr_t{kInlineLocks + 1}, uintptr_t{kMany}}) {
    RemoveLock(slot_, Fake(n));
    std::erase(want, Fake(n));
    EXPECT_EQ(List(), want);
  }
  while (!want.empty()) {
    RemoveLock(slot_, want.back());
    want.pop_back();
  }
  EXPECT_TRUE(List().empty());
  PushLock(slot_, Fake(7));
  EXPECT_EQ(List(), std::vector<pthread_mutex_t*>({Fake(7)}));
}

TEST_F(LocksTest, CollectsWhatIsHeld) {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  Lock(&mutex);
  const auto records = Collect();
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].thread, 3u);
  EXPECT_EQ(records[0].state, LockState::kHeld);
  EXPECT_EQ(records[0].mutex, reinterpret_cast<uint64_t>(&mutex));
  EXPECT_EQ(records[0].owner, gettid());
  EXPECT_EQ(records[0].word, 1u);
  pthread_mutex_unlock(&mutex);
}

TEST_F(LocksTest, ARecursiveOneIsOneRecordWithItsCount) {
  pthread_mutex_t mutex = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
  Lock(&mutex);
  Lock(&mutex);
  const auto records = Collect();
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].count, 2u);
  EXPECT_EQ(records[0].kind, unsigned{PTHREAD_MUTEX_RECURSIVE_NP});
  pthread_mutex_unlock(&mutex);
  pthread_mutex_unlock(&mutex);
}

TEST_F(LocksTest, StaleEntriesAreLeftOut) {
  pthread_mutex_t free = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_t others = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_t held = PTHREAD_MUTEX_INITIALIZER;
  void* page = mmap(nullptr, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                    0);
  PushLock(slot_, static_cast<pthread_mutex_t*>(page));
  munmap(page, 4096);
  PushLock(slot_, &free);
  Lock(&others);
  others.__data.__owner = 1;  // unlocked by another thread, which took it
  Lock(&held);
  const auto records = Collect();
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].mutex, reinterpret_cast<uint64_t>(&held));
}

TEST_F(LocksTest, CountsWhatDoesNotFit) {
  std::vector<pthread_mutex_t> mutexes(5, PTHREAD_MUTEX_INITIALIZER);
  for (pthread_mutex_t& mutex : mutexes) Lock(&mutex);
  EXPECT_EQ(Collect(2).size(), 2u);
  EXPECT_EQ(count_, 5u);
  for (pthread_mutex_t& mutex : mutexes) pthread_mutex_unlock(&mutex);
}

// Intent: the world does not stand still for a walk over all pairs, which would
// take minutes.
TEST_F(LocksTest, HundredsOfThousandsAreCollected) {
  constexpr uint32_t kMany = 400000;
  std::vector<pthread_mutex_t> mutexes(kMany, PTHREAD_MUTEX_INITIALIZER);
  for (pthread_mutex_t& mutex : mutexes) Lock(&mutex);
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(Collect(kMany).size(), kMany);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
  DropStaleLocks(slot_, kStopSignal);
  EXPECT_EQ(slot_->lock_depth, kMany);
  for (pthread_mutex_t& mutex : mutexes) pthread_mutex_unlock(&mutex);
  DropStaleLocks(slot_, kStopSignal);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
  EXPECT_EQ(slot_->lock_depth, 0u);
}

// Intent: of each lock as many entries stay as the thread has of it, in their
// order; freed memory is no lock, whatever stands in it.
TEST_F(LocksTest, StaleEntriesAreDropped) {
  pthread_mutex_t held = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_t twice = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
  pthread_mutex_t given = PTHREAD_MUTEX_INITIALIZER;
  pthread_rwlock_t written = PTHREAD_RWLOCK_INITIALIZER;
  pthread_rwlock_t read = PTHREAD_RWLOCK_INITIALIZER;
  pthread_mutex_t* const writer = TagRwlock(&written, true);
  pthread_mutex_t* const reader = TagRwlock(&read, false);
  pthread_mutex_t freed;
  memset(&freed, gettid() & 0xff, sizeof(freed));
  freed.__data.__owner = gettid();
  PushLock(slot_, &freed);
  PushLock(slot_, &held);  // once for another thread, which has unlocked it
  Lock(&held);
  Lock(&twice);
  pthread_rwlock_wrlock(&written);
  PushLock(slot_, writer);
  Lock(&twice);
  Lock(&given);
  pthread_mutex_unlock(&given);
  for (int i = 0; i < 5; ++i) PushLock(slot_, reader);
  pthread_rwlock_rdlock(&read);
  pthread_rwlock_rdlock(&read);
  PushLock(slot_, nullptr);
  DropStaleLocks(slot_, kStopSignal);
  EXPECT_EQ(List(), std::vector<pthread_mutex_t*>(
                        {&held, &twice, writer, &twice, reader, reader}));
  EXPECT_FALSE(IsUntidy(slot_));
  sigset_t blocked;
  pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
  EXPECT_FALSE(sigismember(&blocked, SIGUSR1));
  pthread_mutex_unlock(&held);
  pthread_mutex_unlock(&twice);
  pthread_mutex_unlock(&twice);
  pthread_rwlock_unlock(&written);
  pthread_rwlock_unlock(&read);
  pthread_rwlock_unlock(&read);
}

TEST_F(LocksTest, ATableOfWhatIsHeldIsTidiedSeldom) {
  std::vector<pthread_mutex_t> mutexes(1000, PTHREAD_MUTEX_INITIALIZER);
  int tidied = 0;
  for (pthread_mutex_t& mutex : mutexes) {
    Lock(&mutex);
    if (!IsUntidy(slot_)) continue;
    DropStaleLocks(slot_, kStopSignal);
    ++tidied;
  }
  EXPECT_EQ(slot_->lock_depth, 1000u);
  EXPECT_LE(tidied, 5);
  for (pthread_mutex_t& mutex : mutexes) pthread_mutex_unlock(&mutex);
}

TEST_F(LocksTest, AWriterOfAReadWriteLockHoldsIt) {
  pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
  pthread_mutex_t* const entry = TagRwlock(&lock, true);
  EXPECT_EQ(AsRwlock(entry), &lock);
  PushLock(slot_, entry);
  EXPECT_TRUE(Collect().empty());
  pthread_rwlock_wrlock(&lock);
  const auto records = Collect();
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].kind, image::kRwlockKind);
  EXPECT_EQ(records[0].mutex, reinterpret_cast<uint64_t>(&lock));
  pthread_rwlock_unlock(&lock);
  EXPECT_TRUE(Collect().empty());
}

// A frame that stands before the futex call on `address`.
ucontext_t FutexFrame(const void* address) {
  static const unsigned char kCode[] = {0xb8, 0xca, 0, 0, 0, 0x0f, 0x05, 0x90};
  ucontext_t frame{};
  frame.uc_mcontext.gregs[REG_RIP] = reinterpret_cast<greg_t>(kCode + 5);
  frame.uc_mcontext.gregs[REG_RAX] = 202;  // futex
  frame.uc_mcontext.gregs[REG_RDI] = reinterpret_cast<greg_t>(address);
  return frame;
}

TEST_F(LocksTest, AMutexReleasedIntoAWaitIsWaitedFor) {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
  ucontext_t frame = FutexFrame(&condition.__data.__g_signals[1]);
  PushLock(slot_, &mutex);
  slot_->wanted = &mutex;
  slot_->waiting_on = &condition;
  slot_->frame = reinterpret_cast<uint64_t>(&frame);
  const auto records = Collect();
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].state, LockState::kCondWait);
  EXPECT_EQ(records[0].condition, reinterpret_cast<uint64_t>(&condition));
}

// Intent: a waiter that has been signalled waits for the mutex like any other.
TEST_F(LocksTest, AMutexAskedForAfterAWaitIsWanted) {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
  ucontext_t frame = FutexFrame(&mutex);
  slot_->wanted = &mutex;
  slot_->waiting_on = &condition;
  slot_->frame = reinterpret_cast<uint64_t>(&frame);
  const auto records = Collect();
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].state, LockState::kWanted);
}

TEST(ReadMutex, RefusesBadMemory) {
  pthread_mutex_t out;
  EXPECT_FALSE(ReadMutex(nullptr, &out));
  EXPECT_FALSE(ReadMutex(Fake(~uintptr_t{0} / 64), &out));
  pthread_mutex_t good = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
  EXPECT_TRUE(ReadMutex(&good, &out));
  EXPECT_EQ(out.__data.__kind, int{PTHREAD_MUTEX_RECURSIVE_NP});
}

}  // namespace
}  // namespace ckpt::track
