// core_interruption_test.cpp - what a thread notices of an interrupted call.

#include <errno.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>

#include "core/interruption.h"
#include "sys/process.h"
#include "track/handlers.h"
#include "track/registry.h"

namespace ckpt::core {
namespace {

constexpr int kSyscall = 5;  // where the instruction is in the code

class InterruptionTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(track::InitRegistry(), 0);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGWINCH);
    sigprocmask(SIG_BLOCK, &set, nullptr);
  }
  void TearDown() override {
    // What is still pending goes.
    signal(SIGUSR1, SIG_IGN);
    signal(SIGWINCH, SIG_IGN);
  }

  // A stub of the C library that makes system call `number`, and a frame of a
  // thread that was in it.
  void Call(uint32_t number) {
    code_[0] = 0xb8;
    memcpy(code_ + 1, &number, sizeof(number));
    code_[kSyscall] = 0x0f;
    code_[kSyscall + 1] = 0x05;
    number_ = number;
    At(REG_RCX) = Address(kSyscall + 2);
    At(REG_R11) = 0x246;  // the flags
  }
  void SetBack() {
    At(REG_RIP) = Address(kSyscall);
    At(REG_RAX) = number_;
  }
  void Ended() {
    At(REG_RIP) = Address(kSyscall + 2);
    At(REG_RAX) = -EINTR;
  }
  void Hide() { HideInterruption(&frame_); }
  // True if a handler of the program's makes the call end that a stop has
  // hidden.
  bool Enter(bool restarts) {
    Hide();
    EnterProgramHandler(&frame_, restarts);
    return HasEnded();
  }
  ucontext_t* frame() { return &frame_; }

  bool IsSetBack() {
    return At(REG_RIP) == Address(kSyscall) && At(REG_RAX) == number_;
  }
  bool HasEnded() {
    return At(REG_RIP) == Address(kSyscall + 2) && At(REG_RAX) == -EINTR;
  }

  greg_t& At(int reg) { return frame_.uc_mcontext.gregs[reg]; }
  greg_t Address(int offset) {
    return reinterpret_cast<greg_t>(code_ + offset);
  }

  // A signal that is waiting, and how the program handles it.
  static void Pending(int signal, void (*handler)(int), int flags = 0) {
    struct sigaction action = {};
    action.sa_handler = handler;
    action.sa_flags = flags;
    sigaction(signal, &action, nullptr);
    raise(signal);
  }
  static void Handler(int) {}

 private:
  unsigned char code_[16] = {};
  ucontext_t frame_ = {};
  greg_t number_ = 0;
};

TEST_F(InterruptionTest, BeginsAgainWhatTheStopHasEnded) {
  Call(__NR_ppoll);
  Ended();
  Hide();
  EXPECT_TRUE(IsSetBack());
}

TEST_F(InterruptionTest, LeavesTheProgramItsEintr) {
  Pending(SIGUSR1, Handler, SA_RESTART);
  Call(__NR_ppoll);
  Ended();
  Hide();
  EXPECT_TRUE(HasEnded());
}

TEST_F(InterruptionTest, ASignalWithoutHandlerIsNotNoticed) {
  Pending(SIGWINCH, SIG_DFL);
  Call(__NR_ppoll);
  Ended();
  Hide();
  EXPECT_TRUE(IsSetBack());
}

TEST_F(InterruptionTest, EndsACallThatTheKernelHasSetBack) {
  for (uint32_t number : {__NR_readv, __NR_mq_timedreceive, __NR_futex}) {
    Pending(SIGUSR1, Handler);
    Call(number);
    SetBack();
    Hide();
    EXPECT_TRUE(HasEnded()) << number;
  }
}

TEST_F(InterruptionTest, LeavesACallThatTheHandlerRestarts) {
  Pending(SIGUSR1, Handler, SA_RESTART);
  Call(__NR_readv);
  SetBack();
  Hide();
  EXPECT_TRUE(IsSetBack());
}

TEST_F(InterruptionTest, LeavesACallThatIsStillToBeMade) {
  Pending(SIGUSR1, Handler);
  Call(__NR_readv);
  SetBack();
  At(REG_RCX) = 0;
  Hide();
  EXPECT_TRUE(IsSetBack());
}

TEST_F(InterruptionTest, ASignalThatComesLaterEndsWhatWasHidden) {
  for (bool restarts : {false, true}) {
    Call(__NR_pause);
    Ended();
    EXPECT_TRUE(Enter(restarts));
    // SA_RESTART makes it again.
    Call(__NR_flock);
    SetBack();
    EXPECT_EQ(Enter(restarts), !restarts);
    // Never begun: to be made.
    Call(__NR_flock);
    SetBack();
    At(REG_RCX) = At(REG_R11) = 0;
    EXPECT_FALSE(Enter(restarts));
    // Not interruptible.
    Call(__NR_close);
    SetBack();
    EXPECT_FALSE(Enter(restarts));
    // Hidden by nobody: another handler's SA_RESTART.
    Call(__NR_flock);
    SetBack();
    At(REG_R11) = 0x246;
    EnterProgramHandler(frame(), restarts);
    EXPECT_TRUE(IsSetBack());
  }
}

TEST_F(InterruptionTest, LeavesItToTheEntryOfAHandler) {
  const track::Handler handler{reinterpret_cast<uint64_t>(Handler), false, 0};
  Pending(SIGUSR1, reinterpret_cast<sighandler_t>(track::EntryOf(handler)));
  Call(__NR_pause);
  Ended();
  Hide();
  EXPECT_TRUE(IsSetBack());
  Call(__NR_flock);
  SetBack();
  Hide();
  EXPECT_TRUE(IsSetBack());
  EXPECT_TRUE(Enter(false));
}

TEST_F(InterruptionTest, DoesNotHideWhatAHandlerHasSeen) {
  Call(__NR_ppoll);
  Ended();
  EnterProgramHandler(frame(), false);
  Hide();
  EXPECT_TRUE(HasEnded());
}

TEST_F(InterruptionTest, NeverClosesAgain) {
  Call(__NR_close);
  Ended();
  Hide();
  EXPECT_TRUE(HasEnded());
}

TEST_F(InterruptionTest, CountsForHooksWhatOnlyAStopHasInterrupted) {
  const uint32_t before = track::Self()->interruptions;
  Call(__NR_write);
  At(REG_RIP) = Address(kSyscall + 2);
  At(REG_RAX) = 4096;
  Hide();
  EXPECT_EQ(track::Self()->interruptions, before + 1);
  EXPECT_EQ(At(REG_RAX), 4096);
  Pending(SIGUSR1, Handler, SA_RESTART);
  Hide();
  EXPECT_EQ(track::Self()->interruptions, before + 1);
}

// A call with a relative timeout that no hook has noted is made to its end, and
// code that relies on its arguments finds them as they were.
TEST_F(InterruptionTest, WaitsForTheRestItself) {
  const uint64_t begin = sys::NowNs(CLOCK_MONOTONIC);
  const timespec span{0, 30'000'000};
  Call(__NR_nanosleep);
  At(REG_RDI) = reinterpret_cast<greg_t>(&span);
  At(REG_RSI) = 0;
  Ended();
  Hide();
  EXPECT_EQ(At(REG_RAX), 0);
  EXPECT_EQ(At(REG_RIP), Address(kSyscall + 2));
  EXPECT_EQ(At(REG_RDI), reinterpret_cast<greg_t>(&span));
  EXPECT_EQ(span.tv_nsec, 30'000'000);
  EXPECT_GE(sys::NowNs(CLOCK_MONOTONIC) - begin, 30'000'000u);

  Call(__NR_poll);
  At(REG_RDI) = At(REG_RSI) = 0;
  At(REG_RDX) = 20;
  Ended();
  Hide();
  EXPECT_EQ(At(REG_RAX), 0);
  EXPECT_EQ(At(REG_RDX), 20);
  EXPECT_GE(sys::NowNs(CLOCK_MONOTONIC) - begin, 50'000'000u);
  EXPECT_EQ(track::Self()->timeout.call, 0u);
}

// A note of a wait that ends in five seconds.
track::Timeout Noted(uint32_t call, const void* argument) {
  return {call, CLOCK_MONOTONIC,
          sys::NowNs(CLOCK_MONOTONIC) + 5'000'000'000,
          reinterpret_cast<uint64_t>(argument)};
}

TEST_F(InterruptionTest, GoesOnWithTheRestOfATimeout) {
  timespec timeout{100, 0};
  track::Slot* slot = track::Self();
  slot->timeout = Noted(__NR_rt_sigtimedwait, &timeout);
  Call(__NR_rt_sigtimedwait);
  At(REG_RDX) = reinterpret_cast<greg_t>(&timeout);
  Ended();
  Hide();
  EXPECT_TRUE(IsSetBack());
  EXPECT_TRUE(timeout.tv_sec <= 5) << timeout.tv_sec;

  // The note is another wait's.
  timespec other{100, 0};
  At(REG_RDX) = reinterpret_cast<greg_t>(&other);
  Ended();
  Hide();
  EXPECT_EQ(other.tv_sec, 100);
  slot->timeout = {};
}

TEST_F(InterruptionTest, GoesOnWithTheRestOfMilliseconds) {
  track::Slot* slot = track::Self();
  int events;
  slot->timeout = Noted(__NR_epoll_wait, &events);
  Call(__NR_epoll_wait);
  At(REG_RSI) = reinterpret_cast<greg_t>(&events);
  At(REG_R10) = 100'000;
  for (int i = 0; i < 2; ++i) {
    Ended();
    Hide();
    EXPECT_TRUE(IsSetBack());
    EXPECT_LE(At(REG_R10), 5000);
  }
  // It is over: the call returns at once.
  slot->timeout.deadline_ns = 1;
  Ended();
  Hide();
  EXPECT_EQ(At(REG_R10), 0);
  slot->timeout = {};
}

// Intent: after a restart a relative wait has as much time left as it had, by
// its own clock.
TEST_F(InterruptionTest, ARestartMovesTheEndsOfWaits) {
  constexpr uint32_t kStop = 77;
  track::Slot* slot = track::TakeSlot();
  slot->parked.store(kStop);
  image::ProcessRecord then{};
  then.monotonic_ns = sys::NowNs(CLOCK_MONOTONIC) + 1'000'000'000'000;
  then.boottime_ns = sys::NowNs(CLOCK_BOOTTIME);
  timespec deadline{9, 0};
  slot->timeout = {__NR_clock_nanosleep, CLOCK_MONOTONIC,
                   then.monotonic_ns + 5'000'000'000,
                   reinterpret_cast<uint64_t>(&deadline)};
  ucontext_t sleeps{};
  unsigned char code[] = {0x0f, 0x05};
  sleeps.uc_mcontext.gregs[REG_RIP] = reinterpret_cast<greg_t>(code);
  sleeps.uc_mcontext.gregs[REG_RAX] = __NR_clock_nanosleep;
  sleeps.uc_mcontext.gregs[REG_RSI] = TIMER_ABSTIME;
  sleeps.uc_mcontext.gregs[REG_RDX] = reinterpret_cast<greg_t>(&deadline);
  slot->frame = reinterpret_cast<uint64_t>(&sleeps);
  ShiftTimeouts(kStop, then, 0);
  const uint64_t now = sys::NowNs(CLOCK_MONOTONIC);
  EXPECT_NEAR(static_cast<double>(slot->timeout.deadline_ns - now), 5e9, 4e9);
  EXPECT_EQ(static_cast<uint64_t>(deadline.tv_sec),
            slot->timeout.deadline_ns / 1'000'000'000);

  // Not in the call: the timespec may be anything by now.
  sleeps.uc_mcontext.gregs[REG_RAX] = __NR_read;
  deadline.tv_sec = 9;
  ShiftTimeouts(kStop, then, 0);
  EXPECT_EQ(deadline.tv_sec, 9);
  track::ReleaseSlot(slot);
}

}  // namespace
}  // namespace ckpt::core
