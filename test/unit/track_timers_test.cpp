// Tests of track/timers.h.

#include <gtest/gtest.h>

#include "track/timers.h"

namespace ckpt::track {
namespace {

constexpr uint64_t kMs = 1000000;

// The table is the process's.
class TrackTimers : public testing::Test {
 protected:
  void TearDown() override { ForgetTimers(); }
};

// Intent: a timer is found by its id until it is removed, also among ids that
// share a place in the table.
TEST_F(TrackTimers, FoundById) {
  EXPECT_EQ(FindTimer(5), nullptr);
  EXPECT_FALSE(AnyTimer());
  const int32_t ids[] = {5, 5 + (1 << 16), 5 + (2 << 16), 6, 65535, 0};
  for (const int32_t id : ids) AddTimer(id, id % 7);
  for (const int32_t id : ids) {
    ASSERT_NE(FindTimer(id), nullptr) << id;
    EXPECT_EQ(FindTimer(id)->clock, id % 7);
  }
  RemoveTimer(5 + (1 << 16));
  EXPECT_EQ(FindTimer(5 + (1 << 16)), nullptr);
  EXPECT_NE(FindTimer(5 + (2 << 16)), nullptr);
  // The place is used again.
  AddTimer(5 + (3 << 16), 1);
  EXPECT_NE(FindTimer(5 + (3 << 16)), nullptr);
  EXPECT_EQ(FindTimer(-1), nullptr);
  AddTimer(-1, 0);
  EXPECT_TRUE(AnyTimer());
  for (const int32_t id : ids) RemoveTimer(id);
  RemoveTimer(5 + (3 << 16));
  EXPECT_FALSE(AnyTimer());
}

// Intent: a timer that nobody has set to a moment was set for a span.
TEST_F(TrackTimers, ASpanIsNoMoment) {
  EXPECT_EQ(MomentOf(9, 0, 100 * kMs), 0u);
  AddTimer(9, CLOCK_MONOTONIC);
  EXPECT_EQ(MomentOf(9, 0, 100 * kMs), 0u);
}

// Intent: of a moment the exact one is told, whatever the kernel's answer was
// rounded to, and of a periodic timer the next expiry in step.
TEST_F(TrackTimers, MomentToTheNanosecond) {
  AddTimer(9, CLOCK_MONOTONIC);
  NoteMoment(FindTimer(9), {1000 * kMs + 7, 10 * kMs});
  SettleMoment(FindTimer(9));
  EXPECT_EQ(MomentOf(9, 10 * kMs, 1000 * kMs), 1000 * kMs + 7);
  EXPECT_EQ(MomentOf(9, 10 * kMs, 1030 * kMs + 200), 1030 * kMs + 7);
  // Not what the kernel has.
  EXPECT_EQ(MomentOf(9, 20 * kMs, 1000 * kMs), 0u);
  EXPECT_EQ(MomentOf(9, 10 * kMs, 1005 * kMs), 0u);
}

// Intent: while a call of timer_settime is on its way to the kernel either
// setting may be the one that counts.
TEST_F(TrackTimers, OnItsWay) {
  AddTimer(9, CLOCK_MONOTONIC);
  NoteMoment(FindTimer(9), {1000 * kMs, 0});
  SettleMoment(FindTimer(9));
  NoteMoment(FindTimer(9), {2000 * kMs, 0});
  EXPECT_EQ(MomentOf(9, 0, 1000 * kMs), 1000 * kMs);
  EXPECT_EQ(MomentOf(9, 0, 2000 * kMs), 2000 * kMs);
  SettleMoment(FindTimer(9));
  EXPECT_EQ(MomentOf(9, 0, 1000 * kMs), 0u);
  EXPECT_EQ(MomentOf(9, 0, 2000 * kMs), 2000 * kMs);
}

}  // namespace
}  // namespace ckpt::track
