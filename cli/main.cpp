// main.cpp - `ckpt`: looks at checkpoints, takes one, goes on from one. Knows
// argv and nothing else; each command is a file of its own (commands.h).
// A failure of the tool is one line on standard error and exit code 125.

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <exception>
#include <functional>
#include <string>

#include "commands.h"
#include "failure.h"

namespace ckpt::cli {
namespace {

// An image is never changed in place, but anybody can truncate a file.
void OnBusError(int) {
  constexpr char kText[] = "ckpt: a file was cut short while it was read\n";
  [[maybe_unused]] const ssize_t written =
      write(STDERR_FILENO, kText, sizeof(kText) - 1);
  _exit(kFailureExit);
}

// Checks of CLI11: what is wrong with the word, or nothing. Its own ones print
// the bounds of the number type.
std::string CheckPid(const std::string& word) {
  int pid = 0;
  const bool good = CLI::detail::lexical_cast(word, pid) && pid > 0;
  return good ? "" : word + " is not a process id";
}

std::string CheckSeconds(const std::string& word) {
  double seconds = 0;
  const bool good = CLI::detail::lexical_cast(word, seconds) && seconds >= 0;
  return good ? "" : word + " is not a number of seconds";
}

class CommandLine {
 public:
  CommandLine() : app_("Looks at checkpoints and restarts programs.", "ckpt") {
    app_.set_version_flag("--version", "ckpt " CKPT_VERSION);
    app_.require_subcommand(1);
    AddLs();
    AddInfo();
    AddVerify();
    AddNow();
    AddRestart();
  }

  int Run(int argc, char** argv) {
    try {
      app_.parse(argc, argv);
    } catch (const CLI::Success& success) {  // --help, --version
      return app_.exit(success);
    } catch (const CLI::ParseError& error) {
      if (argc < 2) Fail("which command? see ckpt --help");
      if (app_.get_subcommands().empty() && argv[1][0] != '-') {
        Fail("there is no command {}; see ckpt --help", argv[1]);
      }
      Fail("{}", error.what());
    }
    return run_(stdout);
  }

 private:
  void AddLs() {
    CLI::App* command =
        app_.add_subcommand("ls", "List the checkpoints of a directory");
    command->add_option("DIR", ls_.directory, "Directory (default: .)");
    command->add_flag("-V,--verify", ls_.verify, "Check the data, too");
    command->add_flag("--json", ls_.json, "Print JSON");
    command->callback([this] {
      run_ = [this](std::FILE* out) { return RunLs(ls_, out); };
    });
  }

  void AddInfo() {
    CLI::App* command =
        app_.add_subcommand("info", "Show what is in a checkpoint");
    command->add_option("FILE", info_.file, "Checkpoint")->required();
    command->add_flag("--locks", info_.locks,
                      "Only who holds and waits for what, and deadlocks");
    command->add_flag("--json", info_.json, "Print JSON");
    command->callback([this] {
      run_ = [this](std::FILE* out) { return RunInfo(info_, out); };
    });
  }

  void AddVerify() {
    CLI::App* command = app_.add_subcommand(
        "verify", "Check checkpoints to the last byte (exit 1: one is bad)");
    command->add_option("FILE", verify_.files, "Checkpoints")->required();
    command->callback([this] {
      run_ = [this](std::FILE* out) { return RunVerify(verify_, out); };
    });
  }

  void AddNow() {
    CLI::App* command = app_.add_subcommand(
        "now", "Have a running program take a checkpoint; print its path");
    command->add_option("PID", now_.pid, "Process")
        ->required()
        ->check(CheckPid);
    command
        ->add_option("--timeout", now_.timeout_seconds,
                     "Seconds to wait (default: 60)")
        ->check(CheckSeconds);
    command->callback([this] {
      run_ = [this](std::FILE* out) { return RunNow(now_, out); };
    });
  }

  void AddRestart() {
    CLI::App* command =
        app_.add_subcommand("restart", "Go on from a checkpoint");
    command->add_option("FILE", restart_.file, "Checkpoint")->required();
    command
        ->add_option("--ids", restart_.ids,
                     "Process and thread ids: auto, same, ns or new")
        ->check(CLI::IsMember({"auto", "same", "ns", "new"}));
    command->add_option("--files", restart_.files,
                        "What becomes of files: POLICY[=PATTERN],... or @FILE");
    command->add_option("--path-map", restart_.path_map,
                        "What has been moved: OLD=NEW,...");
    command->add_flag("-v", restart_.verbosity, "Say what is done");
    command->callback([this] {
      run_ = [this](std::FILE* out) { return RunRestart(restart_, out); };
    });
  }

  CLI::App app_;
  LsOptions ls_;
  InfoOptions info_;
  VerifyOptions verify_;
  NowOptions now_;
  RestartOptions restart_;
  std::function<int(std::FILE*)> run_;
};

int Main(int argc, char** argv) {
  signal(SIGBUS, OnBusError);
  try {
    CommandLine command_line;
    const int exit_code = command_line.Run(argc, argv);
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
      Fail("cannot write to standard output: {}", ErrnoText(errno));
    }
    return exit_code;
  } catch (const Failure& failure) {
    fmt::print(stderr, "ckpt: {}\n", failure.text);
  } catch (const std::exception& error) {
    fmt::print(stderr, "ckpt: {}\n", error.what());
  }
  return kFailureExit;
}

}  // namespace
}  // namespace ckpt::cli

int main(int argc, char** argv) { return ckpt::cli::Main(argc, argv); }
