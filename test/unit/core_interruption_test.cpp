// core_interruption_test.cpp - what a thread notices of an interrupted call.

#include <errno.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>

#include "core/interruption.h"
#include "sys/process.h"
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
