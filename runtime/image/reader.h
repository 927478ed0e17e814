// reader.h - reads a checkpoint image (format.h) out of memory and checks it.
//
// Freestanding; used before a restore, with nothing of the process touched yet,
// and by the hosted `ckpt` tool. No libc, no allocation, no exceptions. The
// bytes may be anything: Open never reads outside of them, and an image that it
// accepts needs no further check of bounds, references or order. reader.cpp
// takes the container apart, reader_checks.cpp looks at the tables. Partner
// files: runtime/image/writer, restore/loader, cli/image_file.

#ifndef CKPT_IMAGE_READER_H
#define CKPT_IMAGE_READER_H

#include <elf.h>
#include <stddef.h>
#include <stdint.h>

#include "base/line.h"
#include "base/types.h"
#include "image/format.h"
#include "image/format_objects.h"

namespace ckpt::image {

// What is wrong with an image: the part that is damaged.
enum class ReadStatus : uint32_t {
  kGood = 0,
  kTruncated,   // shorter than it says, or than its tables need
  kNotAnImage,  // not an ELF core file with our head
  kVersion,     // an image of another format version
  kHeader,      // ELF header or head note
  kSegments,    // program headers
  kNotes,       // the notes as containers
  kChecksum,    // of everything before the data
  kStrings,
  kProcess,
  kThreads,
  kLocks,
  kVmas,
  kModules,
  kBlocks,
  kFds,
  kSignals,
  kGuards,
  kPolicies,
  kExcluded,
  kFiles,
  kFileBlocks,
  kFileLocks,
  kTimers,
  kObjects,
  kPending,
  kData,  // the content of a block
};

constexpr uint64_t kNoIndex = ~0ull;

struct ReadError {
  ReadStatus status = ReadStatus::kGood;
  const char* detail = "";     // static text
  uint64_t index = kNoIndex;   // record in its table
  uint64_t actual = 0;         // kTruncated: bytes there; kVersion: the image's
  uint64_t expected = 0;       // kTruncated: bytes it should have, 0 if unknown
  uint64_t address = 0;        // kData: of the block; 0: of a file
  uint64_t file_offset = 0;    // kData: of the block

  constexpr bool ok() const { return status == ReadStatus::kGood; }
};

// Freestanding. The error of `status`, with static text.
constexpr ReadError Bad(ReadStatus status, const char* detail,
                        uint64_t index = kNoIndex) {
  ReadError error;
  error.status = status;
  error.detail = detail;
  error.index = index;
  return error;
}

// True if [offset, offset + size) lies in [0, limit).
constexpr bool Within(uint64_t offset, uint64_t size, uint64_t limit) {
  return size <= limit && offset <= limit - size;
}

// Freestanding. "truncated: 1234 of 5678 bytes", "vmas: record 3: overlaps the
// one before", ...; "good" for no error.
using ErrorText = LineOf<200>;
ErrorText Describe(const ReadError& error);

// A valid image. Points into the bytes it was opened on.
class Reader {
 public:
  // Freestanding; used before a restore. `bytes` are the file from its start:
  // all of it, or at least the metadata ([0, HeadRecord::meta_size)), at an
  // address that is a multiple of 8. `file_size` is the file's real size. After
  // an error only Open may be called.
  ReadError Open(Span<const uint8_t> bytes, uint64_t file_size);

  // Freestanding. Checks the checksum of every block, in file order, and
  // returns the first bad one. `bytes` are the whole file.
  ReadError VerifyBlocks(Span<const uint8_t> bytes) const;

  const HeadRecord& head() const { return *head_; }
  const ProcessRecord& process() const { return *process_; }
  Span<const ThreadRecord> threads() const { return threads_; }
  Span<const LockRecord> locks() const { return locks_; }
  Span<const VmaRecord> vmas() const { return vmas_; }
  Span<const ModuleRecord> modules() const { return modules_; }
  Span<const BlockRecord> blocks() const { return blocks_; }
  Span<const FdRecord> fds() const { return fds_; }
  Span<const SignalRecord> signals() const { return signals_; }
  Span<const Range> guards() const { return guards_; }
  Span<const MemoryPolicyRecord> memory_policies() const { return policies_; }
  Span<const Range> excluded() const { return excluded_; }
  // The bytes of [vdso]; empty in images of older writers.
  Span<const uint8_t> vdso() const { return vdso_; }
  Span<const XsaveRecord> xsave() const { return xsave_; }
  Span<const FileRecord> files() const { return files_; }
  Span<const FileBlockRecord> file_blocks() const { return file_blocks_; }
  Span<const FileLockRecord> file_locks() const { return file_locks_; }
  Span<const TimerRecord> timers() const { return timers_; }
  Span<const PendingRecord> pending() const { return pending_; }
  Span<const ObjectRecord> objects() const { return objects_; }
  // The data of an object, as records of its kind.
  template <typename Data>
  Span<const Data> ObjectData(const ObjectRecord& object) const {
    return {reinterpret_cast<const Data*>(object_data_.data +
                                          object.data_offset),
            object.data_size / sizeof(Data)};
  }
  // The same, where it begins with one record of `Data`.
  template <typename Data>
  const Data* ObjectStart(const ObjectRecord& object) const {
    return reinterpret_cast<const Data*>(object_data_.data +
                                         object.data_offset);
  }
  // The object of descriptor `fd`, or null.
  const ObjectRecord* FindObject(int32_t fd) const;
  Span<const Elf64_Phdr> segments() const { return segments_; }
  // NT_AUXV: the kernel's auxiliary vector; empty if there is none.
  Span<const uint8_t> auxv() const { return auxv_; }

  // The string of a reference in any record.
  const char* String(StringRef ref) const { return strings_.data + ref; }

  // The string behind `string` in the table: how HeadRecord::args is walked,
  // args_count - 1 times.
  static const char* NextString(const char* string) {
    while (*string != '\0') ++string;
    return string + 1;
  }

  // The memory area that holds `address`, or null.
  const VmaRecord* FindVma(uint64_t address) const;

 private:
  ReadError OpenContainer();
  ReadError OpenSegments(const Elf64_Ehdr& header);
  ReadError OpenHead();
  ReadError CheckExtent() const;
  ReadError OpenNotes();
  ReadError OpenNote(uint32_t type, Span<const uint8_t> descriptor);
  template <typename Record>
  ReadError OpenTable(Span<const uint8_t> descriptor, ReadStatus part,
                      Span<const Record>* table) const;
  ReadError CheckTables() const;
  ReadError CheckSegments() const;
  ReadError CheckHeadReferences() const;
  ReadError CheckProcess() const;
  ReadError CheckThreads() const;
  ReadError CheckLocks() const;
  ReadError CheckVmas() const;
  ReadError CheckModules() const;
  ReadError CheckBlocks() const;
  ReadError CheckFds() const;
  ReadError CheckGuards() const;
  ReadError CheckExcluded() const;
  ReadError CheckFiles() const;
  ReadError CheckFileLocks() const;
  ReadError CheckFileBlocks(uint64_t file_end) const;
  ReadError VerifyFileBlocks(Span<const uint8_t> bytes) const;
  ReadError CheckTimers() const;
  ReadError CheckPending() const;
  ReadError CheckObjects() const;
  ReadError CheckObject(size_t index) const;
  bool IsGoodTimerFd(const ObjectRecord& object) const;
  bool IsGoodEpoll(const ObjectRecord& object) const;
  bool IsGoodPipe(const ObjectRecord& object) const;
  bool IsGoodSocket(const ObjectRecord& object) const;
  bool IsGoodMessage(const ObjectRecord& object, uint64_t* at) const;
  bool IsGoodPeer(const ObjectRecord& object, const SocketData& data) const;
  bool HasString(StringRef ref) const { return ref < strings_.size; }
  bool HasEarlierFd(size_t before, int32_t fd) const;
  ReadError TooShort() const;

  Span<const uint8_t> bytes_;
  uint64_t file_size_ = 0;
  uint32_t notes_seen_ = 0;  // bit N: NoteType kNoteBase + N
  Span<const uint8_t> notes_;
  const HeadRecord* head_ = nullptr;
  const ProcessRecord* process_ = nullptr;
  Span<const char> strings_;
  Span<const ThreadRecord> threads_;
  Span<const LockRecord> locks_;
  Span<const VmaRecord> vmas_;
  Span<const ModuleRecord> modules_;
  Span<const BlockRecord> blocks_;
  Span<const FdRecord> fds_;
  Span<const SignalRecord> signals_;
  Span<const Range> guards_;
  Span<const Range> excluded_;
  Span<const MemoryPolicyRecord> policies_;
  Span<const uint8_t> vdso_;
  Span<const XsaveRecord> xsave_;
  Span<const FileRecord> files_;
  Span<const FileBlockRecord> file_blocks_;
  Span<const FileLockRecord> file_locks_;
  Span<const TimerRecord> timers_;
  Span<const PendingRecord> pending_;
  Span<const ObjectRecord> objects_;
  Span<const uint8_t> object_data_;
  Span<const Elf64_Phdr> segments_;
  Span<const uint8_t> auxv_;
};

}  // namespace ckpt::image

#endif
