// Tests of track/timer_setting.h.

#include "track/timer_setting.h"

#include <gtest/gtest.h>

namespace ckpt::track {
namespace {

constexpr uint64_t kMs = 1000000;
constexpr bool kSpan = false, kMoment = true;

// Intent: a timer that is not set stays so, whatever its interval was.
TEST(TimerSetting, NotSet) {
  const TimerStart start = StartOf({5 * kMs, 0, 0, 0}, kSpan, 1000 * kMs);
  EXPECT_FALSE(start.absolute);
  EXPECT_EQ(start.value_ns, 0u);
}

// Intent: a span keeps what was left of it, wherever the clock is now.
TEST(TimerSetting, SpanKeepsItsRest) {
  for (const uint64_t now : {uint64_t{0}, 7 * kMs, 1000000 * kMs}) {
    const TimerStart start = StartOf({0, 3 * kMs, 0, 0}, kSpan, now);
    EXPECT_FALSE(start.absolute);
    EXPECT_EQ(start.value_ns, 3 * kMs);
  }
}

// Intent: a moment stays, also when it has passed, and when it is the clock's
// first.
TEST(TimerSetting, MomentStays) {
  const TimerStart start = StartOf({0, 1, 30 * kMs, 0}, kMoment, 99 * kMs);
  EXPECT_TRUE(start.absolute);
  EXPECT_EQ(start.value_ns, 30 * kMs);
  EXPECT_EQ(StartOf({0, 1, 0, 0}, kMoment, 99 * kMs).value_ns, 1u);
}

// Intent: what is owed lies in the past, one interval apart, and the next
// expiry is in step.
TEST(TimerSetting, OwedLiesInThePast) {
  const TimerStart span =
      StartOf({10 * kMs, 4 * kMs, 0, 3}, kSpan, 100 * kMs);
  EXPECT_TRUE(span.absolute);
  EXPECT_EQ(span.value_ns, 74 * kMs);
  EXPECT_EQ(NextAfter(span.value_ns, 10 * kMs, 100 * kMs), 104 * kMs);
  const TimerStart moment =
      StartOf({10 * kMs, 4 * kMs, 104 * kMs, 3}, kMoment, 500 * kMs);
  EXPECT_TRUE(moment.absolute);
  EXPECT_EQ(moment.value_ns, 74 * kMs);
}

// Intent: one that expires once and has expired does so again at once.
TEST(TimerSetting, OwedOnce) {
  const TimerStart start = StartOf({0, 0, 0, 1}, kSpan, 100 * kMs);
  EXPECT_TRUE(start.absolute);
  EXPECT_TRUE(start.possible);
  EXPECT_EQ(start.value_ns, 1u);
}

// Intent: a clock that has only begun has no room for what is owed, and is not
// told nonsense.
TEST(TimerSetting, OwedBeforeTheClocksBeginning) {
  TimerStart start = StartOf({10 * kMs, 4 * kMs, 0, 3}, kSpan, 20 * kMs);
  EXPECT_FALSE(start.possible);
  EXPECT_FALSE(start.absolute);
  EXPECT_EQ(start.value_ns, 4 * kMs);
  start = StartOf({10 * kMs, 4 * kMs, 0, ~uint64_t{0}}, kSpan, 20 * kMs);
  EXPECT_FALSE(start.possible);
  // To the nanosecond: 1 is the earliest moment.
  EXPECT_TRUE(StartOf({10, 5, 0, 2}, kSpan, 16).possible);
  EXPECT_EQ(StartOf({10, 5, 0, 2}, kSpan, 16).value_ns, 1u);
  EXPECT_FALSE(StartOf({10, 5, 0, 2}, kSpan, 15).possible);
}

// Intent: the next expiry is later than now, and the first one if that is.
TEST(TimerSetting, NextAfter) {
  EXPECT_EQ(NextAfter(50, 10, 20), 50u);
  EXPECT_EQ(NextAfter(50, 10, 50), 60u);
  EXPECT_EQ(NextAfter(50, 10, 59), 60u);
  EXPECT_EQ(NextAfter(50, 0, 59), 50u);
}

}  // namespace
}  // namespace ckpt::track
