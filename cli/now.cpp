// now.cpp - `ckpt now`: has a running program take a checkpoint. The request is
// the stop signal with a nonce as its value; the answer comes in a file of that
// nonce, which the tool puts into the checkpoint directory beforehand:
//   ok <path of the image>     it is durable
//   error <errno> <text>       there is none
//   later <text>               put off, with the reason
// No port, no ptrace. The other side is the runtime's coordinator (core/);
// rendezvous.h says how the two find each other.

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>

#include "commands.h"
#include "failure.h"
#include "rendezvous.h"
#include "text.h"

namespace ckpt::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kPollMs = 5;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

// The signals that end the tool, held back so that the reply file never stays
// behind; Deliver lets one through.
class HeldSignals {
 public:
  HeldSignals() : fd_(Block(&old_mask_)) {}
  ~HeldSignals() { sigprocmask(SIG_SETMASK, &old_mask_, nullptr); }
  HeldSignals(const HeldSignals&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;
  int fd() const { return fd_.get(); }

 private:
  static int Block(sigset_t* old_mask) {
    sigset_t mask;
    sigemptyset(&mask);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) {
      sigaddset(&mask, signal);
    }
    sigprocmask(SIG_BLOCK, &mask, old_mask);
    return signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
  }

  sigset_t old_mask_;
  Descriptor fd_;
};

// The empty file for the answer; removed in any case.
class ReplyFile {
 public:
  ReplyFile(const std::string& directory, uint64_t nonce, int pid)
      : path_(fmt::format("{}/.ckpt-now-{:016x}", directory, nonce)),
        file_(open(path_.c_str(),
                   O_RDONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                   0600)) {
    if (file_.get() < 0) {
      Fail("cannot create a file in {}: {}", Printable(directory),
           ErrnoText(errno));
    }
    GiveTo(pid);
  }
  ~ReplyFile() { unlink(path_.c_str()); }
  ReplyFile(const ReplyFile&) = delete;
  ReplyFile& operator=(const ReplyFile&) = delete;

  // The first line, once it is complete.
  std::optional<std::string> Line() const {
    char buffer[8192];
    const ssize_t size = pread(file_.get(), buffer, sizeof(buffer), 0);
    if (size <= 0) return {};
    const std::string text(buffer, static_cast<size_t>(size));
    const size_t end = text.find('\n');
    if (end == std::string::npos) return {};
    return text.substr(0, end);
  }

 private:
  // Who may ask a process of somebody else is root; that somebody must be able
  // to open the file.
  void GiveTo(int pid) const {
    struct stat process;
    if (stat(fmt::format("/proc/{}", pid).c_str(), &process) != 0 ||
        process.st_uid == geteuid()) {
      return;
    }
    if (fchown(file_.get(), process.st_uid, process.st_gid) != 0) {
      const int error = errno;
      unlink(path_.c_str());
      Fail("cannot give {} to user {}: {}", Printable(path_), process.st_uid,
           ErrnoText(error));
    }
  }

  std::string path_;
  Descriptor file_;
};

// A main thread that has ended shows no memory; the other threads do.
std::optional<Rendezvous> AskThreads(int pid) {
  std::error_code error;
  for (const auto& thread : std::filesystem::directory_iterator(
           fmt::format("/proc/{}/task", pid), error)) {
    std::ifstream maps(thread.path() / "maps");
    if (auto found = FindRendezvous(maps)) return found;
  }
  return {};
}

Rendezvous Find(int pid) {
  std::ifstream maps(fmt::format("/proc/{}/maps", pid));
  if (!maps) {
    Fail("cannot look into process {}: {}", pid, ErrnoText(errno));
  }
  std::optional<Rendezvous> found = FindRendezvous(maps);
  if (!found) found = AskThreads(pid);
  if (!found) Fail("process {} is not running under ckpt", pid);
  std::ifstream status(fmt::format("/proc/{}/status", pid));
  if (!CatchesSignal(status, found->stop_signal)) {
    Fail("process {} has no handler for the stop signal {}", pid,
         found->stop_signal);
  }
  return *found;
}

uint64_t Nonce() {
  uint64_t nonce = 0;
  if (getrandom(&nonce, sizeof(nonce), 0) != sizeof(nonce)) {
    Fail("no random number: {}", ErrnoText(errno));
  }
  return nonce;
}

void Request(int pidfd, int pid, int signal, uint64_t nonce) {
  siginfo_t info = {};
  info.si_signo = signal;
  info.si_code = SI_QUEUE;
  info.si_pid = getpid();
  info.si_uid = getuid();
  static_assert(sizeof(info.si_value.sival_ptr) == sizeof(nonce));
  memcpy(&info.si_value.sival_ptr, &nonce, sizeof(nonce));
  if (syscall(SYS_pidfd_send_signal, pidfd, signal, &info, 0) == 0) return;
  const int error = errno;
  if (error == ESRCH) Fail("process {} has ended", pid);
  if (error == EPERM) Fail("no permission to signal process {}", pid);
  Fail("cannot signal process {}: {}", pid, ErrnoText(error));
}

// Prints or throws what the answer says.
void Report(const std::string& line, int pid, std::FILE* out) {
  const auto rest = [&line](std::string_view word) {
    return line.substr(word.size());
  };
  if (line.starts_with("ok /")) {
    fmt::print(out, "{}\n", rest("ok "));
    return;
  }
  if (line.starts_with("later ")) {
    Fail("process {}: put off: {}", pid, Printable(rest("later ")));
  }
  if (line.starts_with("error ")) {
    const std::string text = rest("error ");
    char* end = nullptr;
    const long error = std::strtol(text.c_str(), &end, 10);
    while (*end == ' ') ++end;
    const std::string reason = error > 0 ? ErrnoText(static_cast<int>(error))
                                         : std::string("unknown error");
    Fail("process {}: no checkpoint: {}", pid,
         *end == '\0' ? reason
                      : fmt::format("{} ({})", Printable(end), reason));
  }
  Fail("process {} gave an answer that is none: {}", pid, Printable(line));
}

// The answer. 0, or the number of the signal that is to end the tool.
int Await(const ReplyFile& reply, int pidfd, const HeldSignals& signals,
          const NowOptions& options, std::FILE* out) {
  const auto deadline =
      Clock::now() + std::chrono::duration_cast<Clock::duration>(
                         std::chrono::duration<double>(
                             std::min(options.timeout_seconds, 1e9)));
  pollfd events[] = {{pidfd, POLLIN, 0}, {signals.fd(), POLLIN, 0}};
  for (;;) {
    poll(events, std::size(events), kPollMs);
    signalfd_siginfo caught;
    if (read(signals.fd(), &caught, sizeof(caught)) == sizeof(caught)) {
      return static_cast<int>(caught.ssi_signo);
    }
    // Asked for before the file is read, so that an answer given just before
    // the end is not missed.
    const bool ended = (events[0].revents & POLLIN) != 0;
    if (const auto line = reply.Line()) {
      Report(*line, options.pid, out);
      return 0;
    }
    if (ended) Fail("process {} has ended without a checkpoint", options.pid);
    if (Clock::now() >= deadline) {
      Fail("process {} did not answer within {} s", options.pid,
           options.timeout_seconds);
    }
  }
}

int RequestAndAwait(const NowOptions& options, std::FILE* out) {
  // First of all, so that a process id given to another process meanwhile
  // cannot be meant: what is read below belongs to this one if it still lives.
  const Descriptor pidfd(
      static_cast<int>(syscall(SYS_pidfd_open, options.pid, 0)));
  if (pidfd.get() < 0) {
    if (errno == ESRCH) Fail("there is no process {}", options.pid);
    if (errno == EINVAL) Fail("{} is a thread, not a process", options.pid);
    Fail("cannot open process {}: {}", options.pid, ErrnoText(errno));
  }
  const Rendezvous place = Find(options.pid);
  const HeldSignals signals;
  const uint64_t nonce = Nonce();
  const ReplyFile reply(place.directory, nonce, options.pid);
  Request(pidfd.get(), options.pid, place.stop_signal, nonce);
  return Await(reply, pidfd.get(), signals, options, out);
}

}  // namespace

int RunNow(const NowOptions& options, std::FILE* out) {
  const int signal = RequestAndAwait(options, out);
  if (signal != 0) {
    // The reply file is gone; end the way the signal would have.
    raise(signal);
    return 128 + signal;
  }
  return 0;
}

}  // namespace ckpt::cli
