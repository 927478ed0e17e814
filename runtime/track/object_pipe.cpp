// object_pipe.cpp - the ends of pipes and FIFOs, and what is in them: tee(2)
// copies it into a pipe of our own; nothing is taken from the program's.
//
// A pipe is the program's own if nobody else has an end of it. A FIFO is a
// meeting place: it is opened again by its name, whoever else is there.

#include <asm/ioctls.h>
#include <poll.h>

#include "sys/file.h"
#include "track/objects.h"

namespace ckpt::track {
namespace {

using image::FdRecord;
using image::PipeData;

// What the program has of a pipe.
struct Ends {
  const FdRecord* first = nullptr;
  const FdRecord* reader = nullptr;
  bool writer = false, packets = false;
};

Ends FindEnds(const ObjectSource& source) {
  Ends ends;
  for (const FdRecord& fd : source.fds) {
    if (fd.inode != source.record.inode || fd.device != source.record.device) {
      continue;
    }
    const int mode = static_cast<int>(fd.open_flags) & O_ACCMODE;
    if (ends.first == nullptr) ends.first = &fd;
    if (mode != O_WRONLY && ends.reader == nullptr) ends.reader = &fd;
    if (mode != O_RDONLY) ends.writer = true;
    if ((fd.open_flags & O_DIRECT) != 0) ends.packets = true;
  }
  return ends;
}

// Copies what can be read from `from` to the data of the object.
class Copy {
 public:
  Copy(const ObjectSource& source, ObjectTable* out, Line* reason)
      : source_(source), out_(out), reason_(reason) {}

  bool Take(int from, uint64_t capacity) {
    int unread = 0;
    sys::Raw(__NR_ioctl, from, FIONREAD, &unread);
    if (unread == 0) return true;
    int ends[2];
    if (sys::Raw(__NR_pipe2, ends, O_CLOEXEC | O_NONBLOCK) < 0) {
      return Fail("whose bytes cannot be copied");
    }
    const sys::Closer reader(ends[0]), writer(ends[1]);
    // As many buffers as it has: they may be filled by a byte each.
    sys::Fcntl(ends[1], F_SETPIPE_SZ, static_cast<long>(capacity));
    constexpr int kNonblock = 2;  // SPLICE_F_NONBLOCK
    const long n = sys::Raw(__NR_tee, from, ends[1], unread, kNonblock);
    if (n != unread) {
      return Fail("whose bytes cannot be copied (fs.pipe-user-pages-soft)");
    }
    return Read(ends[0], static_cast<uint64_t>(n));
  }

 private:
  bool Fail(const char* why) {
    reason_->Str(why);
    return false;
  }

  // A packet ends a read, whatever is behind it.
  bool Read(int from, uint64_t left) {
    while (left > 0) {
      const long n = sys::Read(from, source_.info, source_.capacity);
      if (n <= 0) return Fail("whose bytes cannot be copied");
      const auto size = static_cast<uint64_t>(n);
      if (!out_->Add(image::PipeChunk{size}) ||
          !out_->AddBytes(source_.info, size)) {
        return Fail("with more bytes than there is room for");
      }
      PipeData* data = out_->Current<PipeData>();
      ++data->chunks;
      left -= size;
      if (left > 0 && size < source_.capacity) {
        data->flags |= image::kPipePackets;
      }
    }
    return true;
  }

  const ObjectSource& source_;
  ObjectTable* out_;
  Line* reason_;
};

}  // namespace

// Coordinator only, world stopped.
bool RecordPipe(const ObjectSource& source, ObjectTable* out, Line* reason) {
  const Ends ends = FindEnds(source);
  const bool fifo = source.path[0] == '/';
  const sys::Closer own(source.files.Borrow(source.fd));
  if (own.get() < 0) {
    reason->Str("that cannot be looked into (Linux 5.6)");
    return false;
  }
  const int state = sys::Poll(own.get(), POLLIN | POLLOUT);
  const bool alone = ends.reader == nullptr ? (state & POLLERR) != 0
                                            : (state & POLLHUP) != 0;
  const bool both = ends.reader != nullptr && ends.writer;
  if (!fifo && !both && !alone) {
    reason->Str("to another process");
    return false;
  }
  PipeData data{};
  data.first = ends.first->fd;
  if (ends.packets) data.flags |= image::kPipePackets;
  if (fifo && !both && !alone) data.flags |= image::kPipeUnwritten;
  const long capacity = sys::Fcntl(own.get(), F_GETPIPE_SZ);
  data.capacity = capacity > 0 ? static_cast<uint64_t>(capacity) : 0;
  if (!out->Add(data)) return false;
  if (ends.first->fd != source.fd || ends.reader == nullptr) return true;
  const sys::Closer reader(source.files.Borrow(ends.reader->fd));
  return Copy(source, out, reason).Take(reader.get(), data.capacity);
}

}  // namespace ckpt::track
