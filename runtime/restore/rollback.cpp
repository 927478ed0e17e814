// rollback.cpp - see rollback.h.

#include "restore/rollback.h"

#include "base/bytes.h"
#include "base/fault.h"
#include "core/message.h"
#include "core/state.h"
#include "image/checksum.h"
#include "restore/moved_file.h"
#include "restore/path_map.h"
#include "sys/file.h"
#include "sys/memory.h"
#include "track/file_rules.h"
#include "track/shared_memory.h"

namespace ckpt::restore {
namespace {

using core::g_state;
using image::FdKind;
using image::FdRecord;
using image::FilePolicy;
using image::FileRecord;

constexpr int kAtEffective = 0x200;  // AT_EACCESS

// `what` and how to go on all the same.
[[noreturn]] void Refuse(const char* path, const Line& what,
                         const char* option) {
  core::Fatal(Line()
                  .Str("restart refused: ")
                  .Str(path)
                  .Str(what.text())
                  .Str(" (--files ")
                  .Str(option)
                  .Str(" goes on)"));
}

[[noreturn]] void RefuseError(const char* path, long error,
                              const char* option) {
  Line line;
  line.Str(": ");
  core::AddError(&line, error);
  Refuse(path, line, option);
}

bool MayWrite(const char* path) {
  return sys::Raw(__NR_faccessat2, AT_FDCWD, path, W_OK, kAtEffective) >= 0;
}

const PathLine& DirectoryOf(const char* path, PathLine* directory) {
  *directory = PathLine();
  const char* end = BaseName(path);
  while (path + 1 < end) directory->Char(*path++);
  if (directory->size() == 0) directory->Char('/');
  return *directory;
}

// Nobody has put another one in its place.
bool IsSame(const FileRecord& record, int fd, const struct stat& st) {
  return st.st_ino == record.inode &&
         (record.birth_ns != 0 ? sys::BirthTime(fd) == record.birth_ns
                               : st.st_dev == record.device);
}

template <typename T>
T* Allocate(size_t count) {
  const long memory = sys::MapAnonymous((count + 1) * sizeof(T));
  if (sys::IsError(memory)) core::Fatal(Line().Str("out of memory"));
  return reinterpret_cast<T*>(memory);
}

}  // namespace

FilePolicy Files::Effective(const FileRecord& record, const char* path) const {
  if ((record.flags & image::kFileUnlinked) != 0 ||
      !g_state.options.Given(core::kFiles)) {
    return record.policy;
  }
  const FilePolicy now = track::PolicyOf(g_state.options.files, path);
  // Shared memory was saved without being asked for, and is put back likewise.
  if (now == FilePolicy::kTruncate && track::IsSharedMemory(path)) {
    return record.policy;
  }
  // What was not saved cannot be had.
  const bool saved =
      (record.flags & (image::kFileSaved | image::kFilePattern)) != 0;
  return now == FilePolicy::kContent && !saved ? record.policy : now;
}

PlanFile* Files::Find(const FdRecord& fd) const {
  if ((fd.mode & S_IFMT) != S_IFREG) return nullptr;
  for (PlanFile& file : plan_) {
    if (file.record.inode == fd.inode && file.record.device == fd.device &&
        (file.record.flags & image::kFilePattern) == 0) {
      return &file;
    }
  }
  return nullptr;
}

bool Files::IsKnown(const FdRecord& fd) const { return Find(fd) != nullptr; }

bool Files::IsEmptied(const FdRecord& fd) const {
  const PlanFile* file = Find(fd);
  return file != nullptr && emptied_[file - plan_.begin()];
}

FilePolicy Files::PolicyFor(const FdRecord& fd) const {
  if (const PlanFile* file = Find(fd)) return file->policy;
  PathLine room;
  return g_state.options.Given(core::kFiles)
             ? track::PolicyOf(g_state.options.files,
                               MapPath(reader().String(fd.path), &room))
             : FilePolicy::kTruncate;
}

// Whether the new launcher has anything to do with it: it has opened the same
// file, or another one for that number.
Files::Standing Files::StandingOf(const FileRecord& record) const {
  if ((record.flags & image::kFileMapped) != 0) return Standing::kProgram;
  Standing standing = Standing::kElsewhere;
  bool any = false;
  for (const FdRecord& fd : reader().fds()) {
    if (fd.inode != record.inode || fd.device != record.device ||
        (fd.mode & S_IFMT) != S_IFREG) {
      continue;
    }
    any = true;
    struct stat st;
    if (fd.kind != FdKind::kInherited || sys::Stat(fd.fd, &st) < 0) {
      return Standing::kProgram;
    }
    if (st.st_ino == fd.inode && st.st_dev == fd.device) {
      standing = Standing::kLauncher;
    }
  }
  return any ? standing : Standing::kProgram;
}

void Files::Check() {
  const Span<const FileRecord> records = reader().files();
  plan_ = {Allocate<PlanFile>(records.size), records.size};
  nameless_ = Allocate<int>(records.size);
  emptied_ = Allocate<bool>(records.size);
  for (size_t i = 0; i < records.size; ++i) {
    PathLine room;
    const char* path = MapPath(reader().String(records[i].path), &room);
    char* copy = Allocate<char>(StrLen(path) + 1);
    StrCopy(copy, StrLen(path) + 1, path);
    nameless_[i] = -1;
    plan_[i] = {copy, Effective(records[i], path), 0, records[i]};
    CheckOne(&plan_[i]);
  }
}

void Files::CheckOne(PlanFile* file) {
  const FileRecord& record = file->record;
  if ((record.flags & image::kFileUnlinked) != 0) return;
  if ((record.flags & image::kFilePattern) != 0) {
    file->goes_back = file->policy == FilePolicy::kContent ? 1 : 0;
    return;
  }
  const Standing standing = StandingOf(record);
  if (standing == Standing::kElsewhere) return;
  if ((record.flags & image::kFileClosed) != 0 &&
      file->policy != FilePolicy::kContent) {
    file->goes_back =
        file->policy == FilePolicy::kTruncate && HasGrown(*file) ? 1 : 0;
    return;
  }
  // A link in its place could lead the writing elsewhere.
  const bool writes = file->policy == FilePolicy::kTruncate ||
                      file->policy == FilePolicy::kContent;
  const long opened = sys::Open(
      file->path, O_PATH | O_CLOEXEC | (writes ? O_NOFOLLOW : 0));
  if (opened == -2) {  // ENOENT
    if (standing == Standing::kProgram) CheckMissing(*file);
    file->goes_back = file->policy == FilePolicy::kTruncate ? 1 : 0;
    return;
  }
  if (opened < 0) RefuseError(file->path, opened, "ignore");
  const int fd = static_cast<int>(opened);
  struct stat st;
  const long r = sys::Stat(fd, &st);
  if (r < 0) RefuseError(file->path, r, "ignore");
  if (!S_ISREG(st.st_mode)) {
    core::Fatal(Line()
                    .Str("restart refused: ")
                    .Str(file->path)
                    .Str(" is another kind of file than it was"));
  }
  const bool emptied = standing == Standing::kLauncher &&
                       static_cast<uint64_t>(st.st_size) < record.reach &&
                       file->policy == FilePolicy::kTruncate;
  emptied_[file - plan_.begin()] = emptied;
  if (!emptied && writes) CheckThere(file, fd, st, standing);
  sys::Close(fd);
}

// A file that was not open, to which something has been appended and nothing
// else. Whatever else has become of it may be the program's doing.
bool Files::HasGrown(const PlanFile& file) const {
  const FileRecord& record = file.record;
  const long opened = sys::Open(
      file.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY);
  if (opened < 0) return false;
  const int fd = static_cast<int>(opened);
  struct stat st;
  const bool grown =
      sys::Stat(fd, &st) >= 0 && S_ISREG(st.st_mode) &&
      (IsSame(record, fd, st) || IsMapped(reader().String(record.path))) &&
      static_cast<uint64_t>(st.st_size) > record.size &&
      MayWrite(file.path) && HasTail(record, fd);
  sys::Close(fd);
  return grown;
}

bool Files::HasTail(const FileRecord& record, int fd) const {
  const uint64_t size = record.tail_end - record.tail_start;
  if (size == 0) return true;
  char* bytes = Allocate<char>(size);
  const long r = sys::PreadAll(fd, bytes, size, record.tail_start);
  const bool same = r >= 0 && image::Xxh3(bytes, size) == record.tail_xxh3;
  sys::Unmap(reinterpret_cast<uint64_t>(bytes), size + 1);
  return same;
}

void Files::CheckMissing(const PlanFile& file) const {
  if (file.policy == FilePolicy::kTruncate) {
    PathLine now;
    if (FindMoved(file.path, file.record, &now)) {
      struct stat st;
      if (sys::StatPath(now.text(), &st) < 0 ||
          static_cast<uint64_t>(st.st_size) < file.record.reach) {
        RefuseError(file.path, -2, "ignore");
      }
      CheckTail(file, now.text());
    } else {
      RefuseError(file.path, -2, "ignore");
    }
  } else if (file.policy == FilePolicy::kOffset) {
    RefuseError(file.path, -2, "ignore");
  }
  PathLine directory;
  DirectoryOf(file.path, &directory);
  if (MayWrite(directory.text())) return;
  Line line;
  line.Str(" is gone, and cannot be made again there");
  core::Fatal(Line().Str("restart refused: ").Str(file.path).Str(line.text()));
}

void Files::CheckThere(PlanFile* file, int fd, const struct stat& st,
                       Standing standing) {
  const FileRecord& record = file->record;
  const uint64_t size = static_cast<uint64_t>(st.st_size);
  const bool content = file->policy == FilePolicy::kContent;
  const int64_t birth = sys::BirthTime(fd);
  const bool same = IsSame(record, fd, st);
  // What has come into being since may be the program's own, and is
  // overwritten; a copy elsewhere is meant (--path-map).
  const bool own =
      content && birth > static_cast<int64_t>(reader().head().time_ns) -
                             sys::kFileClockGrainNs;
  if (!same && !own && !IsMapped(reader().String(record.path))) {
    Refuse(file->path,
           Line().Str(" is not the file that the checkpoint had open"),
           "offset");
  }
  if (!content && size < record.reach) {
    Refuse(file->path,
           Line()
               .Str(" has ")
               .Dec(size)
               .Str(" bytes, the checkpoint was at ")
               .Str("offset ")
               .Dec(record.reach)
               .Str(" of ")
               .Dec(record.size),
           "offset");
  }
  if (!content) CheckTail(*file, file->path);
  file->goes_back = content || size > record.size ? 1 : 0;
  if (file->goes_back == 0 || MayWrite(file->path)) return;
  // A log that another user's launcher has opened: it is only written behind.
  if (standing == Standing::kLauncher) {
    file->goes_back = 0;
  } else {
    Refuse(file->path, Line().Str(" cannot be written to any more"), "offset");
  }
}

void Files::CheckTail(const PlanFile& file, const char* path) const {
  if (file.record.tail_end == file.record.tail_start) return;
  const long fd = sys::Open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) RefuseError(file.path, fd, "offset");
  const bool same = HasTail(file.record, static_cast<int>(fd));
  sys::Close(static_cast<int>(fd));
  if (same) return;
  Refuse(file.path,
         Line()
             .Str(" has been changed below offset ")
             .Dec(file.record.tail_end)
             .Str(", where the checkpoint was"),
         "offset");
}

void Files::MakeMissing() {
  for (const PlanFile& file : plan_) {
    const uint32_t none = image::kFileUnlinked | image::kFilePattern;
    if ((file.record.flags & none) != 0 ||
        StandingOf(file.record) != Standing::kProgram) {
      continue;
    }
    if ((file.record.flags & image::kFileClosed) != 0 &&
        file.policy != FilePolicy::kContent) {
      continue;
    }
    struct stat st;
    if (sys::StatPath(file.path, &st) != -2) continue;  // ENOENT
    MakeOne(file);
  }
}

void Files::MakeOne(const PlanFile& file) {
  long r = fault::At(fault::Point::restore_files);
  PathLine now;
  if (r < 0) {
  } else if (file.policy == FilePolicy::kTruncate) {
    r = FindMoved(file.path, file.record, &now)
            ? MoveBack(now.text(), file.path)
            : -2;  // ENOENT
  } else {
    PathLine directory;
    r = OpenWithoutName(DirectoryOf(file.path, &directory).text(),
                        O_RDWR | O_TMPFILE, &now);
    if (r >= 0) {
      const int fd = static_cast<int>(r);
      r = WriteContent(fd, file.record);
      if (r >= 0) r = GiveName(fd, now, file.path);
      sys::Close(fd);
    }
  }
  if (r < 0 && r != -17) RefuseError(file.path, r, "ignore");  // EEXIST
}

long Files::WriteContent(int fd, const FileRecord& record) const {
  const uint8_t* image = candidate_.bytes().data;
  for (uint32_t i = 0; i < record.block_count; ++i) {
    const image::FileBlockRecord& block =
        reader().file_blocks()[record.first_block + i];
    const long r =
        sys::PwriteAll(fd, image + block.file_offset, block.size, block.offset);
    if (r < 0) return r;
  }
  const bool saved = (record.flags & image::kFileSaved) != 0;
  const long r = saved ? sys::Raw(__NR_ftruncate, fd, record.size) : 0;
  sys::Raw(__NR_fchown, fd, record.uid, record.gid);
  sys::Raw(__NR_fchmod, fd, record.mode & 07777);
  return r;
}

// In the directory where it was, else where checkpoints go. `flags`: those of a
// file that never had a name.
long Files::MakeNameless(const FileRecord& record, int flags) {
  long r = fault::At(fault::Point::restore_files);
  if (r < 0) return r;
  PathLine room, directory, name;
  DirectoryOf(MapPath(reader().String(record.path), &room), &directory);
  // With O_EXCL it cannot get a name: one that had one has lost it for good.
  const int how =
      (flags & O_TMPFILE) == O_TMPFILE ? flags : O_RDWR | O_TMPFILE | O_EXCL;
  r = OpenWithoutName(directory.text(), how, &name);
  if (r < 0) r = OpenWithoutName(g_state.options.directory, how, &name);
  if (r < 0) return r;
  const int fd = static_cast<int>(r);
  if (name.size() != 0) sys::Unlink(name.text());
  const Line way = Line().Str("/proc/self/fd/").Dec(static_cast<uint64_t>(fd));
  // It may be for writing only, or for appending.
  const long writer = sys::Open(way.text(), O_RDWR | O_CLOEXEC);
  if (writer < 0) return writer;
  r = WriteContent(static_cast<int>(writer), record);
  sys::Close(static_cast<int>(writer));
  return r < 0 ? r : fd;
}

long Files::OpenNameless(const FdRecord& record) {
  const PlanFile* file = Find(record);
  if (file == nullptr || (file->record.flags & image::kFileUnlinked) == 0) {
    return -1;
  }
  int flags =
      static_cast<int>(record.open_flags) & ~(O_CREAT | O_EXCL | O_TRUNC);
  flags |= O_CLOEXEC;
  int* made = &nameless_[file - plan_.begin()];
  if (*made < 0) {
    const long r = MakeNameless(file->record, flags);
    if (r < 0) RefuseError(file->path, r, "ignore");
    *made = static_cast<int>(r);
    if ((flags & O_TMPFILE) == O_TMPFILE) {
      return sys::Fcntl(*made, F_DUPFD_CLOEXEC, 0);
    }
  }
  const Line way =
      Line().Str("/proc/self/fd/").Dec(static_cast<uint64_t>(*made));
  const long r = sys::Open(way.text(), flags & ~O_TMPFILE);
  if (r < 0) RefuseError(file->path, r, "ignore");
  return r;
}

}  // namespace ckpt::restore
