// file_content.cpp - see file_content.h.

#include "core/file_content.h"

#include <linux/fs.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "core/message.h"
#include "image/checksum.h"
#include "sys/directory.h"
#include "sys/file.h"
#include "track/appended_files.h"
#include "track/file_rules.h"
#include "track/file_table.h"
#include "track/shared_memory.h"

namespace ckpt::core {
namespace {

using image::FdKind;
using image::FdRecord;
using image::FilePolicy;
using image::FileRecord;

constexpr uint64_t kMaxBlock = image::kMaxBlock;
// A block that is a clone of the file's: its checksum comes later.
constexpr uint64_t kNotYet = ~uint64_t{0};
constexpr int kByPath = -1;

// A second open of a file for reading, of whatever mode the program's is.
long OpenSource(const track::ProgramFiles& files, int source,
                const char* path) {
  const Line way = files.Entry("fd", source);
  const char* name = source == kByPath ? path : way.text();
  constexpr int kFlags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  // Whose file it is not may not ask for that.
  const long fd = sys::Open(name, kFlags | O_NOATIME);
  return fd == -1 ? sys::Open(name, kFlags) : fd;  // EPERM
}

class Collector {
 public:
  Collector(const track::ProgramFiles& program, const char* rules, Arena* arena,
            Arena* blocks, track::Strings* strings, image::Parts* parts,
            Line* reason)
      : program_(program),
        rules_(rules),
        strings_(strings),
        parts_(parts),
        reason_(reason),
        blocks_(blocks) {
    const size_t room =
        arena->left() > 2 * image::kMaxTail ? arena->left() / 2 : 0;
    capacity_ = room / (sizeof(FileRecord) + sizeof(Extra));
    tail_ = arena->Take<char>(image::kMaxTail);
    files_ = arena->Take<FileRecord>(capacity_);
    extra_ = arena->Take<Extra>(capacity_);
    parts->file_sources = {extra_, 0};
  }

  bool Collect() {
    if (files_ == nullptr || extra_ == nullptr || tail_ == nullptr) {
      return TooMany();
    }
    return Open() && Mapped() && Closed() && Matching() && Remember() &&
           Finish();
  }

 private:
  using Extra = image::FileSource;

  bool TooMany() {
    reason_->Str("too many files");
    return false;
  }

  bool Cannot(const FileRecord& file, const char* what, long error) {
    reason_->Str(strings_->Get(file.path)).Str(": ").Str(what).Str(": ");
    AddError(reason_, error);
    return false;
  }

  // The record of a file, entered if it is new; nullptr if there is no room.
  FileRecord* Enter(const struct stat& st, image::StringRef path, int source,
                    bool unlinked) {
    for (size_t i = 0; i < count_; ++i) {
      if (files_[i].inode == st.st_ino && files_[i].device == st.st_dev &&
          (files_[i].flags & image::kFilePattern) == 0) {
        // A descriptor that may be read is as good as any.
        return &files_[i];
      }
    }
    if (count_ == capacity_) return nullptr;
    FileRecord* file = &files_[count_];
    extra_[count_++] = {source, 0};
    *file = {};
    file->path = path;
    file->device = st.st_dev;
    file->inode = st.st_ino;
    file->size = static_cast<uint64_t>(st.st_size);
    file->mode = st.st_mode;
    file->uid = st.st_uid;
    file->gid = st.st_gid;
    if (unlinked) {
      file->flags = image::kFileUnlinked;
      file->policy = FilePolicy::kContent;
    } else {
      file->policy = track::PolicyOf(rules_, strings_->Get(path));
    }
    return file;
  }

  // By the program's descriptors.
  bool Open() {
    for (const FdRecord& fd : parts_->fds) {
      if ((fd.mode & S_IFMT) != S_IFREG) continue;
      const bool inherited = fd.kind == FdKind::kInherited;
      if (fd.kind != FdKind::kRegular && !inherited) continue;
      struct stat st;
      if (program_.Stat(fd.fd, &st) < 0) continue;
      const bool unlinked = st.st_nlink == 0;
      if (unlinked && inherited) continue;
      const uint32_t mode = fd.open_flags & O_ACCMODE;
      const bool writes = mode != O_RDONLY && (fd.open_flags & O_PATH) == 0;
      if (!writes && !unlinked) continue;
      FileRecord* file = Enter(st, fd.path, fd.fd, unlinked);
      if (file == nullptr) return TooMany();
      const bool appends = (fd.open_flags & O_APPEND) != 0;
      const uint64_t reach =
          appends || fd.offset > file->size ? file->size : fd.offset;
      if (reach > file->reach) file->reach = reach;
      // What may go back and write again does not tell the program's own
      // changes from others'.
      if (!appends && (mode == O_RDWR || track::HasSought(fd.fd))) {
        extra_[file - files_].random = 1;
      }
    }
    return true;
  }

  // Mapped shared and writable, with or without a descriptor.
  bool Mapped() {
    for (const image::VmaRecord& vma : parts_->vmas) {
      if (vma.kind != image::VmaKind::kFileShared || (vma.prot & 2) == 0) {
        continue;
      }
      struct stat st;
      const image::StringRef path = parts_->modules[vma.module].path;
      if (sys::StatPath(strings_->Get(path), &st) < 0) continue;
      FileRecord* file = Enter(st, path, kByPath, false);
      if (file == nullptr) return TooMany();
      file->flags |= image::kFileMapped;
      if (file->policy == FilePolicy::kTruncate &&
          track::IsSharedMemory(strings_->Get(path))) {
        file->policy = FilePolicy::kContent;
      }
      extra_[file - files_].random = 1;
    }
    return true;
  }

  // Those that the program opens again when it has something to append.
  bool Closed() {
    for (size_t i = 0; i < track::kAppendedFiles; ++i) {
      const track::AppendedFile* appended = track::GetAppended(i);
      if (appended == nullptr) continue;
      struct stat st;
      if (sys::LinkStatPath(appended->path, &st) < 0 ||
          st.st_ino != appended->inode || st.st_dev != appended->device) {
        track::ForgetAppended(i);
        continue;
      }
      const size_t before = count_;
      FileRecord* file =
          Enter(st, strings_->Add(appended->path), kByPath, false);
      if (file == nullptr) return TooMany();
      if (count_ == before) continue;
      file->flags = image::kFileClosed;
      file->reach = file->size;
    }
    return true;
  }

  // What is in the directories that `content` rules are about.
  bool Matching() {
    char pattern[4352];
    bool good = true;
    track::ForEachContentPattern(rules_, pattern, sizeof(pattern),
                                 [&](char* text) {
                                   if (good) good = MatchingOne(text);
                                 });
    return good;
  }

  bool MatchingOne(const char* pattern) {
    if (count_ == capacity_) return TooMany();
    FileRecord* record = &files_[count_];
    extra_[count_++] = {kByPath, 0};
    *record = {};
    record->path = strings_->Add(pattern);
    record->policy = FilePolicy::kContent;
    record->flags = image::kFilePattern;
    PathLine directory;
    for (size_t i = 0; i < track::PatternDirectory(pattern); ++i) {
      directory.Char(pattern[i]);
    }
    bool good = true;
    const long r =
        sys::ForEachEntry(directory.text(), [&](const sys::DirEntry& entry) {
          const char* name = entry.name;
          PathLine path;
          path.Str(directory.text()).Char('/').Str(name);
          struct stat st;
          if (!good || !track::MatchesPattern(pattern, path.text()) ||
              track::IsImageName(name) ||
              track::PolicyOf(rules_, path.text()) != FilePolicy::kContent ||
              sys::LinkStatPath(path.text(), &st) < 0 || !S_ISREG(st.st_mode)) {
            return;
          }
          for (size_t i = 0; i < count_; ++i) {
            if (files_[i].inode == st.st_ino && files_[i].device == st.st_dev) {
              return;
            }
          }
          if (Enter(st, strings_->Add(path.text()), kByPath, false) ==
              nullptr) {
            good = TooMany();
          }
        });
    // A directory that is not there holds nothing.
    if (r < 0 && r != -2) return Cannot(*record, "cannot be listed", r);
    return good;
  }

  bool Remember() {
    for (size_t i = 0; i < count_; ++i) {
      FileRecord* file = &files_[i];
      file->first_block = static_cast<uint32_t>(blocks_.size());
      const bool saves = file->policy == FilePolicy::kContent;
      const bool checks =
          file->policy == FilePolicy::kTruncate && extra_[i].random == 0;
      if ((file->flags & image::kFilePattern) != 0) continue;
      const long fd =
          OpenSource(program_, extra_[i].fd, strings_->Get(file->path));
      if (fd < 0 && saves) return Cannot(*file, "its content", fd);
      if (fd < 0) continue;
      file->birth_ns = sys::BirthTime(static_cast<int>(fd));
      long r = 0;
      if (saves) r = FindData(static_cast<int>(fd), file);
      if (checks) Tail(static_cast<int>(fd), file);
      sys::Close(static_cast<int>(fd));
      if (r < 0) return Cannot(*file, "its content", r);
    }
    return true;
  }

  // The end of what a plain writer has written.
  void Tail(int fd, FileRecord* file) {
    const uint64_t start =
        file->reach > image::kMaxTail ? file->reach - image::kMaxTail : 0;
    const uint64_t size = file->reach - start;
    if (size == 0 || sys::PreadAll(fd, tail_, size, start) < 0) return;
    file->tail_start = start;
    file->tail_end = file->reach;
    file->tail_xxh3 = image::Xxh3(tail_, size);
  }

  // The parts of a file that are no holes, as blocks.
  long FindData(int fd, FileRecord* file) {
    file->flags |= image::kFileSaved;
    uint64_t at = 0;
    while (at < file->size) {
      long start = sys::Seek(fd, static_cast<int64_t>(at), SEEK_DATA);
      if (start == -6) break;  // ENXIO: nothing but a hole
      long end = start < 0 ? start : sys::Seek(fd, start, SEEK_HOLE);
      if (start < 0 || end < 0) {
        start = static_cast<long>(at);
        end = static_cast<long>(file->size);
      }
      uint64_t stop = static_cast<uint64_t>(end);
      if (stop > file->size) stop = file->size;
      for (at = static_cast<uint64_t>(start); at < stop;) {
        image::FileBlockRecord* block = blocks_.Add();
        if (block == nullptr) return -12;  // ENOMEM
        const uint64_t size = stop - at < kMaxBlock ? stop - at : kMaxBlock;
        *block = {at, size, 0, 0};
        ++file->block_count;
        at += size;
      }
    }
    return 0;
  }

  bool Finish() {
    parts_->files = {files_, count_};
    parts_->file_sources.size = count_;
    parts_->file_blocks = {blocks_.data(), blocks_.size()};
    return true;
  }

  const track::ProgramFiles& program_;
  const char* rules_;
  track::Strings* strings_;
  image::Parts* parts_;
  Line* reason_;
  char* tail_;
  FileRecord* files_;
  Extra* extra_;
  size_t count_ = 0, capacity_;
  ArenaList<image::FileBlockRecord> blocks_;
};

// Whole pages of a block as a clone; how many bytes, or -errno.
long Clone(int image, int source, const image::FileBlockRecord& block) {
  file_clone_range range{};
  range.src_fd = source;
  range.src_offset = block.offset;
  range.src_length = AlignDown(block.size, image::kPageSize);
  range.dest_offset = block.file_offset;
  if (range.src_length == 0) return 0;
  const long r = sys::Raw(__NR_ioctl, image, FICLONERANGE, &range);
  return r < 0 ? r : static_cast<long>(range.src_length);
}

long Copy(int image, int source, const image::FileBlockRecord& block,
          uint64_t from, char* buffer) {
  long r = sys::PreadAll(source, buffer + from, block.size - from,
                         block.offset + from);
  // To the end of the page: what is there are zeros.
  if (r >= 0) {
    r = sys::PwriteAll(image, buffer + from, block.size - from,
                       block.file_offset + from);
  }
  return r;
}

// Of a block in `buffer`, which has room for the rest of its last page.
uint64_t Sum(char* buffer, const image::FileBlockRecord& block) {
  const uint64_t size = AlignUp(block.size, image::kPageSize);
  __builtin_memset(buffer + block.size, 0, size - block.size);
  return image::Xxh3(buffer, size);
}

}  // namespace

bool CollectFiles(const track::ProgramFiles& files, const char* rules,
                  Arena* arena, Arena* blocks, track::Strings* strings,
                  image::Parts* parts, Line* reason) {
  return Collector(files, rules, arena, blocks, strings, parts, reason)
      .Collect();
}

long WriteFileBlocks(int fd, image::Parts* parts, char* buffer,
                     const char** failed) {
  if (parts->file_blocks.empty()) return 0;
  // The last block ends somewhere in its page.
  long r = sys::Raw(__NR_ftruncate, fd, parts->head.file_size);
  if (r < 0) return r;
  const track::ProgramFiles program(0);
  for (size_t i = 0; i < parts->files.size; ++i) {
    const FileRecord& file = parts->files[i];
    if (file.block_count == 0) continue;
    *failed = parts->strings.data + file.path;
    r = OpenSource(program, parts->file_sources[i].fd, *failed);
    if (r < 0) return r;
    const int source = static_cast<int>(r);
    bool clones = true;
    for (uint32_t k = 0; k < file.block_count && r >= 0; ++k) {
      image::FileBlockRecord* block = &parts->file_blocks[file.first_block + k];
      r = fault::At(fault::Point::file_write);
      if (r < 0) break;
      long cloned = clones ? Clone(fd, source, *block) : 0;
      // Another file system, or one that has no clones.
      if (cloned < 0) clones = false;
      if (cloned < 0) cloned = 0;
      if (static_cast<uint64_t>(cloned) < block->size) {
        r = Copy(fd, source, *block, static_cast<uint64_t>(cloned), buffer);
      }
      block->xxh3 = cloned > 0 ? kNotYet : Sum(buffer, *block);
    }
    sys::Close(source);
    if (r < 0) return r;
  }
  *failed = nullptr;
  return 0;
}

long FinishFileBlocks(int fd, const image::Parts& parts, Span<char> meta,
                      char* buffer) {
  if (parts.file_blocks.empty()) return 0;
  auto* blocks = static_cast<image::FileBlockRecord*>(
      image::FindTable(meta, image::NoteType::kFileBlocks));
  for (size_t i = 0; i < parts.file_blocks.size; ++i) {
    if (blocks[i].xxh3 != kNotYet) continue;
    const long r =
        sys::PreadAll(fd, buffer, blocks[i].size, blocks[i].file_offset);
    if (r < 0) return r;
    blocks[i].xxh3 = Sum(buffer, blocks[i]);
  }
  return 0;
}

}  // namespace ckpt::core
