// objects.h - makes the kernel objects of an image anew (track/objects records
// them). One file for each kind. In the process that will be restored, before
// its memory goes; the results are the kernel's.

#ifndef CKPT_RESTORE_OBJECTS_H
#define CKPT_RESTORE_OBJECTS_H

#include "image/reader.h"

namespace ckpt::restore {

// Where objects are made: what several of them need of one another.
class Workshop {
 public:
  explicit Workshop(const image::Reader& reader) : reader_(reader) {}

  // `base`: above all numbers of the image; what is still open there at the end
  // of the restart is closed. 0 or -errno.
  long Open(int base);
  void Close();

  // The object of `record`: a new descriptor, or -errno.
  long Make(const image::FdRecord& record);
  // When every descriptor has its number: what refers to others.
  void Link();

  const image::Reader& reader() const { return reader_; }
  // A second and third descriptor for an object, above all numbers; -1: none.
  int* Spare(const image::ObjectRecord& object) {
    return spares_[&object - reader_.objects().data];
  }
  // Moves a descriptor there; the new one, or -errno.
  long PutAside(long fd) const;

 private:
  const image::Reader& reader_;
  int base_ = 0;
  int (*spares_)[2] = nullptr;
};

long MakeEventFd(const image::EventFdData& data);
long MakeTimerFd(const image::TimerFdData& data);
long MakeSignalFd(const image::SignalFdData& data);
long MakeEpoll();
void LinkEpoll(int epoll, Span<const image::EpollTarget> targets);
long MakePidFd(const image::FdRecord& record);
long MakePipe(Workshop* workshop, const image::FdRecord& record,
              const image::ObjectRecord& object);
long MakeSocket(Workshop* workshop, const image::ObjectRecord& object);
// First what has arrived at each, then how each is connected.
void FillSocket(Workshop* workshop, const image::ObjectRecord& object);
void LinkSocket(Workshop* workshop, const image::ObjectRecord& object);

// Ends the process: "restart refused: WHAT: REASON".
[[noreturn]] void RefuseObject(const char* what, long error);

}  // namespace ckpt::restore

#endif
