// Intent: the children of a process, by the kernel's list and by the parent of
// every process: who lives, who has ended and how, and that nobody is taken
// away from the program's wait.

#include "sys/children.h"

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <thread>
#include <vector>

namespace ckpt::sys {
namespace {

std::vector<int> List(bool (*walk)(ChildVisitor, void*)) {
  std::vector<int> pids;
  EXPECT_TRUE(walk(
      [](void* context, const Child& child) {
        EXPECT_EQ(child.pid, child.outer_pid);
        static_cast<std::vector<int>*>(context)->push_back(child.pid);
        return true;
      },
      &pids));
  std::sort(pids.begin(), pids.end());
  return pids;
}

// A child that lives until its standard input ends.
class Living {
 public:
  Living() {
    EXPECT_EQ(pipe(pipe_), 0);
    pid_ = fork();
    if (pid_ == 0) {
      close(pipe_[1]);
      char byte;
      _exit(read(pipe_[0], &byte, 1) == 0 ? 5 : 1);
    }
    close(pipe_[0]);
  }
  void End() {
    close(pipe_[1]);
    siginfo_t info;
    EXPECT_EQ(waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT),
              0);
  }
  int pid() const { return pid_; }

 private:
  int pid_;
  int pipe_[2];
};

TEST(Children, None) {
  EXPECT_FALSE(HasChildren());
  EXPECT_TRUE(List(ForEachChild).empty());
  EXPECT_TRUE(List(ForEachChildByParent).empty());
  siginfo_t info;
  EXPECT_EQ(LookAtChild(getppid(), &info), ChildState::kNone);
}

TEST(Children, LivingThenEnded) {
  Living child;
  siginfo_t info;
  EXPECT_TRUE(HasChildren());
  EXPECT_EQ(LookAtChild(child.pid(), &info), ChildState::kLiving);
  EXPECT_EQ(List(ForEachChild), std::vector<int>{child.pid()});
  EXPECT_EQ(List(ForEachChildByParent), std::vector<int>{child.pid()});
  child.End();
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(HasChildren());
    EXPECT_EQ(LookAtChild(child.pid(), &info), ChildState::kEnded);
    EXPECT_EQ(info.si_code, CLD_EXITED);
    EXPECT_EQ(info.si_status, 5);
  }
  EXPECT_FALSE(IsCloneChild(child.pid()));
  EXPECT_EQ(List(ForEachChild), std::vector<int>{child.pid()});
  EXPECT_EQ(List(ForEachChildByParent), std::vector<int>{child.pid()});
  EXPECT_EQ(waitpid(child.pid(), nullptr, 0), child.pid());
  EXPECT_EQ(LookAtChild(child.pid(), &info), ChildState::kNone);
  EXPECT_FALSE(HasChildren());
}

TEST(Children, OfAnyThread) {
  std::vector<int> pids(1, 0);
  Living* child = nullptr;
  std::thread([&] { child = new Living; }).join();
  Living own;
  std::vector<int> expected{child->pid(), own.pid()};
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(List(ForEachChild), expected);
  EXPECT_EQ(List(ForEachChildByParent), expected);
  own.End();  // it has a copy of the other one's pipe
  child->End();
  while (wait(nullptr) > 0) {
  }
  delete child;
}

// More than one read of the list has room for.
TEST(Children, Many) {
  std::vector<int> expected;
  for (int i = 0; i < 400; ++i) {
    const int pid = fork();
    if (pid == 0) _exit(0);
    expected.push_back(pid);
  }
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(List(ForEachChild), expected);
  EXPECT_EQ(List(ForEachChildByParent), expected);
  while (wait(nullptr) > 0) {
  }
  EXPECT_TRUE(List(ForEachChild).empty());
}

TEST(Children, WithoutSignal) {
  const int pid = static_cast<int>(
      syscall(SYS_clone, 0, nullptr, nullptr, nullptr, nullptr));
  if (pid == 0) _exit(3);
  ASSERT_GT(pid, 0);
  siginfo_t info;
  while (LookAtChild(pid, &info) != ChildState::kEnded) usleep(1000);
  EXPECT_TRUE(IsCloneChild(pid));
  EXPECT_EQ(waitpid(pid, nullptr, __WALL), pid);
}

TEST(Children, Name) {
  EXPECT_EQ(prctl(PR_SET_NAME, "a (name)\n b"), 0);
  EXPECT_STREQ(ProcessName(getpid()).text(), "a (name)");
  EXPECT_EQ(prctl(PR_SET_NAME, "fifteen letters"), 0);
  EXPECT_STREQ(ProcessName(getpid()).text(), "fifteen letters");
  EXPECT_STREQ(ProcessName(0x7ffffff0).text(), "?");
}

}  // namespace
}  // namespace ckpt::sys
