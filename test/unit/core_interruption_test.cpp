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

TEST_F(InterruptionTest, GoesOnWithTheRestOfATimeout) {
  timespec timeout{100, 0};
  track::Slot* slot = track::Self();
  slot->wait_timeout = reinterpret_cast<uint64_t>(&timeout);
  slot->wait_deadline_ns = sys::NowNs(CLOCK_MONOTONIC) + 5'000'000'000;
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
  slot->wait_deadline_ns = 0;
}

TEST_F(InterruptionTest, GoesOnWithTheRestOfMilliseconds) {
  track::Slot* slot = track::Self();
  slot->wait_timeout = 100'000;
  slot->wait_deadline_ns = sys::NowNs(CLOCK_MONOTONIC) + 5'000'000'000;
  Call(__NR_epoll_wait);
  At(REG_R10) = 100'000;
  for (int i = 0; i < 2; ++i) {
    Ended();
    Hide();
    EXPECT_TRUE(IsSetBack());
    EXPECT_LE(At(REG_R10), 5000);
  }
  // It is over: the call returns at once.
  slot->wait_deadline_ns = 1;
  Ended();
  Hide();
  EXPECT_EQ(At(REG_R10), 0);
  slot->wait_deadline_ns = 0;
}

}  // namespace
}  // namespace ckpt::core
