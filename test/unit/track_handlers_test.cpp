// track_handlers_test.cpp - entries in place of the program's signal handlers.

#include "track/handlers.h"

#include <errno.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <string.h>

#include <set>
#include <thread>
#include <vector>

#include "sys/x86_64/frame.h"

namespace ckpt::track {
namespace {

using HandlerFunction = void (*)(int, siginfo_t*, void*);

struct Seen {
  int calls, signal;
  siginfo_t* info;
  void* context;
  uint64_t return_address;
} g_seen;

void OnSignal(int signal, siginfo_t* info, void* context) {
  g_seen = {g_seen.calls + 1, signal, info, context,
            reinterpret_cast<uint64_t>(__builtin_return_address(0))};
}

uint64_t Address(HandlerFunction handler) {
  return reinterpret_cast<uint64_t>(handler);
}
HandlerFunction Function(uint64_t entry) {
  return reinterpret_cast<HandlerFunction>(entry);
}

// A frame of a thread that stands at a system call, on the instruction.
class Frame {
 public:
  explicit Frame(uint64_t mark) {
    At(REG_RIP) = reinterpret_cast<greg_t>(code_);
    At(REG_RCX) = At(REG_RIP) + 2;
    At(REG_RAX) = __NR_pause;
    At(REG_R11) = static_cast<greg_t>(mark);
  }
  greg_t& At(int reg) { return frame_.uc_mcontext.gregs[reg]; }
  bool HasEnded() {
    return At(REG_RIP) == reinterpret_cast<greg_t>(code_ + 2) &&
           At(REG_RAX) == -EINTR;
  }
  bool IsUntouched() {
    return At(REG_RIP) == reinterpret_cast<greg_t>(code_) &&
           At(REG_RAX) == __NR_pause;
  }
  ucontext_t* get() { return &frame_; }

 private:
  unsigned char code_[16] = {0x0f, 0x05};
  ucontext_t frame_ = {};
};

void Enter(bool restarts, Frame* frame) {
  const uint64_t entry = EntryOf({Address(OnSignal), restarts, 0});
  siginfo_t info = {};
  const int calls = g_seen.calls;
  Function(entry)(SIGUSR1, &info, frame->get());
  ASSERT_EQ(g_seen.calls, calls + 1);
  EXPECT_EQ(g_seen.signal, SIGUSR1);
  EXPECT_EQ(g_seen.info, &info);
  EXPECT_EQ(g_seen.context, frame->get());
}

TEST(HandlersTest, OneEntryForOneHandler) {
  const Handler handler{Address(OnSignal), true, 2};
  const uint64_t entry = EntryOf(handler);
  EXPECT_TRUE(IsEntry(entry));
  EXPECT_EQ(EntryOf(handler), entry);
  EXPECT_EQ(EntryOf({entry, false, 0}), entry);
  EXPECT_NE(EntryOf({Address(OnSignal), false, 2}), entry);
  EXPECT_NE(EntryOf({Address(OnSignal), true, 1}), entry);
  const Handler back = HandlerAt(entry);
  EXPECT_EQ(back.address, Address(OnSignal));
  EXPECT_TRUE(back.restarts);
  EXPECT_EQ(back.withheld, 2u);
}

TEST(HandlersTest, AnAddressThatIsNoEntryIsItsOwn) {
  EXPECT_FALSE(IsEntry(Address(OnSignal)));
  EXPECT_EQ(HandlerAt(Address(OnSignal)).address, Address(OnSignal));
  EXPECT_EQ(HandlerAt(0).address, 0u);
  EXPECT_EQ(HandlerAt(1).address, 1u);
}

TEST(HandlersTest, AnAddressOfTheKernelsHalfIsLeftAlone) {
  const uint64_t address = 0xffffffff80000000;
  EXPECT_EQ(EntryOf({address, false, 0}), address);
}

TEST(HandlersTest, PassesOnWhatTheKernelHands) {
  Frame frame(0);
  Enter(false, &frame);
  EXPECT_TRUE(frame.IsUntouched());
}

TEST(HandlersTest, ACallThatAnyHandlerEndsIsEnded) {
  for (const bool restarts : {false, true}) {
    Frame frame(sys::kSetBackForAny);
    Enter(restarts, &frame);
    EXPECT_TRUE(frame.HasEnded());
  }
}

TEST(HandlersTest, ACallThatTheKernelRestartsIsEndedByTheOthers) {
  Frame restarted(sys::kSetBack);
  Enter(true, &restarted);
  EXPECT_TRUE(restarted.IsUntouched());
  Frame ended(sys::kSetBack);
  Enter(false, &ended);
  EXPECT_TRUE(ended.HasEnded());
}

TEST(HandlersTest, AMarkElsewhereMeansNothing) {
  Frame frame(sys::kSetBackForAny);
  frame.At(REG_RCX) = 0;  // not behind the instruction
  Enter(false, &frame);
  EXPECT_TRUE(frame.IsUntouched());
}

TEST(HandlersTest, ACallThatHasJustReturnedIsNotHiddenAnyMore) {
  Frame frame(0);
  frame.At(REG_RIP) += 2;
  frame.At(REG_RAX) = -EINTR;
  Enter(false, &frame);
  EXPECT_EQ(frame.At(REG_RCX), 0);
}

TEST(HandlersTest, DeliversRealSignals) {
  struct sigaction action = {}, old;
  action.sa_sigaction = Function(EntryOf({Address(OnSignal), false, 0}));
  action.sa_flags = SA_SIGINFO;
  ASSERT_EQ(sigaction(SIGUSR2, &action, &old), 0);
  const int calls = g_seen.calls;
  raise(SIGUSR2);
  EXPECT_EQ(g_seen.calls, calls + 1);
  EXPECT_EQ(g_seen.signal, SIGUSR2);
  // Straight into the C library's return from a signal.
  EXPECT_EQ(*reinterpret_cast<const unsigned char*>(g_seen.return_address),
            0x48);
  sigaction(SIGUSR2, &old, nullptr);
}

TEST(HandlersTest, ThreadsThatAskAtOnceGetTheSame) {
  std::vector<uint64_t> entries(8);
  std::vector<std::thread> threads;
  for (uint64_t& entry : entries) {
    threads.emplace_back([&entry] { entry = EntryOf({0x123450, false, 0}); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(std::set<uint64_t>(entries.begin(), entries.end()).size(), 1u);
}

// Last: it fills the table.
TEST(HandlersTest, MoreHandlersThanEntries) {
  std::set<uint64_t> entries;
  for (uint64_t i = 1; i <= kHandlerEntries + 10; ++i) {
    const uint64_t address = i << 20;
    const uint64_t entry = EntryOf({address, false, 0});
    EXPECT_EQ(HandlerAt(entry).address, address);
    if (IsEntry(entry)) entries.insert(entry);
  }
  EXPECT_GT(entries.size(), kHandlerEntries - 16);
  EXPECT_LE(entries.size(), kHandlerEntries);
}

}  // namespace
}  // namespace ckpt::track
