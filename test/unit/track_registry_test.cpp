// track_registry_test.cpp - the thread table under many threads.

#include "track/registry.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <iterator>
#include <thread>
#include <vector>

namespace ckpt::track {
namespace {

TEST(Registry, AThreadHasOneSlot) {
  Slot* slot = Self();
  EXPECT_EQ(Self(), slot);
  EXPECT_EQ(slot->tid.load(), gettid());
  EXPECT_EQ(slot->vtid, gettid());
  EXPECT_GE(slot, FirstSlot());
  EXPECT_LT(slot, FirstSlot() + SlotCount());
}

TEST(Registry, ATakenSlotIsClean) {
  Slot* slot = TakeSlot();
  slot->lock_depth = 9;
  slot->wanted = reinterpret_cast<pthread_mutex_t*>(1);
  slot->parked.store(7);
  ReleaseSlot(slot);
  // The lowest free one is found again.
  Slot* again = TakeSlot();
  EXPECT_EQ(again, slot);
  EXPECT_EQ(again->lock_depth, 0u);
  EXPECT_EQ(again->wanted, nullptr);
  EXPECT_EQ(again->parked.load(), 0u);
  EXPECT_EQ(again->tid.load(), 0);
  ReleaseSlot(again);
}

TEST(Registry, AVisibleIdBelongsToOneThread) {
  BeginEpoch();  // a restart under new ids
  Slot* old = TakeSlot();
  std::thread([old] {
    old->vtid = gettid();  // seen by the program since before the restart
    Slot* slot = TakeSlot();
    NoteTid(slot);
    EXPECT_GE(slot->vtid, kFirstInventedId);
    EXPECT_EQ(slot->tid.load(), gettid());
    old->vtid = 1;
    Slot* other = TakeSlot();
    NoteTid(other);
    EXPECT_EQ(other->vtid, gettid());
    ReleaseSlot(other);
    ReleaseSlot(slot);
  }).join();
  ReleaseSlot(old);
}

TEST(Registry, NoSlotIsGivenTwice) {
  constexpr int kThreads = 8, kRounds = 300, kEach = 5;
  std::atomic<int> doubles{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      Slot* own[kEach];
      for (int round = 0; round < kRounds; ++round) {
        for (Slot*& slot : own) {
          slot = TakeSlot();
          // Mine until it is given back: nobody else writes here.
          if (slot->settings.nice != 0) ++doubles;
          slot->settings.nice = 1;
        }
        for (Slot* slot : own) {
          slot->settings.nice = 0;
          ReleaseSlot(slot);
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(doubles.load(), 0);
}

TEST(Registry, SlotsOfThreadsThatAreGoneComeBack) {
  // Threads that never give their slot back.
  constexpr int kGone = 50;
  for (int i = 0; i < kGone; ++i) std::thread([] { Self(); }).join();
  const auto used = [] {
    uint32_t count = 0;
    for (uint32_t i = 0; i < SlotCount(); ++i) {
      count += FirstSlot()[i].used.load() == 1;
    }
    return count;
  };
  // A thread that has been joined may still be on its way out of the kernel.
  const auto threads = [] {
    const std::filesystem::directory_iterator tasks("/proc/self/task");
    return std::distance(begin(tasks), end(tasks));
  };
  while (threads() > 1) std::this_thread::yield();
  // Each taker looks at a few others, in turn.
  const uint32_t all = SlotCount();
  for (uint32_t i = 0; i < all; ++i) ReleaseSlot(TakeSlot());
  EXPECT_LE(used(), 1u);  // this thread's
}

TEST(Registry, AfterAStopOnlyParkedSlotsStay) {
  Slot* parked = TakeSlot();
  Slot* gone = TakeSlot();
  Slot* starting = TakeSlot();  // its thread does not run yet
  parked->tid.store(gettid());
  parked->parked.store(12);
  gone->tid.store(gettid());
  gone->parked.store(11);
  ReleaseStaleSlots(12);
  EXPECT_EQ(parked->used.load(), 1u);
  EXPECT_EQ(gone->used.load(), 0u);
  EXPECT_EQ(starting->used.load(), 1u);
  ReleaseSlot(parked);
  ReleaseSlot(starting);
}

}  // namespace
}  // namespace ckpt::track
