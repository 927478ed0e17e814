// going_on.cpp - see going_on.h.

#include "hooks/going_on.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>

#include <atomic>

#include "hooks/libc.h"
#include "hooks/timeouts.h"
#include "sys/process.h"

namespace ckpt::hooks {

constexpr Operation kRead{__NR_read, Rest::kDevice, 1, 0,
                          POLLIN, SO_RCVTIMEO, EAGAIN};
constexpr Operation kReadv{__NR_readv, Rest::kNone, 0, 0,
                           POLLIN, SO_RCVTIMEO, EAGAIN};
constexpr Operation kWrite{__NR_write, Rest::kBytes, 1, 0,
                           POLLOUT, SO_SNDTIMEO, EAGAIN};
constexpr Operation kWritev{__NR_writev, Rest::kVector, 1, 0,
                            POLLOUT, SO_SNDTIMEO, EAGAIN};
constexpr Operation kRecvfrom{__NR_recvfrom, Rest::kBytes, 1, 3,
                              POLLIN, SO_RCVTIMEO, EAGAIN};
constexpr Operation kRecvmsg{__NR_recvmsg, Rest::kMessage, 1, 2,
                             POLLIN, SO_RCVTIMEO, EAGAIN};
constexpr Operation kRecvmmsg{__NR_recvmmsg, Rest::kMessages, 1, 3,
                              POLLIN, SO_RCVTIMEO, EAGAIN};
constexpr Operation kSendto{__NR_sendto, Rest::kBytes, 1, 0,
                            POLLOUT, SO_SNDTIMEO, EAGAIN};
constexpr Operation kSendmsg{__NR_sendmsg, Rest::kMessage, 1, 0,
                             POLLOUT, SO_SNDTIMEO, EAGAIN};
constexpr Operation kSendmmsg{__NR_sendmmsg, Rest::kMessages, 1, 0,
                              POLLOUT, SO_SNDTIMEO, EAGAIN};
constexpr Operation kAccept{__NR_accept, Rest::kNone, 0, 0,
                            POLLIN, SO_RCVTIMEO, EAGAIN};
constexpr Operation kAccept4{__NR_accept4, Rest::kNone, 0, 0,
                             POLLIN, SO_RCVTIMEO, EAGAIN};
constexpr Operation kConnect{__NR_connect, Rest::kNone, 0, 0,
                             POLLOUT, SO_SNDTIMEO, EINPROGRESS};
constexpr Operation kSendfile{__NR_sendfile, Rest::kCount, 3, 0,
                              POLLOUT, SO_SNDTIMEO, EAGAIN};
constexpr Operation kCopyFileRange{__NR_copy_file_range, Rest::kCount, 4, 0,
                                   0, 0, 0};
constexpr Operation kGetrandom{__NR_getrandom, Rest::kBytes, 0, 0, 0, 0, 0};

const Operation* OperationOf(long number) {
  static constexpr const Operation* kAll[] = {
      &kRead,    &kReadv,   &kWrite,   &kWritev,   &kRecvfrom, &kRecvmsg,
      &kRecvmmsg, &kSendto, &kSendmsg, &kSendmmsg, &kAccept,   &kAccept4,
      &kConnect, &kSendfile, &kCopyFileRange, &kGetrandom};
  for (const Operation* operation : kAll) {
    if (operation->number == number) return operation;
  }
  return nullptr;
}

constinit std::atomic<uint32_t> g_socket_timeouts{0};

void ExpectSocketTimeouts() {
  g_socket_timeouts.store(1, std::memory_order_relaxed);
}

namespace {

// At a time: the thread's stack may be small.
constexpr size_t kMostVectors = 16;

template <typename T>
T As(long argument) {
  return reinterpret_cast<T>(argument);
}

// Has the thread's table say, while it lives, that a hook goes on with the call
// by itself. The time in the note is that of its beginning: a restart moves it.
class Attempt {
 public:
  Attempt(const Operation& operation, long fd)
      : operation_(operation),
        fd_(static_cast<int>(fd)),
        slot_(track::Self()),
        outer_call_(slot_->timeout.call) {
    // A handler of the program's, on top of a call that has a note.
    if (__builtin_expect(outer_call_ != 0, 0)) outer_ = slot_->timeout;
    uint64_t beginning_ns = 0;
    knows_beginning_ =
        operation.option != 0 &&
        g_socket_timeouts.load(std::memory_order_relaxed) != 0;
    // Not the coarse clock: where ticks come late it is behind by more than
    // one, and a timeout would end early.
    if (__builtin_expect(knows_beginning_, 0)) {
      timespec now{};
      Real().clock_gettime(CLOCK_MONOTONIC, &now);
      beginning_ns = ToNs(now);
    }
    slot_->timeout.call = 0;
    asm volatile("" ::: "memory");
    slot_->timeout.clock = CLOCK_MONOTONIC;
    slot_->timeout.deadline_ns = beginning_ns;
    slot_->timeout.argument = static_cast<uint64_t>(fd);
    asm volatile("" ::: "memory");
    slot_->timeout.call = operation.number;
    Look();
  }
  // One that has been made, by GoOn's common case: its note stands there.
  Attempt(const Operation& operation, long fd, Counts before)
      : operation_(operation),
        fd_(static_cast<int>(fd)),
        slot_(track::Self()),
        outer_call_(0),
        interruptions_(before.interruptions),
        handlers_(before.handlers),
        knows_beginning_(false) {}
  ~Attempt() {
    slot_->timeout.call = 0;
    if (__builtin_expect(outer_call_ != 0, 0)) slot_->timeout = outer_;
  }
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;

  // A stop has interrupted the thread since it last looked, and no signal of
  // the program's.
  bool IsInterrupted() {
    const bool stopped = slot_->interruptions != interruptions_;
    const bool handled = slot_->program_handlers != handlers_;
    Look();
    return stopped && !handled;
  }

  // The call has done nothing. Waits until it can, for the rest of its timeout;
  // false, with errno, if it is to end.
  bool MayTryAgain() {
    timeval span{};
    socklen_t size = sizeof(span);
    if (operation_.option == 0 ||
        sys::Raw(__NR_getsockopt, fd_, SOL_SOCKET, operation_.option, &span,
                 &size) < 0) {
      return true;
    }
    const uint64_t span_ns = static_cast<uint64_t>(span.tv_sec) * 1000000000 +
                             static_cast<uint64_t>(span.tv_usec) * 1000;
    if (span_ns == 0) return true;
    const uint64_t now = sys::NowNs(CLOCK_MONOTONIC);
    if (!knows_beginning_) {
      // The timeout is from before the program, or was set behind our back.
      ExpectSocketTimeouts();
      slot_->timeout.deadline_ns = now;
      knows_beginning_ = true;
    }
    const uint64_t end = slot_->timeout.deadline_ns + span_ns;
    if (now < end) {
      // A local socket that waits for its listener's queue is ready at once: it
      // waits in the call.
      const timespec left = sys::ToTimespec(end - now);
      pollfd fd{fd_, operation_.events, 0};
      const int r = Real().ppoll(&fd, 1, &left, nullptr);
      if (r != 0) return r > 0;
    }
    errno = operation_.number == __NR_connect && IsLocal() ? EAGAIN
                                                           : operation_.late;
    return false;
  }

 private:
  bool IsLocal() const {
    int domain = 0;
    socklen_t size = sizeof(domain);
    sys::Raw(__NR_getsockopt, fd_, SOL_SOCKET, SO_DOMAIN, &domain, &size);
    return domain == AF_UNIX;
  }

  void Look() {
    interruptions_ = slot_->interruptions;
    handlers_ = slot_->program_handlers;
  }

  const Operation& operation_;
  const int fd_;
  track::Slot* const slot_;
  const uint32_t outer_call_;
  track::Timeout outer_;  // if there was one
  uint32_t interruptions_ = 0;
  uint32_t handlers_ = 0;
  bool knows_beginning_;
};

size_t SizeOf(const iovec* vectors, size_t count) {
  size_t size = 0;
  for (size_t i = 0; i < count; ++i) size += vectors[i].iov_len;
  return size;
}

// A copy of the vectors that are left behind the first `done` bytes; their
// number.
size_t CopyRest(const iovec* vectors, size_t count, size_t done, iovec* out) {
  size_t left = 0;
  for (size_t i = 0; i < count && left < kMostVectors; ++i) {
    iovec v = vectors[i];
    if (done >= v.iov_len) {
      done -= v.iov_len;
      continue;
    }
    v.iov_base = static_cast<char*>(v.iov_base) + done;
    v.iov_len -= done;
    done = 0;
    out[left++] = v;
  }
  return left;
}

bool IsEndlessDevice(int fd) {
  constexpr unsigned kMemory = 1;  // /dev/zero, /dev/urandom
  struct stat status;
  return sys::Raw(__NR_fstat, fd, &status) == 0 && S_ISCHR(status.st_mode) &&
         major(status.st_rdev) == kMemory;
}

// One call after the other until everything is done, one has ended for another
// reason, or the whole has. What was done is what counts then.
class Going {
 public:
  Going(const Operation& operation, const long* arguments, AskAgain ask,
        void* state)
      : operation_(operation),
        given_(arguments),
        ask_(ask),
        state_(state),
        attempt_(operation, arguments[0]) {}
  Going(const Operation& operation, const long* arguments, AskAgain ask,
        void* state, Counts before)
      : operation_(operation),
        given_(arguments),
        ask_(ask),
        state_(state),
        attempt_(operation, arguments[0], before) {}

  // The call as it is given, until it has done something; then the rest.
  long Run() { return WithRest(Try(given_)); }
  long RunAfter(long result) { return WithRest(TryAfter(result, given_)); }

 private:
  long WithRest(long r) {
    if (r <= 0 || operation_.rest == Rest::kNone) return r;
    if (!attempt_.IsInterrupted() || !WantsAll()) return r;
    switch (operation_.rest) {
      case Rest::kVector:
      case Rest::kMessage:
        return Vectors(r);
      case Rest::kMessages:
        return Messages(r);
      default:
        return Bytes(r);
    }
  }

  long Try(const long* arguments) {
    return TryAfter(ask_(state_, arguments), arguments);
  }

  // The same when it has been asked once.
  long TryAfter(long r, const long* arguments) {
    while (r == -1 && errno == EINTR && attempt_.IsInterrupted()) {
      if (!attempt_.MayTryAgain()) return -1;
      r = ask_(state_, arguments);
    }
    return r;
  }

  bool WantsAll() const {
    if (operation_.rest == Rest::kDevice) {
      return IsEndlessDevice(static_cast<int>(given_[0]));
    }
    if (operation_.flags == 0) return true;
    const long flags = given_[operation_.flags];
    if (operation_.rest == Rest::kMessages) {
      return (flags & MSG_WAITFORONE) == 0;
    }
    return (flags & MSG_WAITALL) != 0 && (flags & MSG_PEEK) == 0;
  }

  long Bytes(long done) {
    const bool counted = operation_.rest == Rest::kCount;
    const int size = counted ? operation_.at : operation_.at + 1;
    const long whole = given_[size];
    long arguments[6];
    while (done < whole) {
      __builtin_memcpy(arguments, given_, sizeof(arguments));
      arguments[size] = whole - done;
      if (!counted) arguments[operation_.at] += done;
      const long r = Try(arguments);
      if (r <= 0) break;
      done += r;
      if (done < whole && !attempt_.IsInterrupted()) break;
    }
    return done;
  }

  [[gnu::noinline]] long Vectors(long done) {
    const bool message = operation_.rest == Rest::kMessage;
    msghdr rest{};
    const iovec* vectors;
    size_t count;
    if (message) {
      const auto* whole = As<const msghdr*>(given_[operation_.at]);
      vectors = whole->msg_iov;
      count = whole->msg_iovlen;
      // The address holds for all parts, what goes with it went with the first.
      if (operation_.flags == 0) {
        rest.msg_name = whole->msg_name;
        rest.msg_namelen = whole->msg_namelen;
      }
    } else {
      vectors = As<const iovec*>(given_[operation_.at]);
      count = static_cast<size_t>(given_[operation_.at + 1]);
    }
    const auto whole_size = static_cast<long>(SizeOf(vectors, count));
    iovec left[kMostVectors];
    long arguments[6];
    __builtin_memcpy(arguments, given_, sizeof(arguments));
    while (done < whole_size) {
      const size_t n =
          CopyRest(vectors, count, static_cast<size_t>(done), left);
      if (message) {
        rest.msg_iov = left;
        rest.msg_iovlen = n;
        arguments[operation_.at] = reinterpret_cast<long>(&rest);
      } else {
        arguments[operation_.at] = reinterpret_cast<long>(left);
        arguments[operation_.at + 1] = static_cast<long>(n);
      }
      const long r = Try(arguments);
      if (r <= 0) break;
      done += r;
      if (r < static_cast<long>(SizeOf(left, n)) && !attempt_.IsInterrupted()) {
        break;
      }
    }
    return done;
  }

  [[gnu::noinline]] long Messages(long done) {
    auto* const messages = As<mmsghdr*>(given_[operation_.at]);
    const long whole = given_[operation_.at + 1];
    long arguments[6];
    __builtin_memcpy(arguments, given_, sizeof(arguments));
    for (;;) {
      if (operation_.flags == 0 && !FinishSending(&messages[done - 1])) break;
      if (done >= whole) break;
      arguments[operation_.at] = reinterpret_cast<long>(messages + done);
      arguments[operation_.at + 1] = whole - done;
      long r = Try(arguments);
      // The kernel notes on the socket why it has stopped in the middle, and
      // that was the stop: EINTR, or a number of its own (ERESTARTSYS).
      if (r == -1 && (errno == EINTR || errno >= 512)) r = Try(arguments);
      if (r <= 0) break;
      done += r;
      if (!attempt_.IsInterrupted()) break;
    }
    return done;
  }

  // The last message of sendmmsg may have gone out in part.
  [[gnu::noinline]] bool FinishSending(mmsghdr* message) {
    const msghdr& whole = message->msg_hdr;
    const size_t size = SizeOf(whole.msg_iov, whole.msg_iovlen);
    iovec left[kMostVectors];
    while (message->msg_len < size) {
      mmsghdr rest{};
      rest.msg_hdr.msg_iov = left;
      rest.msg_hdr.msg_iovlen =
          CopyRest(whole.msg_iov, whole.msg_iovlen, message->msg_len, left);
      long arguments[6] = {given_[0], reinterpret_cast<long>(&rest), 1,
                           given_[3], 0, 0};
      if (Try(arguments) <= 0) return false;
      message->msg_len += rest.msg_len;
      if (rest.msg_len < SizeOf(left, rest.msg_hdr.msg_iovlen) &&
          !attempt_.IsInterrupted()) {
        return false;
      }
    }
    return true;
  }

  const Operation& operation_;
  const long* const given_;
  const AskAgain ask_;
  void* const state_;
  Attempt attempt_;
};

}  // namespace

long GoOn(const Operation& operation, const long* arguments, AskAgain ask,
          void* state) {
  return Going(operation, arguments, ask, state).Run();
}

long GoOnAfter(const Operation& operation, const long* arguments, AskAgain ask,
               void* state, long result, Counts before) {
  return Going(operation, arguments, ask, state, before).RunAfter(result);
}

}  // namespace ckpt::hooks
