// Tests of cli/now.cpp against a child that plays the runtime's part: it maps
// the name, catches the signal and answers in the file of the nonce.

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <functional>
#include <vector>

#include "captured_output.h"
#include "commands.h"
#include "failure.h"

namespace ckpt::cli {
namespace {

constexpr int kStopSignal = 50;

// Puts the answer into the file of the nonce, in two writes, as a slow disk
// would.
void Answer(const std::string& directory, uint64_t nonce,
            const std::string& text) {
  const std::string path =
      fmt::format("{}/.ckpt-now-{:016x}", directory, nonce);
  const int fd = open(path.c_str(), O_WRONLY | O_NOFOLLOW);
  const size_t half = text.size() / 2;
  if (write(fd, text.data(), half) < 0) _exit(3);
  usleep(20000);
  if (write(fd, text.data() + half, text.size() - half) < 0) _exit(3);
  close(fd);
}

// A process that looks like one under ckpt and does `react` for a request.
class FakeProgram {
 public:
  using React = std::function<void(const std::string& directory, uint64_t)>;

  FakeProgram(const std::string& directory, bool catches, React react) {
    int ready[2];
    if (pipe(ready) != 0) abort();
    pid_ = fork();
    if (pid_ == 0) {
      Play(directory, catches, react, ready[1]);
      _exit(0);
    }
    close(ready[1]);
    char byte;
    if (read(ready[0], &byte, 1) != 1) abort();
    close(ready[0]);
  }
  ~FakeProgram() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  pid_t pid() const { return pid_; }

 private:
  static void Play(const std::string& directory, bool catches,
                   const React& react, int ready) {
    constexpr size_t kPiece = 10;
    for (size_t part = 0; part * kPiece < directory.size(); ++part) {
      const std::string name = fmt::format(
          "ckpt:1:{:032x}:{}:{}:{}", 7, kStopSignal, part,
          directory.substr(part * kPiece, kPiece));
      const int fd = memfd_create(name.c_str(), MFD_CLOEXEC);
      mmap(nullptr, 4096, PROT_NONE, MAP_SHARED, fd, 0);
      close(fd);
    }
    sigset_t mask;
    sigemptyset(&mask);
    sigaddset(&mask, kStopSignal);
    sigprocmask(SIG_BLOCK, &mask, nullptr);
    if (catches) signal(kStopSignal, [](int) {});
    if (write(ready, "r", 1) != 1) _exit(3);
    siginfo_t info;
    sigwaitinfo(&mask, &info);
    // Only the tool's kind of signal counts as a request.
    if (info.si_code != SI_QUEUE) _exit(4);
    uint64_t nonce;
    memcpy(&nonce, &info.si_value.sival_ptr, sizeof(nonce));
    react(directory, nonce);
    pause();
  }

  pid_t pid_;
};

class Now : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "/ckpt_now.XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
  }
  void TearDown() override {
    // Whatever happened: no reply file is left.
    EXPECT_TRUE(std::filesystem::is_empty(directory_));
    std::filesystem::remove_all(directory_);
  }

  // What is printed, or "failure: " and the text.
  std::string Run(pid_t pid, double timeout_seconds = 20) {
    const CapturedOutput output;
    try {
      RunNow({pid, timeout_seconds}, output.stream());
    } catch (const Failure& failure) {
      return "failure: " + failure.text;
    }
    return output.Text();
  }

  static FakeProgram::React Answers(const std::string& text) {
    return [text](const std::string& directory, uint64_t nonce) {
      Answer(directory, nonce, text);
    };
  }

  std::string directory_;
};

// Intent: the path of the image is printed once the answer is complete.
TEST_F(Now, PrintsThePathOfTheImage) {
  const FakeProgram program(directory_, true, Answers("ok /a b/p.chkpt.7\n"));
  EXPECT_EQ(Run(program.pid()), "/a b/p.chkpt.7\n");
}

// Intent: the error of the other side arrives with its reason.
TEST_F(Now, ReportsAnError) {
  const FakeProgram program(directory_, true,
                            Answers("error 28 cannot write\n"));
  EXPECT_EQ(Run(program.pid()),
            fmt::format("failure: process {}: no checkpoint: cannot write (No "
                        "space left on device)",
                        program.pid()));
}

// Intent: a checkpoint put off says why.
TEST_F(Now, ReportsThatItIsPutOff) {
  const FakeProgram program(directory_, true, Answers("later thread x busy\n"));
  EXPECT_EQ(Run(program.pid()),
            fmt::format("failure: process {}: put off: thread x busy",
                        program.pid()));
}

// Intent: an answer that is none is not taken for a success.
TEST_F(Now, RefusesNonsense) {
  const FakeProgram program(directory_, true, Answers("okay\n"));
  EXPECT_EQ(Run(program.pid()),
            fmt::format("failure: process {} gave an answer that is none: okay",
                        program.pid()));
}

// Intent: a process that dies instead of answering is seen at once.
TEST_F(Now, SeesTheProcessEnd) {
  const FakeProgram program(
      directory_, true, [](const std::string&, uint64_t) { _exit(1); });
  EXPECT_EQ(Run(program.pid()),
            fmt::format("failure: process {} has ended without a checkpoint",
                        program.pid()));
}

// Intent: an answer given just before the end counts.
TEST_F(Now, TakesAnAnswerGivenBeforeTheEnd) {
  const FakeProgram program(directory_, true,
                            [](const std::string& directory, uint64_t nonce) {
                              Answer(directory, nonce, "ok /p.chkpt.1\n");
                              _exit(85);
                            });
  EXPECT_EQ(Run(program.pid()), "/p.chkpt.1\n");
}

// Intent: silence ends with the timeout.
TEST_F(Now, GivesUpAfterTheTimeout) {
  const FakeProgram program(directory_, true,
                            [](const std::string&, uint64_t) {});
  EXPECT_EQ(Run(program.pid(), 0.05),
            fmt::format("failure: process {} did not answer within 0.05 s",
                        program.pid()));
}

// Intent: a tool that is told to end takes its reply file away and ends the way
// the signal would have ended it.
TEST_F(Now, CleansUpWhenItIsEnded) {
  const FakeProgram program(directory_, true,
                            [](const std::string&, uint64_t) {});
  const pid_t tool = fork();
  if (tool == 0) {
    Run(program.pid());
    _exit(0);
  }
  // The file tells that the request is on its way, with the signals held.
  while (std::filesystem::is_empty(directory_)) usleep(1000);
  kill(tool, SIGTERM);
  int status = 0;
  waitpid(tool, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGTERM);
}

// Intent: a process that was not built for it gets no signal.
TEST_F(Now, RefusesAProcessThatIsNotUnderCkpt) {
  EXPECT_EQ(Run(getpid()),
            fmt::format("failure: process {} is not running under ckpt",
                        getpid()));
}

// Intent: a signal without a handler would end the program: none is sent.
TEST_F(Now, NeedsAHandler) {
  const FakeProgram program(directory_, false, Answers("ok /x\n"));
  EXPECT_EQ(Run(program.pid()),
            fmt::format("failure: process {} has no handler for the stop "
                        "signal 50",
                        program.pid()));
}

// Intent: a process that does not exist is named as that.
TEST_F(Now, NeedsAProcess) {
  const pid_t gone = fork();
  if (gone == 0) _exit(0);
  waitpid(gone, nullptr, 0);
  EXPECT_EQ(Run(gone), fmt::format("failure: there is no process {}", gone));
}

// Intent: a checkpoint directory that is gone is named.
TEST_F(Now, NeedsTheDirectory) {
  const FakeProgram program(directory_ + "/none", true, Answers("ok /x\n"));
  EXPECT_EQ(Run(program.pid()),
            fmt::format("failure: cannot create a file in {}/none: No such "
                        "file or directory",
                        directory_));
}

}  // namespace
}  // namespace ckpt::cli
