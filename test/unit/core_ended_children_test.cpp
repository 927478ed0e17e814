// Intent: the table of ended children answers as waitid(2) would: which child
// matches, once or more often, and nothing before a restart has made it count.

#include "core/ended_children.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/state.h"

namespace ckpt::core {
namespace {

class Ended : public testing::Test {
 protected:
  void SetUp() override {
    g_state.pid = getpid();
    ForgetEnded();
  }
  void TearDown() override { ForgetEnded(); }

  static EndedChild Exited(int pid, int code) {
    EndedChild child{};
    child.pid = pid;
    child.group = getpgrp();
    child.own_group = 1;
    child.code = CLD_EXITED;
    child.status = code;
    child.uid = 7;
    return child;
  }
  // The pid that a wait takes, 0 if none.
  static int Take(int type, int id, int options = WEXITED) {
    siginfo_t info;
    return TakeEnded(type, id, options, &info) ? info.si_pid : 0;
  }
};

TEST_F(Ended, CountsOnlyAfterARestart) {
  ASSERT_TRUE(RecordEnded(Exited(10, 1)));
  EXPECT_EQ(Take(P_ALL, 0), 0);
  EXPECT_FALSE(IsEnded(10));
  DropRecorded();
  AdoptRecorded();
  EXPECT_EQ(Take(P_ALL, 0), 0);
  ASSERT_TRUE(RecordEnded(Exited(10, 1)));
  AdoptRecorded();
  EXPECT_TRUE(IsEnded(10));
  EXPECT_EQ(Take(P_ALL, 0), 10);
  EXPECT_FALSE(IsEnded(10));
}

TEST_F(Ended, EachOnce) {
  for (int pid = 10; pid < 13; ++pid) ASSERT_TRUE(RecordEnded(Exited(pid, 0)));
  AdoptRecorded();
  EXPECT_EQ(Take(P_PID, 11), 11);
  EXPECT_EQ(Take(P_PID, 11), 0);
  EXPECT_EQ(Take(P_ALL, 0, WEXITED | WNOWAIT), 10);
  EXPECT_EQ(Take(P_ALL, 0), 10);
  EXPECT_EQ(Take(P_ALL, 0), 12);
  EXPECT_EQ(Take(P_ALL, 0), 0);
}

TEST_F(Ended, SurvivesTheNextRestart) {
  ASSERT_TRUE(RecordEnded(Exited(10, 0)));
  AdoptRecorded();
  ASSERT_TRUE(RecordEnded(Exited(20, 0)));
  DropRecorded();
  EXPECT_EQ(Take(P_PID, 20), 0);
  EXPECT_EQ(Take(P_PID, 10), 10);
}

TEST_F(Ended, ByProcessGroup) {
  EndedChild other = Exited(10, 0);
  other.group = 4242;
  other.own_group = 0;
  EndedChild own = Exited(11, 0);
  own.group = 4343;  // what the program's was before the restart
  ASSERT_TRUE(RecordEnded(other));
  ASSERT_TRUE(RecordEnded(own));
  AdoptRecorded();
  EXPECT_EQ(Take(P_PGID, 1), 0);
  EXPECT_EQ(Take(P_PGID, 0, WEXITED | WNOWAIT), 11);
  EXPECT_EQ(Take(P_PGID, getpgrp(), WEXITED | WNOWAIT), 11);
  EXPECT_EQ(Take(P_PGID, 4343), 11);
  EXPECT_EQ(Take(P_PGID, 4242), 10);
}

TEST_F(Ended, ByKind) {
  EndedChild clone = Exited(10, 0);
  clone.clone_child = 1;
  ASSERT_TRUE(RecordEnded(clone));
  ASSERT_TRUE(RecordEnded(Exited(11, 0)));
  AdoptRecorded();
  constexpr int kClone = static_cast<int>(__WCLONE);
  EXPECT_EQ(Take(P_ALL, 0, WEXITED | WNOWAIT), 11);
  EXPECT_EQ(Take(P_ALL, 0, WEXITED | WNOWAIT | kClone), 10);
  EXPECT_EQ(Take(P_ALL, 0, WEXITED | __WALL), 10);
  EXPECT_EQ(Take(P_ALL, 0, WSTOPPED), 0);
  EXPECT_EQ(Take(P_ALL, 0, WEXITED | __WALL), 11);
}

TEST_F(Ended, NotOfAnotherProcess) {
  ASSERT_TRUE(RecordEnded(Exited(10, 0)));
  AdoptRecorded();
  g_state.pid = getpid() + 1;
  EXPECT_EQ(Take(P_ALL, 0), 0);
  g_state.pid = getpid();
  EXPECT_EQ(Take(P_ALL, 0), 10);
}

TEST_F(Ended, SaysHow) {
  EndedChild killed = Exited(10, SIGTERM), dumped = Exited(11, SIGSEGV);
  killed.code = CLD_KILLED;
  dumped.code = CLD_DUMPED;
  ASSERT_TRUE(RecordEnded(killed));
  ASSERT_TRUE(RecordEnded(dumped));
  ASSERT_TRUE(RecordEnded(Exited(12, 255)));
  AdoptRecorded();
  siginfo_t info;
  ASSERT_TRUE(TakeEnded(P_PID, 10, WEXITED, &info));
  EXPECT_EQ(info.si_signo, SIGCHLD);
  EXPECT_EQ(info.si_code, CLD_KILLED);
  EXPECT_EQ(info.si_status, SIGTERM);
  EXPECT_EQ(info.si_uid, 7u);
  int status = WaitStatus(info);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
  EXPECT_FALSE(WCOREDUMP(status));
  ASSERT_TRUE(TakeEnded(P_PID, 11, WEXITED, &info));
  status = WaitStatus(info);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
  EXPECT_TRUE(WCOREDUMP(status));
  ASSERT_TRUE(TakeEnded(P_PID, 12, WEXITED, &info));
  status = WaitStatus(info);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 255);
}

TEST_F(Ended, Full) {
  for (uint32_t i = 0; i < kMaxEnded; ++i) {
    ASSERT_TRUE(RecordEnded(Exited(static_cast<int>(i) + 1, 0)));
  }
  EXPECT_FALSE(RecordEnded(Exited(5000, 0)));
  AdoptRecorded();
  EXPECT_EQ(Take(P_PID, 700), 700);
  EXPECT_TRUE(RecordEnded(Exited(5000, 0)));
  DropRecorded();
  EXPECT_EQ(Take(P_ALL, 0), 1);
}

}  // namespace
}  // namespace ckpt::core
