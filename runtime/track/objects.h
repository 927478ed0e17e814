// objects.h - what is behind descriptors that are not files: kernel objects
// that live inside the process. One table of kinds (objects.cpp), one file for
// each (object_<kind>.cpp); its partner makes the object anew
// (restore/object_<kind>.cpp). Nothing is taken from an object by recording it.
// No libc: coordinator only, world stopped.

#ifndef CKPT_TRACK_OBJECTS_H
#define CKPT_TRACK_OBJECTS_H

#include "base/arena.h"
#include "base/line.h"
#include "base/types.h"
#include "image/format.h"
#include "track/program_files.h"
#include "track/strings.h"

namespace ckpt::track {

// The records of an image and their data.
class ObjectTable {
 public:
  ObjectTable(Arena* records, Arena* data) : records_(records), data_(data) {
    first_ = data_->Take<uint64_t>(0);
  }

  // Begins the record of `fd`; false if there is no room.
  bool Begin(int32_t fd, image::ObjectKind kind) {
    image::ObjectRecord* record = records_.Add();
    if (record == nullptr) return false;
    *record = {fd, kind, Size(), 0};
    return true;
  }
  // Adds to the data of the object begun last.
  template <typename Data>
  bool Add(const Data& data) {
    static_assert(sizeof(Data) % 8 == 0 && alignof(Data) <= 8);
    Data* at = reinterpret_cast<Data*>(
        data_->Take<uint64_t>(sizeof(Data) / sizeof(uint64_t)));
    if (at == nullptr) return false;
    *at = data;
    records_.last().data_size += sizeof(Data);
    return true;
  }

  Span<image::ObjectRecord> records() const {
    return {records_.data(), records_.size()};
  }
  Span<uint8_t> data() const {
    return {reinterpret_cast<uint8_t*>(first_), Size()};
  }

 private:
  size_t Size() const {
    return data_->next() - reinterpret_cast<uintptr_t>(first_);
  }

  ArenaList<image::ObjectRecord> records_;
  Arena* data_;
  uint64_t* first_;
};

// An object to be recorded.
struct ObjectSource {
  const ProgramFiles& files;
  int fd;
  char* info;  // room for its fdinfo
  size_t capacity;

  // Reads it into `info`; false if it cannot be read.
  bool ReadInfo() const;
};

// Records one object; false with the reason behind "descriptor 3 is an epoll
// descriptor ".
using RecordObject = bool (*)(const ObjectSource&, ObjectTable*, Line* reason);
bool RecordEventFd(const ObjectSource& source, ObjectTable* out, Line* reason);
bool RecordTimerFd(const ObjectSource& source, ObjectTable* out, Line* reason);
bool RecordSignalFd(const ObjectSource& source, ObjectTable* out, Line* reason);
bool RecordEpoll(const ObjectSource& source, ObjectTable* out, Line* reason);

// True for what /proc calls an object of a kind that can be carried.
bool IsObject(const char* path);

// Records each object among `fds` once. False with *reason naming one that
// cannot be carried over a restart.
bool CollectObjects(const ProgramFiles& files,
                    Span<const image::FdRecord> fds, const Strings& strings,
                    Arena* scratch, ObjectTable* out, Line* reason);

}  // namespace ckpt::track

#endif
