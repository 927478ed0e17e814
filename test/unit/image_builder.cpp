// image_builder.cpp - see image_builder.h.

#include "image_builder.h"

#include <sys/stat.h>

#include "base/types.h"
#include "image/checksum.h"

namespace ckpt::image {
namespace {

void Append(Bytes& to, const void* data, size_t size) {
  const auto* bytes = static_cast<const uint8_t*>(data);
  to.insert(to.end(), bytes, bytes + size);
}

void AppendNote(Bytes& to, NoteType type, const void* data, size_t size) {
  Elf64_Nhdr note = {};
  note.n_namesz = sizeof(kNoteOwner);
  note.n_descsz = static_cast<uint32_t>(size);
  note.n_type = static_cast<uint32_t>(type);
  Append(to, &note, sizeof(note));
  Append(to, kNoteOwner, sizeof(kNoteOwner));
  to.resize(AlignUp<size_t>(to.size(), 8));
  Append(to, data, size);
  to.resize(AlignUp<size_t>(to.size(), 8));
}

template <typename Record>
void AppendTable(Bytes& to, NoteType type, const std::vector<Record>& table) {
  AppendNote(to, type, table.data(), table.size() * sizeof(Record));
}

Elf64_Phdr* NoteSegment(Bytes& image) {
  auto* header = reinterpret_cast<Elf64_Ehdr*>(image.data());
  auto* segment =
      reinterpret_cast<Elf64_Phdr*>(image.data() + header->e_phoff);
  while (segment->p_type != PT_NOTE) ++segment;
  return segment;
}

}  // namespace

ImageBuilder::ImageBuilder() : signals(64), strings(1, '\0') {
  head.magic = kMagic;
  head.version = kVersion;
  head.abi_version = 1;
}

ImageBuilder ImageBuilder::Sample() {
  ImageBuilder b;
  b.head.program = b.String("/opt/demo/prog");
  b.head.hostname = b.String("somehost");
  b.head.kernel = b.String("6.1.0 #1 SMP");
  b.head.directory = b.String("/opt/demo/images");
  b.SetArguments({"prog", "-n", "3 4"});
  b.head.sequence = 2;
  b.head.time_ns = 1700000000000000000;
  b.head.generation = 1;
  b.head.stop_us = 812;
  b.head.build_id_size = 20;
  for (uint8_t i = 0; i < 20; ++i) b.head.build_id[i] = i;
  for (uint8_t i = 0; i < 16; ++i) b.head.run_id[i] = 0xa0 + i;
  b.process.pid = b.process.vpid = 4711;
  b.process.cwd = b.String("/opt/demo");
  b.process.comm = b.String("prog");
  b.process.vdso_part_count = 2;
  b.process.vdso_index = 1;
  b.process.vdso_parts[0] = {0x7fff10000000, 0x7fff10004000};
  b.process.vdso_parts[1] = {0x7fff10004000, 0x7fff10006000};
  b.vdso = Bytes(0x2000, 0x90);
  b.xsave = {{2, 576, 256}, {5, 1088, 64}};

  ModuleRecord program = {};
  program.path = b.head.program;
  program.size = 20000;
  b.modules.push_back(program);
  b.AddVma(0x400000, 0x402000, VmaKind::kFilePrivate, 5, 0);
  b.AddVma(0x602000, 0x603000, VmaKind::kFilePrivate, 3, 0, 0x2000);
  b.AddVma(0x603000, 0x624000, VmaKind::kAnonymous, 3);
  b.AddVma(0x7f0000000000, 0x7f0000010000, VmaKind::kAnonymous, 3);
  b.AddVma(0x7ffff0000000, 0x7ffff0021000, VmaKind::kStack, 3);
  b.vmas[3].advice = kAdviceHugePage | kAdviceLocked;
  b.vmas[3].name = b.String("arena");
  b.vmas[3].memory_policy = 0;
  b.policies = {{2, {1}}};  // MPOL_BIND
  b.guards = {{0x7f0000000000, 0x7f0000001000},
              {0x7f0000008000, 0x7f000000a000}};
  b.excluded = {{0x604100, 0x604140}, {0x7f0000002000, 0x7f0000003010}};
  b.AddBlock(0x602000, 1, 0x11);
  b.AddBlock(0x604000, 2, 0x22);
  b.AddBlock(0x7ffff0020000, 1, 0x33);

  b.AddThread(4711, "prog");
  ThreadRecord& one = b.AddThread(4712, "worker-1");
  one.state = ThreadState::kLockWait;
  one.wait_object = 0x602080;
  ThreadRecord& two = b.AddThread(4713, "worker-2");
  two.state = ThreadState::kLockWait;
  two.wait_object = 0x602040;
  b.locks = {
      {1, LockState::kHeld, 0x602040, 0, 0, 2, 4712, 0},
      {1, LockState::kWanted, 0x602080, 0, 0, 2, 4713, 0},
      {2, LockState::kHeld, 0x602080, 0, 0, 2, 4713, 0},
      {2, LockState::kWanted, 0x602040, 0, 0, 2, 4712, 0},
  };

  b.pending = {{kNoThread, 34, {34, 0xffffffff}}, {2, 10, {10}}};
  b.timers = {
      // On the monotonic clock, by a signal to the process: each 10 ms.
      {0, 1, 0, 14, 0, kNoThread, kNoThread, 0, 0, {10000000, 4000000, 0, 2}},
      // On a thread's processor time, by a signal to another thread.
      {3, 3, 4, 34, 0x1234, 1, 2, 0, 5, {0, 2500000000, 0, 0}},
      // Until a moment.
      {7, 0, 0, 35, 0, kNoThread, kNoThread, kTimerAbsolute, 0,
       {0, 1000000000, 1700000001000000000, 0}},
  };

  b.AddFd(0, "/dev/null");
  b.AddFd(1, "/opt/demo/out");
  b.AddFd(2, "/opt/demo/out", 1);
  b.AddFd(7, "/opt/demo/data");
  FileRecord& out = b.AddFile("/opt/demo/out", 70000);
  out.tail_start = 70000 - kMaxTail;
  out.tail_end = 70000;
  FileRecord& data = b.AddFile("/opt/demo/data", 40000);
  data.policy = FilePolicy::kContent;
  data.flags = kFileSaved;
  b.AddFileBlock(0, 5000, 0x44);
  b.AddFileBlock(20480, 4096, 0x55);
  b.file_locks = {{7, FileLockKind::kPosix, 1, 0, 10, kToTheEnd},
                  {1, FileLockKind::kFlock, 0, 0, 0, kToTheEnd}};
  return b;
}

StringRef ImageBuilder::String(const std::string& text) {
  const auto ref = static_cast<StringRef>(strings.size());
  strings += text;
  strings += '\0';
  return ref;
}

void ImageBuilder::AddBlock(uint64_t address, size_t pages, uint8_t fill) {
  blocks_.push_back({address, Bytes(pages * kPageSize, fill)});
}

ThreadRecord& ImageBuilder::AddThread(int32_t tid, const std::string& name) {
  ThreadRecord thread = {};
  thread.tid = thread.vtid = tid;
  thread.fs_base = 0x7f0000001000 + threads.size() * 0x1000;
  strncpy(thread.name, name.c_str(), sizeof(thread.name) - 1);
  threads.push_back(thread);
  return threads.back();
}

void ImageBuilder::AddVma(uint64_t start, uint64_t end, VmaKind kind,
                          uint32_t prot, uint32_t module,
                          uint64_t file_offset) {
  vmas.push_back({start, end, kind, prot, file_offset, module, 0, 0,
                  kNoMemoryPolicy});
}

void ImageBuilder::AddFd(int32_t fd, const std::string& path,
                         int32_t same_as) {
  FdRecord record = {};
  record.fd = fd;
  record.same_as = same_as;
  record.path = String(path);
  fds.push_back(record);
}

FileRecord& ImageBuilder::AddFile(const std::string& path, uint64_t size) {
  FileRecord file = {};
  file.path = String(path);
  file.mode = S_IFREG | 0644;
  file.size = file.reach = size;
  file.first_block = static_cast<uint32_t>(file_blocks_.size());
  files.push_back(file);
  return files.back();
}

void ImageBuilder::AddFileBlock(uint64_t offset, size_t size, uint8_t fill) {
  file_blocks_.push_back({offset, Bytes(size, fill)});
  ++files.back().block_count;
}

void ImageBuilder::SetArguments(const std::vector<std::string>& arguments) {
  head.args = static_cast<StringRef>(strings.size());
  head.args_count = static_cast<uint32_t>(arguments.size());
  for (const std::string& argument : arguments) String(argument);
}

Bytes ImageBuilder::Build() const {
  const size_t segment_count = 1 + blocks_.size();
  const size_t phdr_end =
      sizeof(Elf64_Ehdr) + segment_count * sizeof(Elf64_Phdr);
  const size_t notes_start =
      phdr_end + (extended_phnum ? sizeof(Elf64_Shdr) : 0);

  std::vector<BlockRecord> blocks;
  std::vector<FileBlockRecord> file_blocks;
  for (const Block& block : blocks_) {
    blocks.push_back({block.address, 0, block.data.size(),
                      Xxh3(block.data.data(), block.data.size())});
  }
  const auto make_notes = [&](const HeadRecord& final_head) {
    Bytes notes;
    AppendNote(notes, NoteType::kHead, &final_head, sizeof(final_head));
    AppendNote(notes, NoteType::kStrings, strings.data(), strings.size());
    AppendNote(notes, NoteType::kProcess, &process, sizeof(process));
    AppendTable(notes, NoteType::kThreads, threads);
    AppendTable(notes, NoteType::kLocks, locks);
    AppendTable(notes, NoteType::kVmas, vmas);
    AppendTable(notes, NoteType::kModules, modules);
    AppendTable(notes, NoteType::kBlocks, blocks);
    AppendTable(notes, NoteType::kFds, fds);
    AppendTable(notes, NoteType::kSignals, signals);
    AppendTable(notes, NoteType::kGuards, guards);
    AppendTable(notes, NoteType::kMemoryPolicies, policies);
    AppendTable(notes, NoteType::kExcluded, excluded);
    AppendTable(notes, NoteType::kVdso, vdso);
    AppendTable(notes, NoteType::kXsave, xsave);
    AppendTable(notes, NoteType::kFiles, files);
    AppendTable(notes, NoteType::kFileBlocks, file_blocks);
    AppendTable(notes, NoteType::kFileLocks, file_locks);
    AppendTable(notes, NoteType::kPending, pending);
    AppendTable(notes, NoteType::kTimers, timers);
    AppendTable(notes, NoteType::kObjects, objects);
    AppendTable(notes, NoteType::kObjectData, object_data);
    return notes;
  };
  for (const FileBlock& block : file_blocks_) {
    Bytes pages = block.data;
    pages.resize(AlignUp<size_t>(pages.size(), kPageSize));
    file_blocks.push_back({block.offset, block.data.size(), 0,
                           Xxh3(pages.data(), pages.size())});
  }
  const size_t notes_size = make_notes(head).size();

  HeadRecord final_head = head;
  final_head.meta_size =
      AlignUp<uint64_t>(notes_start + notes_size, kPageSize);
  uint64_t offset = final_head.meta_size;
  for (BlockRecord& block : blocks) {
    block.file_offset = offset;
    offset += block.size;
  }
  for (FileBlockRecord& block : file_blocks) {
    block.file_offset = offset;
    offset += AlignUp(block.size, kPageSize);
  }
  final_head.file_size = offset;

  Elf64_Ehdr header = {};
  memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_ident[EI_VERSION] = EV_CURRENT;
  header.e_type = ET_CORE;
  header.e_machine = EM_X86_64;
  header.e_version = EV_CURRENT;
  header.e_phoff = sizeof(header);
  header.e_ehsize = sizeof(header);
  header.e_phentsize = sizeof(Elf64_Phdr);
  header.e_phnum = static_cast<uint16_t>(segment_count);
  if (extended_phnum) {
    header.e_phnum = PN_XNUM;
    header.e_shoff = phdr_end;
    header.e_shentsize = sizeof(Elf64_Shdr);
    header.e_shnum = 1;
  }

  Bytes image;
  Append(image, &header, sizeof(header));
  Elf64_Phdr note_segment = {};
  note_segment.p_type = PT_NOTE;
  note_segment.p_offset = notes_start;
  note_segment.p_filesz = notes_size;
  note_segment.p_align = 8;
  Append(image, &note_segment, sizeof(note_segment));
  for (const BlockRecord& block : blocks) {
    Elf64_Phdr load = {};
    load.p_type = PT_LOAD;
    load.p_flags = PF_R | PF_W;
    load.p_offset = block.file_offset;
    load.p_vaddr = block.address;
    load.p_filesz = load.p_memsz = block.size;
    load.p_align = kPageSize;
    Append(image, &load, sizeof(load));
  }
  if (extended_phnum) {
    Elf64_Shdr section = {};
    section.sh_info = static_cast<uint32_t>(segment_count);
    Append(image, &section, sizeof(section));
  }
  const Bytes notes = make_notes(final_head);
  Append(image, notes.data(), notes.size());
  image.resize(final_head.meta_size);
  for (const Block& block : blocks_) {
    Append(image, block.data.data(), block.data.size());
  }
  for (const FileBlock& block : file_blocks_) {
    Append(image, block.data.data(), block.data.size());
    image.resize(AlignUp<size_t>(image.size(), kPageSize));
  }
  Reseal(image);
  return image;
}

Elf64_Nhdr* FindNote(Bytes& image, NoteType type) {
  const Elf64_Phdr* segment = NoteSegment(image);
  uint64_t position = segment->p_offset;
  while (position < image.size()) {
    auto* note = reinterpret_cast<Elf64_Nhdr*>(image.data() + position);
    if (note->n_type == static_cast<uint32_t>(type)) return note;
    position = AlignUp<uint64_t>(position + 24 + note->n_descsz, 8);
  }
  return nullptr;
}

void Reseal(Bytes& image) {
  auto* head = reinterpret_cast<HeadRecord*>(image.data() +
                                             NoteSegment(image)->p_offset + 24);
  head->meta_xxh3 = 0;
  head->meta_xxh3 = Xxh3(image.data(), head->meta_size);
}

}  // namespace ckpt::image
