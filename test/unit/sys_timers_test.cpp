// Tests of sys/timers.h.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <string.h>

#include <string>

#include "sys/timers.h"

namespace ckpt::sys {
namespace {

constexpr const char* kTwo =
    "ID: 3\n"
    "signal: 34/00007ffd1c2b3a40\n"
    "notify: signal/tid.4711\n"
    "ClockID: 1\n"
    "ID: 0\n"
    "signal: 0/0000000000000000\n"
    "notify: none/pid.12\n"
    "ClockID: -6\n";

// Intent: all that the kernel tells of each timer is read, one after the other.
TEST(SysTimers, ReadsEach) {
  const char* p = kTwo;
  ListedTimer timer;
  ASSERT_TRUE(ParseTimer(&p, &timer));
  EXPECT_EQ(timer.id, 3);
  EXPECT_EQ(timer.signal, 34);
  EXPECT_EQ(timer.value, 0x7ffd1c2b3a40u);
  EXPECT_EQ(timer.notify, SIGEV_SIGNAL | SIGEV_THREAD_ID);
  EXPECT_EQ(timer.thread, 4711);
  EXPECT_EQ(timer.clock, CLOCK_MONOTONIC);
  ASSERT_TRUE(ParseTimer(&p, &timer));
  EXPECT_EQ(timer.id, 0);
  EXPECT_EQ(timer.notify, SIGEV_NONE);
  EXPECT_EQ(timer.thread, 12);
  EXPECT_EQ(timer.clock, -6);
  EXPECT_FALSE(ParseTimer(&p, &timer));
}

// Intent: each kind of notification, to the process and to a thread.
TEST(SysTimers, Notifications) {
  const struct {
    const char* text;
    int notify;
  } kinds[] = {{"signal/pid.1", SIGEV_SIGNAL},
               {"none/tid.1", SIGEV_NONE | SIGEV_THREAD_ID},
               {"thread/pid.1", SIGEV_THREAD},
               {"thread/tid.1", SIGEV_THREAD | SIGEV_THREAD_ID}};
  for (const auto& kind : kinds) {
    const std::string text = std::string("ID: 1\nsignal: 14/0\nnotify: ") +
                             kind.text + "\nClockID: 0\n";
    const char* p = text.c_str();
    ListedTimer timer;
    ASSERT_TRUE(ParseTimer(&p, &timer)) << kind.text;
    EXPECT_EQ(timer.notify, kind.notify) << kind.text;
  }
}

// Intent: a text that ends anywhere, or says something else, is no timer, and
// nothing behind its end is read.
TEST(SysTimers, CutAnywhere) {
  const std::string whole = kTwo;
  const size_t first = whole.find("ClockID: 1") + strlen("ClockID: 1");
  for (size_t size = 0; size < whole.size(); ++size) {
    const std::string cut = whole.substr(0, size);
    const char* p = cut.c_str();
    ListedTimer timer;
    int found = 0;
    while (found < 3 && ParseTimer(&p, &timer)) ++found;
    EXPECT_LE(found, size < first - 1          ? 0
                     : size < whole.size() - 2 ? 1
                                               : 2)
        << size;
    EXPECT_LE(p, cut.c_str() + cut.size());
  }
  for (const char* text :
       {"", "\n", "ID", "ID: 1\nsignal: 14\nnotify: none/pid.1",
        "ID: 1\nsignal: 14/0\nnotify: smoke/pid.1\nClockID: 0",
        "ID: 1\nsignal: 14/0\nnotify: none/gid.1\nClockID: 0",
        "signal: 14/0\nID: 1\nnotify: none/pid.1\nClockID: 0"}) {
    const char* p = text;
    ListedTimer timer;
    EXPECT_FALSE(ParseTimer(&p, &timer)) << text;
  }
}

// Intent: what the kernel lists of a timer of this process is what it was made
// with.
TEST(SysTimers, AsTheKernelListsIt) {
  TimerEvent event{};
  event.value = 0x123456789abcdef0;
  event.signal = SIGUSR1;
  event.notify = SIGEV_SIGNAL | SIGEV_THREAD_ID;
  event.thread = static_cast<int32_t>(Raw(__NR_gettid));
  int32_t id = 0;
  ASSERT_GE(CreateTimer(CLOCK_MONOTONIC, event, &id), 0);
  char text[4096] = "";
  const long fd = Raw(__NR_open, "/proc/self/timers", O_RDONLY);
  ASSERT_GE(fd, 0);
  ASSERT_GT(Raw(__NR_read, fd, text, sizeof(text) - 1), 0);
  Raw(__NR_close, fd);
  EXPECT_GE(DeleteTimer(id), 0);
  const char* p = text;
  ListedTimer timer;
  ASSERT_TRUE(ParseTimer(&p, &timer)) << text;
  EXPECT_EQ(timer.id, id);
  EXPECT_EQ(timer.value, event.value);
  EXPECT_EQ(timer.signal, event.signal);
  EXPECT_EQ(timer.notify, event.notify);
  EXPECT_EQ(timer.thread, event.thread);
  EXPECT_EQ(timer.clock, CLOCK_MONOTONIC);
}

// Intent: a clock that is named by an id says which it is, and becomes another
// thread's with nothing else changed.
TEST(SysTimers, NamedClocks) {
  const int32_t clock = ClockOfThread(4711);
  EXPECT_TRUE(IsNamedClock(clock));
  EXPECT_EQ(IdOfClock(clock), 4711);
  EXPECT_EQ(IdOfClock(NamedClock(12, clock)), 12);
  EXPECT_EQ(NamedClock(12, clock) & 7, clock & 7);
  EXPECT_FALSE(IsNamedClock(CLOCK_MONOTONIC));
}

}  // namespace
}  // namespace ckpt::sys
