// checkpoint.cpp - see checkpoint.h.

#include "core/checkpoint.h"

#include <sys/mman.h>

#include "base/fault.h"
#include "core/ended_children.h"
#include "core/file_content.h"
#include "core/message.h"
#include "core/publish.h"
#include "core/refusals.h"
#include "core/snapshot.h"
#include "core/state.h"
#include "core/stop_the_world.h"
#include "core/timers.h"
#include "image/checksum.h"
#include "image/writer.h"
#include "sys/file.h"
#include "sys/memory.h"
#include "sys/process.h"

namespace ckpt::core {
namespace {

// World stopped: memory that the program itself may not read is made readable
// for the time of writing.
void ProtectUnreadable(const image::Parts& parts, bool readable) {
  size_t block = 0;
  for (const image::VmaRecord& vma : parts.vmas) {
    while (block < parts.blocks.size &&
           parts.blocks[block].address < vma.start) {
      ++block;
    }
    const bool saved = block < parts.blocks.size &&
                       parts.blocks[block].address < vma.end;
    if (!saved || (vma.prot & PROT_READ) != 0) continue;
    const int prot = static_cast<int>(vma.prot);
    sys::Protect(vma.start, vma.end - vma.start,
                 readable ? prot | PROT_READ : prot);
  }
}

class Checkpoint {
 public:
  explicit Checkpoint(Outcome* outcome) : outcome_(outcome) {}

  void Take() {
    if (Reserve()) {
      if (Stop()) {
        const bool written = Save();
        DropRecorded();
        GiveTimersBack(parts_.timers, parts_.threads);
        released_us_ = ReleaseTheWorld(stopped_);
        if (written) Publish();
      }
      scratch_.Free();
    }
  }

 private:
  static bool IsOutput(const image::FdRecord& fd) {
    return (fd.mode & S_IFMT) == S_IFREG &&
           (fd.open_flags & O_ACCMODE) != O_RDONLY;
  }
  // By way of an earlier descriptor of the same file.
  bool IsSynced(const image::FdRecord& fd) const {
    for (const image::FdRecord* other = &parts_.fds[0]; other != &fd; ++other) {
      if (other->inode == fd.inode && other->device == fd.device &&
          IsOutput(*other)) {
        return true;
      }
    }
    return false;
  }

  // The program's output up to the checkpoint must outlive the machine as the
  // image does. By a descriptor of our own: an error is then still news to the
  // program's fsync.
  void SyncOutputs() const {
    for (const image::FdRecord& fd : parts_.fds) {
      if (!IsOutput(fd) || IsSynced(fd)) continue;
      const long own = sys::Open(parts_.strings.data + fd.path,
                                 O_RDONLY | O_CLOEXEC | O_NONBLOCK);
      if (own < 0) continue;
      sys::Raw(__NR_fdatasync, own);
      sys::Close(static_cast<int>(own));
    }
  }

  bool Fail(const char* what, long negative_errno) {
    outcome_->error = static_cast<int>(-negative_errno);
    outcome_->reason.Str(what).Str(": ");
    AddError(&outcome_->reason, negative_errno);
    return false;
  }

  bool Reserve() {
    long r = fault::At(fault::Point::reserve);
    if (r >= 0) r = scratch_.Reserve();
    return r >= 0 || Fail("no memory for the checkpoint's tables", r);
  }

  bool Stop() {
    Arena arena = scratch_.Part(5);
    const long r = fault::At(fault::Point::stop);
    if (r < 0) return Fail("cannot stop the threads", r);
    if (!CheckCredentials(&outcome_->reason)) {
      outcome_->error = 95;  // ENOTSUP
      return false;
    }
    if (StopTheWorld(&arena, &stopped_, &outcome_->reason)) return true;
    outcome_->error = 11;  // EAGAIN
    outcome_->later = true;
    // The parent of a vfork stands in the kernel until its child has called
    // exec.
    const LivingChild child = FindLivingChild();
    if (child.pid != 0) *outcome_ = PutOff(child);
    return false;
  }

  // World stopped. One may have been made since the coordinator has looked.
  bool Children() {
    switch (RecordChildren(stopped_.stop)) {
      case ChildrenAtStop::kRecorded:
        return true;
      case ChildrenAtStop::kLiving:
        *outcome_ = PutOff(FindLivingChild());
        return false;
      case ChildrenAtStop::kTooMany:
        outcome_->reason.Str("more than ").Dec(kMaxEnded).Str(
            " child processes have ended and were not waited for");
        break;
      case ChildrenAtStop::kUnlisted:
        outcome_->reason.Str("the program traces a process, or has a child "
                             "that /proc does not show");
        break;
    }
    outcome_->error = 95;  // ENOTSUP
    return false;
  }

  // World stopped. Everything up to the last byte of memory; the notes are
  // built but written after the release.
  bool Save() {
    long r = fault::At(fault::Point::snapshot);
    if (r < 0) return Fail("cannot gather the tables", r);
    if (!Children()) return false;
    if (!TakeSnapshot(stopped_, &scratch_, &parts_, &outcome_->reason)) {
      // A call that is over in a moment.
      outcome_->later = g_state.changing_ids.load() != 0;
      outcome_->error = outcome_->later ? 11 : 95;  // EAGAIN, ENOTSUP
      return false;
    }
    parts_.head.sequence = NextSequence();
    image::Layout(&parts_);
    // A clone of a file takes no room.
    const long fd = file_.Create(parts_.file_blocks.empty()
                                     ? parts_.head.file_size
                                     : parts_.file_blocks[0].file_offset);
    if (fd < 0) return Fail(file_.directory(), fd);
    const char* failed = nullptr;
    Arena blocks = scratch_.Part(2);
    buffer_ = blocks.Take<char>(image::kMaxBlock);
    r = buffer_ == nullptr ? -12 : 0;  // ENOMEM
    if (r >= 0) {
      ProtectUnreadable(parts_, true);
      r = image::WriteBlocks(static_cast<int>(fd), &parts_, buffer_);
      ProtectUnreadable(parts_, false);
    }
    if (r >= 0) {
      r = WriteFileBlocks(static_cast<int>(fd), &parts_, buffer_, &failed);
    }
    if (r >= 0) {
      Arena arena = scratch_.Part(10);
      meta_ = image::BuildMeta(&parts_, &arena);
      if (meta_.empty()) r = -12;  // ENOMEM
    }
    if (r >= 0) return true;
    file_.Discard();
    if (failed == nullptr) return Fail("cannot write the image", r);
    return Fail(
        Line().Str("cannot save the content of ").Str(failed).text(), r);
  }

  // The metadata, and the name, which another run may have taken meanwhile.
  long Write(uint64_t* sequence) {
    long r = FinishFileBlocks(file_.fd(), parts_, meta_, buffer_);
    while (r >= 0) {
      image::SetSequence(meta_, *sequence);
      r = fault::At(fault::Point::meta_write);
      if (r >= 0) r = sys::PwriteAll(file_.fd(), meta_.data, meta_.size, 0);
      if (r >= 0) r = file_.Publish(*sequence, &outcome_->path);
      if (r != -17 || ++*sequence == 0) break;  // EEXIST
      r = 0;
    }
    return r;
  }

  // The threads run again.
  void Publish() {
    SyncOutputs();
    uint64_t sequence = parts_.head.sequence;
    const long r = Write(&sequence);
    if (r < 0) {
      file_.Discard();
      Fail("cannot write the image", r);
      return;
    }
    SayVerbose(Line()
                   .Str("checkpoint ")
                   .Str(outcome_->path.text())
                   .Str(": ")
                   .Dec(parts_.head.file_size >> 10)
                   .Str(" KiB, ")
                   .Dec(parts_.threads.size)
                   .Str(" threads, stop ")
                   .Dec(stopped_.parked_us - stopped_.request_us)
                   .Str(" us, stopped ")
                   .Seconds(released_us_ - stopped_.request_us)
                   .Str(" s, durable after ")
                   .Seconds(sys::NowUs() - stopped_.request_us)
                   .Str(" s"));
    RemoveOld(sequence);
  }

  Outcome* outcome_;
  Scratch scratch_;
  Stopped stopped_;
  image::Parts parts_{};
  Span<char> meta_;
  char* buffer_ = nullptr;  // kMaxBlock
  ImageFile file_;
  uint64_t released_us_ = 0;
};

}  // namespace

Outcome TakeCheckpoint() {
  Outcome outcome;
  Checkpoint(&outcome).Take();
  return outcome;
}

Outcome PutOff(const LivingChild& child) {
  Outcome outcome;
  outcome.error = 11;  // EAGAIN
  outcome.later = outcome.child = true;
  if (child.pid != 0) {
    outcome.reason = Describe(child);
  } else {
    outcome.reason.Str("a child process is being waited for");
  }
  return outcome;
}

void Report(const Outcome& outcome) {
  static constinit uint64_t g_last_reason = 0;
  if (outcome.error == 0) {
    g_last_reason = 0;
    return;
  }
  // An image that the program's end has taken away.
  if (g_state.ending.load(std::memory_order_relaxed) != 0) return;
  // The next child is no news.
  const Line& reason = outcome.reason;
  const uint64_t sum =
      outcome.child ? 1 : image::Xxh3(reason.text(), reason.size());
  const Line text = Line().Str(outcome.later ? "checkpoint put off: "
                                             : "checkpoint failed: ")
                        .Str(reason.text());
  if (sum != g_last_reason) {
    Say(text);
  } else {
    SayVerbose(text);
  }
  g_last_reason = sum;
}

void Answer(uint64_t nonce, const Outcome& outcome) {
  PathLine path;
  path.Str(g_state.options.directory).Str("/.ckpt-now-").Hex(nonce, 16);
  const long fd =
      sys::Open(path.text(), O_WRONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return;
  PathLine line;
  if (outcome.error == 0) {
    line.Str("ok ").Str(outcome.path.text());
  } else if (outcome.later) {
    line.Str("later ").Str(outcome.reason.text());
  } else {
    line.Str("error ").Dec(static_cast<uint64_t>(outcome.error)).Char(' ').Str(
        outcome.reason.text());
  }
  line.Char('\n');
  sys::WriteAll(static_cast<int>(fd), line.text(), line.size());
  sys::Close(static_cast<int>(fd));
}

}  // namespace ckpt::core
