// Tests of runtime/image/reader_checks.cpp: images whose checksum is right but
// whose tables contradict the format. One row, one contradiction.

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "image/reader.h"
#include "image_builder.h"

namespace ckpt::image {
namespace {

struct Case {
  const char* name;
  std::function<void(Bytes&)> damage;
  const char* text;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

HeadRecord& Head(Bytes& image) {
  return *Records<HeadRecord>(image, NoteType::kHead);
}
ProcessRecord& Process(Bytes& image) {
  return *Records<ProcessRecord>(image, NoteType::kProcess);
}
ThreadRecord* Threads(Bytes& image) {
  return Records<ThreadRecord>(image, NoteType::kThreads);
}
LockRecord* Locks(Bytes& image) {
  return Records<LockRecord>(image, NoteType::kLocks);
}
VmaRecord* Vmas(Bytes& image) {
  return Records<VmaRecord>(image, NoteType::kVmas);
}
ModuleRecord* Modules(Bytes& image) {
  return Records<ModuleRecord>(image, NoteType::kModules);
}
BlockRecord* Blocks(Bytes& image) {
  return Records<BlockRecord>(image, NoteType::kBlocks);
}
FdRecord* Fds(Bytes& image) { return Records<FdRecord>(image, NoteType::kFds); }
FileRecord* Files(Bytes& image) {
  return Records<FileRecord>(image, NoteType::kFiles);
}
FileBlockRecord* FileBlocks(Bytes& image) {
  return Records<FileBlockRecord>(image, NoteType::kFileBlocks);
}
FileLockRecord* FileLocks(Bytes& image) {
  return Records<FileLockRecord>(image, NoteType::kFileLocks);
}
Elf64_Phdr* Segments(Bytes& image) {
  return reinterpret_cast<Elf64_Phdr*>(image.data() + sizeof(Elf64_Ehdr));
}
Range* Guards(Bytes& image) {
  return Records<Range>(image, NoteType::kGuards);
}
PendingRecord* Pending(Bytes& image) {
  return Records<PendingRecord>(image, NoteType::kPending);
}
Range* Excluded(Bytes& image) {
  return Records<Range>(image, NoteType::kExcluded);
}
TimerRecord* Timers(Bytes& image) {
  return Records<TimerRecord>(image, NoteType::kTimers);
}
// The note goes on past its records; what follows is swallowed or cut in two.
void Grow(Bytes& image, NoteType type, int32_t by) {
  FindNote(image, type)->n_descsz += static_cast<uint32_t>(by);
}

constexpr StringRef kFar = 0x7fffffff;

const Case kCases[] = {
    {"MetaSizeUnaligned", [](Bytes& b) { Head(b).meta_size -= 8; },
     "header: wrong size of the metadata"},
    {"MetaSizeBeyondFile", [](Bytes& b) { Head(b).meta_size = 1ull << 62; },
     "header: wrong size of the metadata"},
    {"HeadBuildId", [](Bytes& b) { Head(b).build_id_size = 21; },
     "header: wrong size of the build-id"},
    {"ProgramText", [](Bytes& b) { Head(b).program = kFar; },
     "header: a text lies outside of the strings"},
    {"KernelText", [](Bytes& b) { Head(b).kernel = kFar; },
     "header: a text lies outside of the strings"},
    {"DirectoryText", [](Bytes& b) { Head(b).directory = kFar; },
     "header: a text lies outside of the strings"},
    {"TooManyArguments", [](Bytes& b) { Head(b).args_count = ~0u; },
     "header: arguments outside of the strings"},
    {"ArgumentsElsewhere", [](Bytes& b) { Head(b).args = ~0u; },
     "header: arguments outside of the strings"},
    {"HeadNoteSize", [](Bytes& b) { Grow(b, NoteType::kHead, 8); },
     "header: wrong size of the head note"},
    {"NotesOutside", [](Bytes& b) { Segments(b)->p_filesz = 1ull << 60; },
     "notes: outside of the metadata"},
    {"NotesWrap", [](Bytes& b) { Segments(b)->p_filesz = ~7ull; },
     "notes: outside of the metadata"},
    {"NoteOverEnd",
     [](Bytes& b) { FindNote(b, NoteType::kFds)->n_descsz = ~0u; },
     "notes: a note runs over the end"},
    {"NoteNameOverEnd",
     [](Bytes& b) { FindNote(b, NoteType::kFds)->n_namesz = ~0u; },
     "notes: a note runs over the end"},
    {"TableTwice",
     [](Bytes& b) {
       FindNote(b, NoteType::kFds)->n_type =
           static_cast<uint32_t>(NoteType::kLocks);
     },
     "notes: a table occurs twice"},
    {"TableMissing",
     [](Bytes& b) { FindNote(b, NoteType::kThreads)->n_type = 99; },
     "notes: a table is missing"},
    {"SegmentOutside", [](Bytes& b) { Segments(b)[1].p_offset = 1 << 20; },
     "segments: record 1: outside of the data"},
    {"SegmentOverMetadata", [](Bytes& b) { Segments(b)[1].p_offset = 0; },
     "segments: record 1: outside of the data"},
    {"TwoNoteSegments", [](Bytes& b) { Segments(b)[1].p_type = PT_NOTE; },
     "segments: two note segments"},
    {"StringsOpenEnd",
     [](Bytes& b) {
       size_t size;
       char* strings = Records<char>(b, NoteType::kStrings, &size);
       strings[size - 1] = 'x';
     },
     "strings: not between two NUL characters"},
    {"ProcessSize",
     [](Bytes& b) { Grow(b, NoteType::kProcess, -8); },
     "process: not a whole number of records"},
    {"VdsoPartCount", [](Bytes& b) { Process(b).vdso_part_count = 5; },
     "process: wrong number of vdso parts"},
    {"VdsoIndex", [](Bytes& b) { Process(b).vdso_index = 2; },
     "process: wrong number of vdso parts"},
    {"VdsoOrder", [](Bytes& b) { Process(b).vdso_parts[1].start -= 4096; },
     "process: wrong vdso part"},
    {"XsaveFeature",
     [](Bytes& b) {
       Records<XsaveRecord>(b, NoteType::kXsave)[1].feature = 63;
     },
     "process: no such register set"},
    {"VdsoSize", [](Bytes& b) { Process(b).vdso_parts[1].end += 4096; },
     "process: wrong size of the vdso"},
    {"ProcessSetting",
     [](Bytes& b) {
       Process(b).settings.chosen = ItemBit(ProcessItem::kCount);
     },
     "process: unknown setting"},
    {"ProcessMonotonicFar",
     [](Bytes& b) { Process(b).monotonic_ns = uint64_t{1} << 62; },
     "process: a clock says what no clock can"},
    {"ProcessBoottimeFar",
     [](Bytes& b) { Process(b).boottime_ns = ~uint64_t{0}; },
     "process: a clock says what no clock can"},
    {"CwdText", [](Bytes& b) { Process(b).cwd = kFar; },
     "process: a text lies outside of the strings"},
    {"ThreadState",
     [](Bytes& b) { Threads(b)[1].state = static_cast<ThreadState>(99); },
     "threads: record 1: unknown state"},
    {"ThreadName", [](Bytes& b) { Threads(b)[2].name[15] = 'x'; },
     "threads: record 2: its name does not end"},
    {"ThreadAffinity",
     [](Bytes& b) { Threads(b)[0].settings.affinity_size = 129; },
     "threads: record 0: wrong size of its CPU set"},
    {"ThreadSetting",
     [](Bytes& b) {
       Threads(b)[1].settings.chosen = ItemBit(ThreadItem::kCount);
     },
     "threads: record 1: unknown setting"},
    {"LockThread", [](Bytes& b) { Locks(b)[3].thread = 3; },
     "locks: record 3: no such thread"},
    {"LockState",
     [](Bytes& b) { Locks(b)[0].state = static_cast<LockState>(4); },
     "locks: record 0: unknown state"},
    {"ModulePath", [](Bytes& b) { Modules(b)[0].path = kFar; },
     "modules: record 0: a text lies outside of the strings"},
    {"ModuleBuildId", [](Bytes& b) { Modules(b)[0].build_id_size = 99; },
     "modules: record 0: wrong size of its build-id"},
    {"VmaOverlap", [](Bytes& b) { Vmas(b)[2].start -= 4096; },
     "vmas: record 2: overlaps the one before"},
    {"VmaEmpty", [](Bytes& b) { Vmas(b)[0].end = Vmas(b)[0].start; },
     "vmas: record 0: wrong address"},
    {"VmaUnaligned", [](Bytes& b) { Vmas(b)[0].start += 1; },
     "vmas: record 0: wrong address"},
    {"VmaInKernel", [](Bytes& b) { Vmas(b)[4].end = ~0xfffull; },
     "vmas: record 4: wrong address"},
    {"VmaKind",
     [](Bytes& b) { Vmas(b)[1].kind = static_cast<VmaKind>(5); },
     "vmas: record 1: unknown kind or protection"},
    {"VmaProt", [](Bytes& b) { Vmas(b)[1].prot = 8; },
     "vmas: record 1: unknown kind or protection"},
    {"VmaModule", [](Bytes& b) { Vmas(b)[1].module = 1; },
     "vmas: record 1: no such module"},
    {"VmaOfFileWithoutModule",
     [](Bytes& b) { Vmas(b)[1].module = kNoModule; },
     "vmas: record 1: no such module"},
    {"VmaFileOffset", [](Bytes& b) { Vmas(b)[1].file_offset = 8; },
     "vmas: record 1: unaligned file offset"},
    {"VmaAdvice", [](Bytes& b) { Vmas(b)[1].advice = 1; },
     "vmas: record 1: unknown advice"},
    {"VmaName", [](Bytes& b) { Vmas(b)[3].name = kFar; },
     "vmas: record 3: a text lies outside of the strings"},
    {"VmaPolicy", [](Bytes& b) { Vmas(b)[2].memory_policy = 1; },
     "vmas: record 2: no such memory policy"},
    {"GuardEmpty", [](Bytes& b) { Guards(b)[0].end = Guards(b)[0].start; },
     "guards: record 0: wrong address"},
    {"GuardUnaligned", [](Bytes& b) { Guards(b)[1].end -= 8; },
     "guards: record 1: wrong address"},
    {"GuardOrder", [](Bytes& b) { Guards(b)[1].start = 0x7f0000000000; },
     "guards: record 1: addresses do not ascend"},
    {"GuardInHole", [](Bytes& b) { Guards(b)[0] = {0x500000, 0x501000}; },
     "guards: record 0: outside of the memory areas"},
    {"GuardOverArea", [](Bytes& b) { Guards(b)[1].end = 0x7f0000011000; },
     "guards: record 1: outside of the memory areas"},
    {"GuardOverBlock", [](Bytes& b) { Guards(b)[0] = {0x605000, 0x606000}; },
     "guards: record 0: over a block"},
    {"ExcludedEmpty",
     [](Bytes& b) { Excluded(b)[0].end = Excluded(b)[0].start; },
     "excluded: record 0: wrong address"},
    {"ExcludedOrder", [](Bytes& b) { Excluded(b)[1].start = 0x604140; },
     "excluded: record 1: addresses do not ascend"},
    {"BlockEmpty", [](Bytes& b) { Blocks(b)[0].size = 0; },
     "blocks: record 0: wrong size or address"},
    {"BlockTooLarge", [](Bytes& b) { Blocks(b)[0].size = kMaxBlock * 2; },
     "blocks: record 0: wrong size or address"},
    {"BlockHole", [](Bytes& b) { Blocks(b)[1].file_offset += 4096; },
     "blocks: record 1: not behind the one before"},
    {"BlockBeyondFile", [](Bytes& b) { Blocks(b)[2].size = 5 * kPageSize; },
     "blocks: record 2: not behind the one before"},
    {"BlockOrder", [](Bytes& b) { Blocks(b)[1].address = 0x400000; },
     "blocks: record 1: addresses do not ascend"},
    {"BlockInHole", [](Bytes& b) { Blocks(b)[0].address = 0x500000; },
     "blocks: record 0: outside of the memory areas"},
    {"BlockOverArea", [](Bytes& b) { Blocks(b)[1].address = 0x623000; },
     "blocks: record 1: outside of the memory areas"},
    {"BlockOfSharedFile",
     [](Bytes& b) { Vmas(b)[1].kind = VmaKind::kFileShared; },
     "blocks: record 0: in a shared mapping of a file"},
    {"BlocksTooFew",
     [](Bytes& b) {
       Blocks(b)[2].size = 0;
       Grow(b, NoteType::kBlocks, -static_cast<int32_t>(sizeof(BlockRecord)));
       // What is left of the note becomes one that nobody knows.
       Elf64_Nhdr filler = {5, 8, 99};
       auto* at = reinterpret_cast<uint8_t*>(&Blocks(b)[2]);
       memcpy(at, &filler, sizeof(filler));
     },
     "content of files: record 0: not behind the one before"},
    {"FdOrder", [](Bytes& b) { Fds(b)[2].fd = 1; },
     "fds: record 2: numbers do not ascend"},
    {"FdNegative", [](Bytes& b) { Fds(b)[0].fd = -1; },
     "fds: record 0: numbers do not ascend"},
    {"FdKind", [](Bytes& b) { Fds(b)[3].kind = static_cast<FdKind>(6); },
     "fds: record 3: unknown kind"},
    {"FdSameAsLater", [](Bytes& b) { Fds(b)[2].same_as = 7; },
     "fds: record 2: the same as one that is not there"},
    {"FdSameAsItself", [](Bytes& b) { Fds(b)[2].same_as = 2; },
     "fds: record 2: the same as one that is not there"},
    {"ObjectMissing", [](Bytes& b) { Fds(b)[3].kind = FdKind::kObject; },
     "objects: record 0: not one for each descriptor"},
    {"FileLockOfNothing", [](Bytes& b) { FileLocks(b)[0].fd = 6; },
     "file locks: record 0: of no descriptor"},
    {"FileLockKind",
     [](Bytes& b) { FileLocks(b)[1].kind = static_cast<FileLockKind>(3); },
     "file locks: record 1: unknown kind or wrong range"},
    {"FileLockBackwards", [](Bytes& b) { FileLocks(b)[0].end = 9; },
     "file locks: record 0: unknown kind or wrong range"},
    {"FileBlocksTooFew",
     [](Bytes& b) {
       Files(b)[1].block_count = 1;
       FindNote(b, NoteType::kFileBlocks)->n_descsz = sizeof(FileBlockRecord);
       // What is left of the note becomes one that nobody knows.
       Elf64_Nhdr filler = {5, 8, 99};
       memcpy(&FileBlocks(b)[1], &filler, sizeof(filler));
     },
     "blocks: they do not reach the end of the file"},
    {"FilePath", [](Bytes& b) { Files(b)[0].path = kFar; },
     "files: record 0: its path is none"},
    {"FilePathEmpty", [](Bytes& b) { Files(b)[1].path = 0; },
     "files: record 1: its path is none"},
    {"FilePolicy",
     [](Bytes& b) { Files(b)[0].policy = static_cast<FilePolicy>(4); },
     "files: record 0: unknown policy or flag"},
    {"FileFlags", [](Bytes& b) { Files(b)[1].flags = 32; },
     "files: record 1: unknown policy or flag"},
    {"FileTailTooLong", [](Bytes& b) { --Files(b)[0].tail_start; },
     "files: record 0: wrong size"},
    {"FileTailBehindTheEnd", [](Bytes& b) { --Files(b)[0].size; },
     "files: record 0: wrong size"},
    {"FileTailBackwards", [](Bytes& b) { Files(b)[1].tail_start = 1; },
     "files: record 1: wrong size"},
    {"FileBlocksOfAnother", [](Bytes& b) { Files(b)[0].block_count = 1; },
     "files: record 1: blocks that are not its own"},
    {"FileBlocksTooMany", [](Bytes& b) { Files(b)[1].block_count = 3; },
     "files: record 1: blocks that are not its own"},
    {"FileBlocksOfNobody", [](Bytes& b) { Files(b)[1].block_count = 1; },
     "content of files: of no file"},
    {"FileBlockSize", [](Bytes& b) { FileBlocks(b)[0].size = 0; },
     "content of files: record 0: wrong size or offset"},
    {"FileBlockTooLarge",
     [](Bytes& b) { FileBlocks(b)[1].size = kMaxBlock + 1; },
     "content of files: record 1: wrong size or offset"},
    {"FileBlockFar", [](Bytes& b) { FileBlocks(b)[1].offset = ~uint64_t{0}; },
     "content of files: record 1: wrong size or offset"},
    {"FileBlockOverlaps", [](Bytes& b) { FileBlocks(b)[1].offset = 4999; },
     "content of files: record 1: outside of its file"},
    {"FileBlockBehindTheEnd", [](Bytes& b) { Files(b)[1].size = 24575; },
     "content of files: record 1: outside of its file"},
    {"FileBlockElsewhere",
     [](Bytes& b) { FileBlocks(b)[1].file_offset += kPageSize; },
     "content of files: record 1: not behind the one before"},
    {"FileBlockShort", [](Bytes& b) { FileBlocks(b)[0].size = 4096; },
     "content of files: record 1: not behind the one before"},
    {"FdPath", [](Bytes& b) { Fds(b)[3].path = kFar; },
     "fds: record 3: a text lies outside of the strings"},
    {"PendingSignalNone", [](Bytes& b) { Pending(b)[0].signal = 0; },
     "pending signals: record 0: no such signal"},
    {"PendingSignalNegative", [](Bytes& b) { Pending(b)[1].signal = -1; },
     "pending signals: record 1: no such signal"},
    {"PendingSignalBeyond", [](Bytes& b) { Pending(b)[1].signal = 65; },
     "pending signals: record 1: no such signal"},
    {"PendingSignalKill", [](Bytes& b) { Pending(b)[0].signal = 9; },
     "pending signals: record 0: no such signal"},
    {"PendingSignalStop", [](Bytes& b) { Pending(b)[0].signal = 19; },
     "pending signals: record 0: no such signal"},
    {"PendingThread", [](Bytes& b) { Pending(b)[1].thread = 3; },
     "pending signals: record 1: no such thread"},
    {"PendingSize", [](Bytes& b) { Grow(b, NoteType::kPending, -8); },
     "pending signals: not a whole number of records"},
    {"TimerOrder", [](Bytes& b) { Timers(b)[2].id = 3; },
     "timers: record 2: ids do not ascend"},
    {"TimerNegative", [](Bytes& b) { Timers(b)[0].id = -1; },
     "timers: record 0: ids do not ascend"},
    {"TimerClock", [](Bytes& b) { Timers(b)[1].clock = 16; },
     "timers: record 1: unknown clock, way or signal"},
    {"TimerNotify", [](Bytes& b) { Timers(b)[1].notify = 8; },
     "timers: record 1: unknown clock, way or signal"},
    {"TimerSignal", [](Bytes& b) { Timers(b)[0].signal = 65; },
     "timers: record 0: unknown clock, way or signal"},
    {"TimerSignalNegative", [](Bytes& b) { Timers(b)[0].signal = -1; },
     "timers: record 0: unknown clock, way or signal"},
    {"TimerFlags", [](Bytes& b) { Timers(b)[2].flags = 2; },
     "timers: record 2: unknown clock, way or signal"},
    {"TimerClockThread", [](Bytes& b) { Timers(b)[1].clock_thread = 3; },
     "timers: record 1: no such thread"},
    {"TimerNotifyThread", [](Bytes& b) { Timers(b)[1].notify_thread = 3; },
     "timers: record 1: no such thread"},
    {"TimerNotifiesNoThread",
     [](Bytes& b) { Timers(b)[1].notify_thread = kNoThread; },
     "timers: record 1: no such thread"},
    {"TimerInterval",
     [](Bytes& b) { Timers(b)[0].setting.interval_ns = ~uint64_t{0}; },
     "timers: record 0: too far in the future"},
    {"TimerRemaining",
     [](Bytes& b) { Timers(b)[0].setting.remaining_ns = ~uint64_t{0}; },
     "timers: record 0: too far in the future"},
    {"TimerDeadline",
     [](Bytes& b) { Timers(b)[2].setting.deadline_ns = ~uint64_t{0}; },
     "timers: record 2: too far in the future"},
    {"SignalCount",
     [](Bytes& b) {
       Grow(b, NoteType::kSignals, -static_cast<int32_t>(sizeof(SignalRecord)));
       Elf64_Nhdr filler = {5, 8, 99};
       size_t count;
       auto* table = Records<SignalRecord>(b, NoteType::kSignals, &count);
       memcpy(&table[count], &filler, sizeof(filler));
     },
     "signals: not one record for each signal"},
};

class ReaderChecks : public testing::TestWithParam<Case> {};

// Intent: nobody after the reader needs to check again, so each contradiction
// is found and named by its table and record.
TEST_P(ReaderChecks, NameTheContradiction) {
  Bytes image = ImageBuilder::Sample().Build();
  GetParam().damage(image);
  // The hash needs a metadata size that is really there.
  if (Head(image).meta_size < image.size()) Reseal(image);
  Reader reader;
  const ReadError error =
      reader.Open({image.data(), image.size()}, image.size());
  EXPECT_EQ(std::string(Describe(error).text()), GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(
    All, ReaderChecks, testing::ValuesIn(kCases),
    [](const testing::TestParamInfo<Case>& info) { return info.param.name; });

}  // namespace
}  // namespace ckpt::image
