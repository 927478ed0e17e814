// Tests of cli/deadlock.h.

#include "deadlock.h"

#include <gtest/gtest.h>

#include <vector>

namespace ckpt::cli {
namespace {

using image::LockRecord;
using image::LockState;
using image::ThreadRecord;
using image::ThreadState;

class World {
 public:
  explicit World(uint32_t threads) : threads_(threads) {
    for (uint32_t i = 0; i < threads; ++i) threads_[i].fs_base = Handle(i);
  }
  static uint64_t Handle(uint32_t thread) { return 0x7000 + thread; }

  void Holds(uint32_t thread, uint64_t mutex) {
    locks_.push_back({thread, LockState::kHeld, mutex, 0, 0, 1, 0, 0});
  }
  void Wants(uint32_t thread, uint64_t mutex) {
    locks_.push_back({thread, LockState::kWanted, mutex, 0, 0, 2, 0, 0});
  }
  void WaitsFor(uint32_t thread, ThreadState state, uint64_t object) {
    threads_[thread].state = state;
    threads_[thread].wait_object = object;
  }
  void Joins(uint32_t thread, uint32_t target) {
    WaitsFor(thread, ThreadState::kJoinWait, Handle(target));
  }
  std::vector<Deadlock> Find() const {
    return FindDeadlocks({threads_.data(), threads_.size()},
                         {locks_.data(), locks_.size()});
  }

 private:
  std::vector<ThreadRecord> threads_;
  std::vector<LockRecord> locks_;
};

// Intent: waiting for somebody who goes on is no deadlock.
TEST(Deadlock, IsNotAChainThatEnds) {
  World world(3);
  world.Holds(0, 1);
  world.Holds(1, 2);
  world.Wants(1, 1);
  world.Wants(2, 2);
  EXPECT_TRUE(world.Find().empty());
}

// Intent: two threads that lock two mutexes in opposite order are found, with
// the mutex each one wants.
TEST(Deadlock, IsTwoMutexesInOppositeOrder) {
  World world(3);
  world.Holds(1, 10);
  world.Wants(1, 20);
  world.Holds(2, 20);
  world.Wants(2, 10);
  const auto found = world.Find();
  ASSERT_EQ(found.size(), 1u);
  ASSERT_EQ(found[0].size(), 2u);
  EXPECT_EQ(found[0][0].thread, 1u);
  EXPECT_EQ(found[0][0].holder, 2u);
  EXPECT_EQ(found[0][0].object, 20u);
  EXPECT_EQ(found[0][1].thread, 2u);
  EXPECT_EQ(found[0][1].holder, 1u);
}

// Intent: a thread that locks its own mutex again waits for itself.
TEST(Deadlock, IsAMutexWantedByItsHolder) {
  World world(1);
  world.Holds(0, 10);
  world.Wants(0, 10);
  const auto found = world.Find();
  ASSERT_EQ(found.size(), 1u);
  ASSERT_EQ(found[0].size(), 1u);
  EXPECT_EQ(found[0][0].holder, 0u);
}

// Intent: threads that run into a circle from outside are not part of it, and
// the circle is told once, from its lowest thread.
TEST(Deadlock, IsToldOnceFromItsLowestThread) {
  World world(5);
  world.Holds(0, 1);
  world.Wants(0, 4);   // leads into the circle 2 -> 3 -> 4 -> 2
  world.Wants(1, 1);
  world.Holds(3, 3);
  world.Holds(4, 4);
  world.Holds(2, 2);
  world.Wants(4, 2);
  world.Wants(2, 3);
  world.Wants(3, 4);
  const auto found = world.Find();
  ASSERT_EQ(found.size(), 1u);
  ASSERT_EQ(found[0].size(), 3u);
  EXPECT_EQ(found[0][0].thread, 2u);
  EXPECT_EQ(found[0][1].thread, 3u);
  EXPECT_EQ(found[0][2].thread, 4u);
}

// Intent: circles that have nothing to do with each other are both told.
TEST(Deadlock, CanOccurTwice) {
  World world(4);
  for (uint32_t pair = 0; pair < 4; pair += 2) {
    world.Holds(pair, 10 + pair);
    world.Holds(pair + 1, 11 + pair);
    world.Wants(pair, 11 + pair);
    world.Wants(pair + 1, 10 + pair);
  }
  EXPECT_EQ(world.Find().size(), 2u);
}

// Intent: a writer waits for every reader, so a circle through one of them is a
// deadlock; readers that hold the same lock do not wait for each other.
TEST(Deadlock, LeadsThroughAnyReader) {
  World world(4);
  for (uint32_t reader : {0u, 1u, 2u}) world.Holds(reader, 10);
  world.Wants(3, 10);
  EXPECT_TRUE(world.Find().empty());
  world.Holds(3, 20);
  world.Wants(1, 20);
  const auto found = world.Find();
  ASSERT_EQ(found.size(), 1u);
  ASSERT_EQ(found[0].size(), 2u);
  EXPECT_EQ(found[0][0].thread, 1u);
  EXPECT_EQ(found[0][1].thread, 3u);
  EXPECT_EQ(found[0][1].holder, 1u);
}

// Intent: a row of threads as long as a program can have is walked.
TEST(Deadlock, InALongRow) {
  constexpr uint32_t kThreads = 60000;
  World world(kThreads);
  for (uint32_t i = 0; i < kThreads; ++i) {
    world.Holds(i, 100 + i);
    world.Wants(i, 100 + (i + 1) % kThreads);
  }
  const auto found = world.Find();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].size(), kThreads);
}

// Intent: joining a thread that wants a mutex of the joining one is a deadlock,
// too.
TEST(Deadlock, GoesThroughJoins) {
  World world(2);
  world.Holds(0, 10);
  world.Joins(0, 1);
  world.Wants(1, 10);
  const auto found = world.Find();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_TRUE(found[0][0].join);
  EXPECT_FALSE(found[0][1].join);
}

// Intent: the thread table alone is enough where the lock table has no entry
// for a wait.
TEST(Deadlock, ReadsTheStateOfThreads) {
  World world(2);
  world.Holds(0, 10);
  world.Holds(1, 20);
  world.WaitsFor(0, ThreadState::kLockWait, 20);
  world.WaitsFor(1, ThreadState::kLockWait, 10);
  EXPECT_EQ(world.Find().size(), 1u);
}

// Intent: a condition wait has released its mutex and blocks nobody.
TEST(Deadlock, IsNotAConditionWait) {
  World world(2);
  world.Holds(0, 10);
  world.WaitsFor(0, ThreadState::kCondWait, 99);
  world.Wants(1, 10);
  EXPECT_TRUE(world.Find().empty());
}

}  // namespace
}  // namespace ckpt::cli
