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
#include "image/format_objects.h"
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
  // Bytes, and zeros up to a multiple of 8.
  bool AddBytes(const void* bytes, size_t size) {
    const size_t words = (size + sizeof(uint64_t) - 1) / sizeof(uint64_t);
    uint64_t* at = data_->Take<uint64_t>(words);
    if (at == nullptr) return false;
    if (words != 0) at[words - 1] = 0;
    __builtin_memcpy(at, bytes, size);
    records_.last().data_size += words * sizeof(uint64_t);
    return true;
  }
  // The data of the object begun last, from its beginning.
  template <typename Data>
  Data* Current() const {
    return reinterpret_cast<Data*>(reinterpret_cast<uintptr_t>(first_) +
                                   records_.last().data_offset);
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
  char* info;  // room for its fdinfo, and for anything else
  size_t capacity;
  const image::FdRecord& record;        // its own
  Span<const image::FdRecord> fds;      // all
  const char* path;

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
bool RecordPipe(const ObjectSource& source, ObjectTable* out, Line* reason);
bool RecordPidFd(const ObjectSource& source, ObjectTable* out, Line* reason);
bool RecordSocket(const ObjectSource& source, ObjectTable* out, Line* reason);

// True for an object of a kind that can be carried, by what /proc calls it and
// st_mode.
bool IsObject(const char* path, uint32_t mode);

// Records each object among `fds` once. False with *reason naming one that
// cannot be carried over a restart.
bool CollectObjects(const ProgramFiles& files,
                    Span<const image::FdRecord> fds, const Strings& strings,
                    Arena* scratch, ObjectTable* out, Line* reason);

}  // namespace ckpt::track

#endif
