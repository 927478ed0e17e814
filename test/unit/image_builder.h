// image_builder.h - makes small valid checkpoint images in memory (format.h),
// written independently of runtime/image/writer, and breaks them on request.
// Fill the public tables, call Build; to forge an image that passes the
// checksum, change the bytes through Records and call Reseal.

#ifndef CKPT_TEST_UNIT_IMAGE_BUILDER_H
#define CKPT_TEST_UNIT_IMAGE_BUILDER_H

#include <elf.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "image/format.h"
#include "image/format_objects.h"

namespace ckpt::image {

using Bytes = std::vector<uint8_t>;

class ImageBuilder {
 public:
  // An image with nothing in it but what every image must have.
  ImageBuilder();

  // A program with three threads, of which the second and third have locked
  // mutexes 0x602040 and 0x602080 in opposite order; 3 blocks, 5 areas, 4 fds.
  static ImageBuilder Sample();

  // Adds a text to the strings and returns its reference.
  StringRef String(const std::string& text);

  // Adds a block of `pages` pages, each byte `fill`.
  void AddBlock(uint64_t address, size_t pages, uint8_t fill);

  void RemoveBlocks() { blocks_.clear(); }

  ThreadRecord& AddThread(int32_t tid, const std::string& name);
  void AddVma(uint64_t start, uint64_t end, VmaKind kind, uint32_t prot,
              uint32_t module = kNoModule, uint64_t file_offset = 0);
  void AddFd(int32_t fd, const std::string& path, int32_t same_as = -1);
  FileRecord& AddFile(const std::string& path, uint64_t size);
  // Content of the file added last.
  void AddFileBlock(uint64_t offset, size_t size, uint8_t fill);
  void RemoveFiles() {
    files.clear();
    file_blocks_.clear();
  }
  void SetArguments(const std::vector<std::string>& arguments);

  Bytes Build() const;

  HeadRecord head = {};
  ProcessRecord process = {};
  std::vector<ThreadRecord> threads;
  std::vector<LockRecord> locks;
  std::vector<VmaRecord> vmas;
  std::vector<ModuleRecord> modules;
  std::vector<FdRecord> fds;
  std::vector<FileRecord> files;
  std::vector<FileLockRecord> file_locks;
  std::vector<SignalRecord> signals;
  std::vector<Range> guards;
  std::vector<Range> excluded;
  std::vector<MemoryPolicyRecord> policies;
  std::vector<PendingRecord> pending;
  std::vector<TimerRecord> timers;
  std::vector<ObjectRecord> objects;
  Bytes object_data;
  Bytes vdso;
  std::vector<XsaveRecord> xsave;
  std::string strings;
  bool extended_phnum = false;  // PN_XNUM: the count is in section header 0

 private:
  struct Block {
    uint64_t address;
    Bytes data;
  };
  struct FileBlock {
    uint64_t offset;
    Bytes data;
  };
  std::vector<Block> blocks_;
  std::vector<FileBlock> file_blocks_;
};

// The records of the note of `type` in a built image, to be tampered with;
// `count`, if not null, receives their number.
template <typename Record>
Record* Records(Bytes& image, NoteType type, size_t* count = nullptr);

// The header of that note.
Elf64_Nhdr* FindNote(Bytes& image, NoteType type);

// Makes the checksum of the metadata right again.
void Reseal(Bytes& image);

template <typename Record>
Record* Records(Bytes& image, NoteType type, size_t* count) {
  Elf64_Nhdr* note = FindNote(image, type);
  if (count != nullptr) *count = note->n_descsz / sizeof(Record);
  return reinterpret_cast<Record*>(reinterpret_cast<uint8_t*>(note) + 24);
}

}  // namespace ckpt::image

#endif
