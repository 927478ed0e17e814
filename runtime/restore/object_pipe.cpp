// object_pipe.cpp - a pipe with what was in it, and its ends one by one. A FIFO
// is opened by its name.

#include "restore/objects.h"
#include "restore/path_map.h"
#include "sys/file.h"

namespace ckpt::restore {
namespace {

using image::ObjectRecord;
using image::PipeChunk;
using image::PipeData;

const PipeData& DataOf(const image::Reader& reader, const ObjectRecord& o) {
  return *reader.ObjectStart<PipeData>(o);
}

// A FIFO whose name is gone is a pipe.
bool IsFifo(const image::Reader& reader, const image::FdRecord& record) {
  return reader.String(record.path)[0] == '/' && record.removed == 0;
}

long Fill(const image::Reader& reader, const ObjectRecord& object, int writer) {
  const PipeData& data = DataOf(reader, object);
  const uint8_t* at = reinterpret_cast<const uint8_t*>(&data + 1);
  const bool packets = (data.flags & image::kPipePackets) != 0;
  sys::Fcntl(writer, F_SETFL, O_NONBLOCK | (packets ? O_DIRECT : 0));
  for (uint64_t i = 0; i < data.chunks; ++i) {
    const uint64_t size = reinterpret_cast<const PipeChunk*>(at)->size;
    const long r = sys::WriteAll(writer, at + sizeof(PipeChunk), size);
    if (r < 0) return r;
    at += sizeof(PipeChunk) + ((size + 7) & ~uint64_t{7});
  }
  return 0;
}

// Its two ends, which stay until everybody has its own.
long MakeEnds(Workshop* workshop, const image::FdRecord& record, int* ends) {
  if (!IsFifo(workshop->reader(), record)) {
    return sys::Raw(__NR_pipe2, ends, O_CLOEXEC);
  }
  PathLine room;
  const char* path = MapPath(workshop->reader().String(record.path), &room);
  struct stat st;
  const long r = sys::StatPath(path, &st);
  if (r < 0) return r;
  if ((st.st_mode & S_IFMT) != S_IFIFO) return -22;  // EINVAL
  const long both = sys::Open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (both < 0) return both;
  ends[0] = static_cast<int>(both);
  ends[1] = static_cast<int>(sys::Fcntl(ends[0], F_DUPFD_CLOEXEC));
  return ends[1];
}

long MakeFirst(Workshop* workshop, const image::FdRecord& record,
               const ObjectRecord& object, int* spare) {
  int ends[2];
  long r = MakeEnds(workshop, record, ends);
  if (r < 0) return r;
  for (int i = 0; i < 2; ++i) {
    r = workshop->PutAside(ends[i]);
    if (r < 0) return r;
    spare[i] = static_cast<int>(r);
  }
  const PipeData& data = DataOf(workshop->reader(), object);
  if (data.capacity != 0) {
    sys::Fcntl(spare[0], F_SETPIPE_SZ, static_cast<long>(data.capacity));
  }
  return Fill(workshop->reader(), object, spare[1]);
}

}  // namespace

long MakePipe(Workshop* workshop, const image::FdRecord& record,
              const ObjectRecord& object) {
  const image::Reader& reader = workshop->reader();
  const PipeData& data = DataOf(reader, object);
  const int mode = static_cast<int>(record.open_flags) & O_ACCMODE;
  // Without a writer even for a moment: the reader would be told of its end.
  if (IsFifo(reader, record) && mode == O_RDONLY && data.chunks == 0 &&
      (data.flags & image::kPipeUnwritten) != 0) {
    PathLine room;
    return sys::Open(MapPath(reader.String(record.path), &room),
                     O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  }
  int* spare = workshop->Spare(*reader.FindObject(data.first));
  if (spare[0] < 0) {
    const long r = MakeFirst(workshop, record, object, spare);
    if (r < 0) return r;
  }
  // Those that pipe(2) makes; the others were opened by /proc as well.
  constexpr uint32_t kLarge = 0100000;  // O_LARGEFILE as the kernel has it
  if ((record.open_flags & kLarge) == 0 && mode != O_RDWR) {
    return sys::Fcntl(spare[mode == O_WRONLY ? 1 : 0], F_DUPFD_CLOEXEC);
  }
  const Line way =
      Line().Str("/proc/self/fd/").Dec(static_cast<uint64_t>(spare[0]));
  // A reader without O_NONBLOCK would wait for a writer.
  return sys::Open(way.text(), mode | O_NONBLOCK | O_CLOEXEC);
}

}  // namespace ckpt::restore
