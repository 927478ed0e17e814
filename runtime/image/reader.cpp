// reader.cpp - see reader.h. From the outside in: ELF header, program headers,
// head note, extent and checksum, the notes as containers; reader_checks.cpp
// looks into the tables. Every offset and count is taken as hostile until its
// own check is past; sums are formed so that they cannot wrap.

#include "image/reader.h"

#include "base/bytes.h"
#include "image/checksum.h"

namespace ckpt::image {
namespace {

constexpr uint64_t kNoteAlignment = 8;
constexpr uint64_t kDescriptorOffset = 24;  // of a note with a 5-byte name

constexpr const char* kPartNames[] = {
    "good",    "truncated", "not a checkpoint image",
    "version", "header",    "segments",
    "notes",   "checksum",  "strings",
    "process", "threads",   "locks",
    "vmas",    "modules",   "blocks",
    "fds",     "signals",   "guards",
    "memory policies",      "excluded",  "files",
    "content of files",     "file locks", "timers",
    "objects",              "pending signals", "data",
};
static_assert(sizeof(kPartNames) / sizeof(kPartNames[0]) ==
              static_cast<size_t>(ReadStatus::kData) + 1);

constexpr uint32_t NoteBit(NoteType type) {
  return 1u << (static_cast<uint32_t>(type) - kNoteBase);
}

// The type at `offset`, which the caller has checked for bounds and alignment.
template <typename T>
const T* At(Span<const uint8_t> bytes, uint64_t offset) {
  return reinterpret_cast<const T*>(bytes.data + offset);
}

bool IsImageNote(const Elf64_Nhdr& note) {
  return note.n_namesz == sizeof(kNoteOwner) &&
         BytesEq(&note + 1, kNoteOwner, sizeof(kNoteOwner));
}

}  // namespace

ErrorText Describe(const ReadError& error) {
  ErrorText text;
  text.Str(kPartNames[static_cast<uint32_t>(error.status)]);
  switch (error.status) {
    case ReadStatus::kGood:
      return text;
    case ReadStatus::kTruncated:
      text.Str(": ").Dec(error.actual);
      if (error.expected != 0) text.Str(" of ").Dec(error.expected);
      text.Str(" bytes");
      return text;
    case ReadStatus::kVersion:
      text.Char(' ').Dec(error.actual).Str(": this program reads version ");
      text.Dec(error.expected);
      return text;
    case ReadStatus::kData:
      text.Str(": block ").Dec(error.index);
      if (error.address != 0) text.Str(" at address 0x").Hex(error.address);
      if (error.address == 0) text.Str(" of a file");
      text.Str(", file offset 0x").Hex(error.file_offset);
      text.Str(": ").Str(error.detail);
      return text;
    default:
      text.Str(": ");
      if (error.index != kNoIndex) {
        text.Str("record ").Dec(error.index).Str(": ");
      }
      text.Str(error.detail);
      return text;
  }
}

ReadError Reader::Open(Span<const uint8_t> bytes, uint64_t file_size) {
  *this = Reader();
  bytes_ = bytes;
  if (bytes_.size > file_size) bytes_.size = file_size;
  file_size_ = file_size;
  ReadError error = OpenContainer();
  if (error.ok()) error = OpenNotes();
  if (error.ok()) error = CheckTables();
  return error;
}

ReadError Reader::TooShort() const {
  ReadError error = Bad(ReadStatus::kTruncated, "");
  error.actual = file_size_;
  return error;
}

// --- From the ELF header to the checksum of the metadata ---

ReadError Reader::OpenContainer() {
  if (reinterpret_cast<uintptr_t>(bytes_.data) % kNoteAlignment != 0) {
    return Bad(ReadStatus::kHeader, "read at an unaligned address");
  }
  if (bytes_.size >= SELFMAG && !BytesEq(bytes_.data, ELFMAG, SELFMAG)) {
    return Bad(ReadStatus::kNotAnImage, "no ELF file");
  }
  if (bytes_.size < sizeof(Elf64_Ehdr)) return TooShort();
  const auto& header = *At<Elf64_Ehdr>(bytes_, 0);
  if (header.e_ident[EI_CLASS] != ELFCLASS64 ||
      header.e_ident[EI_DATA] != ELFDATA2LSB ||
      header.e_ident[EI_VERSION] != EV_CURRENT ||
      header.e_machine != EM_X86_64 || header.e_type != ET_CORE) {
    return Bad(ReadStatus::kNotAnImage, "no x86_64 ELF core file");
  }
  if (header.e_version != EV_CURRENT ||
      header.e_ehsize != sizeof(Elf64_Ehdr) ||
      header.e_phentsize != sizeof(Elf64_Phdr)) {
    return Bad(ReadStatus::kHeader, "unexpected ELF header");
  }
  ReadError error = OpenSegments(header);
  if (error.ok()) error = OpenHead();
  if (error.ok()) error = CheckExtent();
  return error;
}

ReadError Reader::OpenSegments(const Elf64_Ehdr& header) {
  uint64_t count = header.e_phnum;
  if (count == PN_XNUM) {  // the count is in section header 0
    if (header.e_shoff % alignof(Elf64_Shdr) != 0 ||
        header.e_shentsize != sizeof(Elf64_Shdr)) {
      return Bad(ReadStatus::kHeader, "unexpected section header");
    }
    if (!Within(header.e_shoff, sizeof(Elf64_Shdr), bytes_.size)) {
      return TooShort();
    }
    count = At<Elf64_Shdr>(bytes_, header.e_shoff)->sh_info;
  }
  if (header.e_phoff % alignof(Elf64_Phdr) != 0) {
    return Bad(ReadStatus::kSegments, "unaligned");
  }
  const uint64_t size = count * sizeof(Elf64_Phdr);  // count < 2^32
  if (!Within(header.e_phoff, size, bytes_.size)) return TooShort();
  segments_ = {At<Elf64_Phdr>(bytes_, header.e_phoff), count};
  return {};
}

// Finds the note segment and the head, its first note. Only the head has to be
// within the file here: it tells how long the file should be.
ReadError Reader::OpenHead() {
  const Elf64_Phdr* segment = nullptr;
  for (const Elf64_Phdr& candidate : segments_) {
    if (candidate.p_type != PT_NOTE) continue;
    if (segment != nullptr) {
      return Bad(ReadStatus::kSegments, "two note segments");
    }
    segment = &candidate;
  }
  if (segment == nullptr) {
    return Bad(ReadStatus::kNotAnImage, "no notes");
  }
  if (segment->p_align != kNoteAlignment ||
      segment->p_offset % kNoteAlignment != 0 ||
      segment->p_filesz < kDescriptorOffset + sizeof(HeadRecord)) {
    return Bad(ReadStatus::kNotAnImage, "its first note is not CKPT's head");
  }
  if (!Within(segment->p_offset, kDescriptorOffset + sizeof(HeadRecord),
              bytes_.size)) {
    return TooShort();
  }
  const auto& note = *At<Elf64_Nhdr>(bytes_, segment->p_offset);
  if (!IsImageNote(note) ||
      note.n_type != static_cast<uint32_t>(NoteType::kHead)) {
    return Bad(ReadStatus::kNotAnImage, "its first note is not CKPT's head");
  }
  head_ = At<HeadRecord>(bytes_, segment->p_offset + kDescriptorOffset);
  if (head_->magic != kMagic) {
    return Bad(ReadStatus::kHeader, "wrong magic number");
  }
  if (head_->version != kVersion) {
    ReadError error = Bad(ReadStatus::kVersion, "");
    error.actual = head_->version;
    error.expected = kVersion;
    return error;
  }
  if (note.n_descsz != sizeof(HeadRecord)) {
    return Bad(ReadStatus::kHeader, "wrong size of the head note");
  }
  if (!Within(segment->p_offset, segment->p_filesz, head_->meta_size)) {
    return Bad(ReadStatus::kNotes, "outside of the metadata");
  }
  // The span is used only after CheckExtent has compared meta_size.
  notes_ = {bytes_.data + segment->p_offset, segment->p_filesz};
  return {};
}

ReadError Reader::CheckExtent() const {
  if (file_size_ < head_->file_size) {
    ReadError error = TooShort();
    error.expected = head_->file_size;
    return error;
  }
  if (file_size_ > head_->file_size) {
    return Bad(ReadStatus::kHeader, "the file is longer than it says");
  }
  const uint64_t meta_size = head_->meta_size;
  if (meta_size > file_size_ || meta_size % kPageSize != 0) {
    return Bad(ReadStatus::kHeader, "wrong size of the metadata");
  }
  if (meta_size > bytes_.size) {
    return Bad(ReadStatus::kHeader, "the metadata was not read whole");
  }
  const auto* field = reinterpret_cast<const uint8_t*>(&head_->meta_xxh3);
  const auto position = static_cast<size_t>(field - bytes_.data);
  if (position + sizeof(head_->meta_xxh3) > meta_size ||
      Xxh3WithFieldZero(bytes_.data, meta_size, position) !=
          head_->meta_xxh3) {
    return Bad(ReadStatus::kChecksum, "of the metadata differs");
  }
  return {};
}

// --- The notes as containers ---

ReadError Reader::OpenNotes() {
  uint64_t position = 0;
  while (position < notes_.size) {
    if (!Within(position, sizeof(Elf64_Nhdr), notes_.size)) {
      return Bad(ReadStatus::kNotes, "a note runs over the end");
    }
    const auto& note = *At<Elf64_Nhdr>(notes_, position);
    const uint64_t descriptor = AlignUp<uint64_t>(
        position + sizeof(note) + note.n_namesz, kNoteAlignment);
    if (!Within(descriptor, note.n_descsz, notes_.size)) {
      return Bad(ReadStatus::kNotes, "a note runs over the end");
    }
    if (IsImageNote(note)) {
      const ReadError error = OpenNote(
          note.n_type, {notes_.data + descriptor, note.n_descsz});
      if (!error.ok()) return error;
    } else if (note.n_type == NT_AUXV && note.n_namesz == sizeof("CORE")) {
      auxv_ = {notes_.data + descriptor, note.n_descsz};
    }
    position = AlignUp<uint64_t>(descriptor + note.n_descsz, kNoteAlignment);
  }
  constexpr uint32_t kRequired =
      NoteBit(NoteType::kHead) | NoteBit(NoteType::kStrings) |
      NoteBit(NoteType::kProcess) | NoteBit(NoteType::kThreads) |
      NoteBit(NoteType::kVmas) | NoteBit(NoteType::kSignals);
  if ((notes_seen_ & kRequired) != kRequired) {
    return Bad(ReadStatus::kNotes, "a table is missing");
  }
  return {};
}

ReadError Reader::OpenNote(uint32_t type, Span<const uint8_t> descriptor) {
  // A type that is not known here is an addition which old readers may skip;
  // one they must not skip comes with a new kVersion.
  if (type < static_cast<uint32_t>(NoteType::kHead) ||
      type > static_cast<uint32_t>(NoteType::kLast)) {
    return {};
  }
  const auto known = static_cast<NoteType>(type);
  if ((notes_seen_ & NoteBit(known)) != 0) {
    return Bad(ReadStatus::kNotes, "a table occurs twice");
  }
  notes_seen_ |= NoteBit(known);
  switch (known) {
    case NoteType::kHead:
      return {};
    case NoteType::kStrings:
      return OpenTable(descriptor, ReadStatus::kStrings, &strings_);
    case NoteType::kProcess: {
      Span<const ProcessRecord> table;
      const ReadError error =
          OpenTable(descriptor, ReadStatus::kProcess, &table);
      if (error.ok() && table.size != 1) {
        return Bad(ReadStatus::kProcess, "not one record");
      }
      process_ = table.data;
      return error;
    }
    case NoteType::kThreads:
      return OpenTable(descriptor, ReadStatus::kThreads, &threads_);
    case NoteType::kLocks:
      return OpenTable(descriptor, ReadStatus::kLocks, &locks_);
    case NoteType::kVmas:
      return OpenTable(descriptor, ReadStatus::kVmas, &vmas_);
    case NoteType::kModules:
      return OpenTable(descriptor, ReadStatus::kModules, &modules_);
    case NoteType::kBlocks:
      return OpenTable(descriptor, ReadStatus::kBlocks, &blocks_);
    case NoteType::kFds:
      return OpenTable(descriptor, ReadStatus::kFds, &fds_);
    case NoteType::kSignals:
      return OpenTable(descriptor, ReadStatus::kSignals, &signals_);
    case NoteType::kGuards:
      return OpenTable(descriptor, ReadStatus::kGuards, &guards_);
    case NoteType::kMemoryPolicies:
      return OpenTable(descriptor, ReadStatus::kPolicies, &policies_);
    case NoteType::kExcluded:
      return OpenTable(descriptor, ReadStatus::kExcluded, &excluded_);
    case NoteType::kVdso:
      return OpenTable(descriptor, ReadStatus::kProcess, &vdso_);
    case NoteType::kXsave:
      return OpenTable(descriptor, ReadStatus::kProcess, &xsave_);
    case NoteType::kFiles:
      return OpenTable(descriptor, ReadStatus::kFiles, &files_);
    case NoteType::kFileBlocks:
      return OpenTable(descriptor, ReadStatus::kFileBlocks, &file_blocks_);
    case NoteType::kFileLocks:
      return OpenTable(descriptor, ReadStatus::kFileLocks, &file_locks_);
    case NoteType::kTimers:
      return OpenTable(descriptor, ReadStatus::kTimers, &timers_);
    case NoteType::kPending:
      return OpenTable(descriptor, ReadStatus::kPending, &pending_);
    case NoteType::kObjects:
      return OpenTable(descriptor, ReadStatus::kObjects, &objects_);
    case NoteType::kObjectData:
      return OpenTable(descriptor, ReadStatus::kObjects, &object_data_);
  }
  return {};
}

template <typename Record>
ReadError Reader::OpenTable(Span<const uint8_t> descriptor, ReadStatus part,
                            Span<const Record>* table) const {
  static_assert(alignof(Record) <= kNoteAlignment);
  if (descriptor.size % sizeof(Record) != 0) {
    return Bad(part, "not a whole number of records");
  }
  *table = {reinterpret_cast<const Record*>(descriptor.data),
            descriptor.size / sizeof(Record)};
  return {};
}

ReadError Reader::VerifyBlocks(Span<const uint8_t> bytes) const {
  for (size_t i = 0; i < blocks_.size; ++i) {
    const BlockRecord& block = blocks_[i];
    const bool there = Within(block.file_offset, block.size, bytes.size);
    if (there && Xxh3(bytes.data + block.file_offset, block.size) ==
                     block.xxh3) {
      continue;
    }
    ReadError error = Bad(ReadStatus::kData,
                          there ? "checksum differs" : "was not read", i);
    error.address = block.address;
    error.file_offset = block.file_offset;
    return error;
  }
  return VerifyFileBlocks(bytes);
}

ReadError Reader::VerifyFileBlocks(Span<const uint8_t> bytes) const {
  for (size_t i = 0; i < file_blocks_.size; ++i) {
    const FileBlockRecord& block = file_blocks_[i];
    const uint64_t size = AlignUp(block.size, kPageSize);
    const bool there = Within(block.file_offset, size, bytes.size);
    if (there && Xxh3(bytes.data + block.file_offset, size) == block.xxh3) {
      continue;
    }
    ReadError error = Bad(ReadStatus::kData,
                          there ? "checksum differs" : "was not read", i);
    error.file_offset = block.file_offset;
    return error;
  }
  return {};
}

}  // namespace ckpt::image
