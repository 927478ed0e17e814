// format.h - a checkpoint image, byte by byte (docs/image-format.md).
//
// An image is an ELF core file (ET_CORE, x86_64): gdb and readelf read its
// standard notes, everything of ours is in notes of owner "CKPT". All records
// are fixed-width little-endian PODs; a note's descriptor is an array of one
// record type, so its count is descsz / sizeof(record).
//
//   Elf64_Ehdr | Elf64_Phdr[] | Elf64_Shdr if PN_XNUM | notes | padding |
//   data blocks, page-aligned, up to the end of the file
//
// [0, meta_size) is covered by HeadRecord::meta_xxh3, the rest by the XXH3-64
// of each BlockRecord and FileBlockRecord; the blocks, those of memory first,
// tile [meta_size, file_size) without a hole.
//
// There is one PT_NOTE, with p_align 8 as the gABI has it for 64-bit files: a
// note starts at a multiple of 8, and so does its descriptor (24 bytes further,
// since "CKPT" and "CORE" are 5 bytes with their NUL). Each type of owner
// "CKPT" occurs once; a table without records may be left out. A block lies
// inside one VMA, and blocks ascend in address as they do in the file. So do
// guard pages, and no block lies under them. Bytes that the program has
// excluded are in no block; those that share a page with others read as zeros
// in it.
//
// Shared by the writer (runtime/image/writer), the reader
// (runtime/image/reader), the loader, the restorer and the `ckpt` tool.

#ifndef CKPT_IMAGE_FORMAT_H
#define CKPT_IMAGE_FORMAT_H

#include <stddef.h>
#include <stdint.h>

#include "image/settings.h"

namespace ckpt::image {

constexpr char kNoteOwner[] = "CKPT";
constexpr uint64_t kMagic = 0x31474d4954504b43;  // "CKPTIMG1", little-endian
constexpr uint32_t kVersion = 2;

// Types of the notes of owner "CKPT". kHead is the file's first note. They do
// not begin at 1: debuggers take small types of any owner for the system's own,
// and would use our tables as registers and auxiliary vector.
constexpr uint32_t kNoteBase = 0x434b0000;
enum class NoteType : uint32_t {
  kHead = kNoteBase + 1,      // HeadRecord
  kStrings = kNoteBase + 2,   // NUL-terminated strings; offset 0 is the empty
                              // string
  kProcess = kNoteBase + 3,   // ProcessRecord
  kThreads = kNoteBase + 4,   // ThreadRecord[]; the main thread first
  kLocks = kNoteBase + 5,     // LockRecord[]
  kVmas = kNoteBase + 6,      // VmaRecord[], ascending
  kModules = kNoteBase + 7,   // ModuleRecord[]: files that are mapped
  kBlocks = kNoteBase + 8,    // BlockRecord[], ascending in file_offset
  kFds = kNoteBase + 9,       // FdRecord[], ascending in fd
  kSignals = kNoteBase + 10,  // SignalRecord[64], signal 1 first
  kGuards = kNoteBase + 11,   // Range[], ascending: MADV_GUARD_INSTALL
  kMemoryPolicies = kNoteBase + 12,  // MemoryPolicyRecord[]
  kPending = kNoteBase + 13,  // PendingRecord[]: of one number oldest first
  kExcluded = kNoteBase + 14,  // Range[] of bytes, ascending: not saved
  kVdso = kNoteBase + 15,     // the bytes of [vdso]
  kTimers = kNoteBase + 16,   // TimerRecord[], ascending in id
  kXsave = kNoteBase + 17,    // XsaveRecord[], ascending in feature
  kFiles = kNoteBase + 20,       // FileRecord[]: what the program writes
  kFileBlocks = kNoteBase + 21,  // FileBlockRecord[], by file, ascending
  kFileLocks = kNoteBase + 22,   // FileLockRecord[]
  kObjects = kNoteBase + 24,     // ObjectRecord[], ascending in fd
  kObjectData = kNoteBase + 25,  // bytes that they refer to
  kLast = kObjectData
};

// Offset of a string in the kStrings note.
using StringRef = uint32_t;

struct HeadRecord {
  uint64_t magic;
  uint32_t version;
  uint32_t abi_version;  // CKPT_ABI_VERSION of the runtime that wrote it
  uint64_t file_size;
  uint64_t meta_size;  // offset of the first data block
  uint64_t meta_xxh3;  // of [0, meta_size) with this field zero
  uint8_t run_id[16];  // the same in every image of one run, restarts included
  uint64_t sequence;   // N of prog.chkpt.N
  uint64_t time_ns;    // CLOCK_REALTIME at the stop
  uint64_t args_xxh3;  // of the program's own arguments (core/build_id)
  uint32_t generation;  // restarts before this checkpoint
  uint32_t uid;         // effective user id of the process
  uint32_t stop_us;     // request to last thread parked, microseconds
  uint32_t build_id_size;
  uint8_t build_id[20];  // of the program
  uint32_t forks;        // that lie between the program and this process
  StringRef program;   // absolute path of the executable
  StringRef hostname;
  StringRef kernel;    // uname release and version
  StringRef args;      // first of args_count consecutive strings, argv[0] first
  uint32_t args_count;
  StringRef directory;  // where the run puts its checkpoints
};
static_assert(sizeof(HeadRecord) == 144);
static_assert(offsetof(HeadRecord, meta_xxh3) == 32);

struct Range {
  uint64_t start, end;
};

// What the kernel keeps for the process as a whole.
struct ProcessRecord {
  // As PR_SET_MM_MAP takes them.
  uint64_t start_code, end_code, start_data, end_data, start_brk, brk;
  uint64_t start_stack, arg_start, arg_end, env_start, env_end;
  Range vdso_parts[4];  // [vvar], [vvar_vclock], [vdso], ascending
  uint32_t vdso_part_count;
  uint32_t vdso_index;   // which part is [vdso]
  uint64_t vdso_xxh3;    // of its bytes
  uint64_t xcr0;         // XSAVE features enabled when the image was taken
  uint32_t xsave_size;   // bytes of the XSAVE area that a signal frame holds
  uint32_t umask;
  uint32_t cpuid[8];     // leaf 1 ecx edx; leaf 7.0 ebx ecx edx; 7.1 eax;
                         // 0x80000001 ecx edx
  int32_t pid;           // process id when the image was taken
  int32_t vpid;          // process id that the program has seen since it began
  uint32_t stop_signal;
  uint32_t cwd_removed;    // 1: the current directory had no name any more
  uint64_t itimers[3][4];  // struct itimerval of ITIMER_REAL, VIRTUAL, PROF
  uint64_t resume_entry;   // where a restored thread continues (core/resume)
  uint64_t restored_info;  // where the restorer leaves core/resume's input
  StringRef cwd;
  StringRef comm;
  uint64_t pending;  // signals sent to the process and not delivered
  ProcessSettings settings;
  // What the program could see at the stop.
  uint64_t monotonic_ns, boottime_ns;  // CLOCK_MONOTONIC, CLOCK_BOOTTIME
};
static_assert(sizeof(ProcessRecord) == 672);

// Where a signal frame has the registers of a feature of XCR0. CPUs of one make
// agree, those of two need not (CPUID leaf 0xd).
struct XsaveRecord {
  uint32_t feature;  // bit of XCR0, 2 to 62
  uint32_t offset, size;
};
static_assert(sizeof(XsaveRecord) == 12);

// Where a thread was.
enum class ThreadState : uint32_t {
  kRunning = 0,
  kLockWait = 1,   // in pthread_mutex_lock, `wait_object` is the mutex
  kCondWait = 2,   // in pthread_cond_wait, `wait_object` is the condition
  kJoinWait = 3,   // in pthread_join, `wait_object` is the pthread_t
  kSyscall = 4,    // in a system call that blocks, `wait_object` is its number
  kExitedLeader = 5,  // the main thread, gone by pthread_exit
  kFutexWait = 6,  // for a semaphore, barrier ...; `wait_object` is the futex
};

struct ThreadRecord {
  int32_t tid;   // kernel thread id when the image was taken
  int32_t vtid;  // thread id that the program has seen since the thread began
  uint64_t frame;        // ucontext_t of the stop signal's frame
  uint64_t slot;         // its entry in the thread registry (track/registry)
  uint64_t fs_base, gs_base;
  uint64_t tid_address;  // CLONE_CHILD_CLEARTID, 0 if none
  uint64_t robust_list;
  uint64_t robust_list_size;
  uint64_t rseq;         // 0 if not registered
  uint32_t rseq_size;
  uint32_t rseq_signature;
  uint64_t wait_object;
  uint64_t start_routine;  // 0 for the main thread or if not known
  ThreadState state;
  uint32_t librarys_own;  // 1: a helper of the C library's, which knows its id
  char name[16];
  uint64_t pending;  // signals sent to the thread and not delivered; bit n - 1
  ThreadSettings settings;
};
static_assert(sizeof(ThreadRecord) == 504);

enum class LockState : uint32_t {
  kHeld = 0,      // the thread owns the mutex
  kWanted = 1,    // it waits for it
  kCondWait = 2,  // it has released the mutex into a condition wait
  kInFlight = 3,  // it is on its way through the lock or the unlock call
};

// In LockRecord::kind: not a mutex but a read-write lock, as its writer or as a
// reader, held or wanted.
constexpr uint32_t kRwlockKind = 0x10000;
constexpr uint32_t kRwlockReaderKind = 0x10001;
constexpr bool IsRwlock(uint32_t kind) {
  return kind == kRwlockKind || kind == kRwlockReaderKind;
}

// A mutex of a thread (the paper's mutex information structure).
struct LockRecord {
  uint32_t thread;  // index in kThreads
  LockState state;
  uint64_t mutex;
  uint64_t condition;  // under kCondWait
  uint32_t kind;       // glibc's __kind
  uint32_t word;       // lock word
  int32_t owner;       // glibc's owner field
  uint32_t count;      // recursion depth
};
static_assert(sizeof(LockRecord) == 40);

enum class VmaKind : uint32_t {
  kAnonymous = 0,        // private
  kSharedAnonymous = 1,  // MAP_SHARED | MAP_ANONYMOUS
  kFilePrivate = 2,      // pages that differ from the file are in blocks
  kFileShared = 3,       // the file has the content
  kStack = 4,            // the main thread's, MAP_GROWSDOWN
};

struct VmaRecord {
  uint64_t start, end;
  VmaKind kind;
  uint32_t prot;           // PROT_*
  uint64_t file_offset;    // in the module
  uint32_t module;         // index in kModules, ~0 if none
  uint32_t advice;         // kAdvice*
  StringRef name;          // of PR_SET_VMA_ANON_NAME; empty if none
  uint32_t memory_policy;  // index in kMemoryPolicies, ~0 if none
};
static_assert(sizeof(VmaRecord) == 48);
constexpr uint32_t kNoModule = ~0u;
constexpr uint32_t kNoMemoryPolicy = ~0u;

// In VmaRecord::advice: bit n is madvise(n); above them are what mmap was told,
// mseal, and mlock.
constexpr uint32_t kAdviceRandom = 1u << 1;
constexpr uint32_t kAdviceSequential = 1u << 2;
constexpr uint32_t kAdviceDontFork = 1u << 10;
constexpr uint32_t kAdviceMergeable = 1u << 12;
constexpr uint32_t kAdviceHugePage = 1u << 14;
constexpr uint32_t kAdviceNoHugePage = 1u << 15;
constexpr uint32_t kAdviceDontDump = 1u << 16;
constexpr uint32_t kAdviceWipeOnFork = 1u << 18;
constexpr uint32_t kAdviceNoReserve = 1u << 26;  // MAP_NORESERVE
constexpr uint32_t kAdviceGrowsDown = 1u << 27;  // and not the main stack
constexpr uint32_t kAdviceDroppable = 1u << 28;  // MAP_DROPPABLE
constexpr uint32_t kAdviceSealed = 1u << 29;
constexpr uint32_t kAdviceLocked = 1u << 30;
constexpr uint32_t kAdviceLockOnFault = 1u << 31;
constexpr uint32_t kMadvise =
    kAdviceRandom | kAdviceSequential | kAdviceDontFork | kAdviceMergeable |
    kAdviceHugePage | kAdviceNoHugePage | kAdviceDontDump | kAdviceWipeOnFork;
constexpr uint32_t kAllAdvice =
    kMadvise | kAdviceNoReserve | kAdviceGrowsDown | kAdviceDroppable |
    kAdviceSealed | kAdviceLocked | kAdviceLockOnFault;

// Where memory is to be taken from (mbind).
struct MemoryPolicyRecord {
  uint64_t mode;  // MPOL_* with its flags
  uint64_t nodes[kMaskWords];
};
static_assert(sizeof(MemoryPolicyRecord) == 136);

// A file that is mapped, so that the restart can tell another one.
struct ModuleRecord {
  StringRef path;
  uint32_t build_id_size;  // 0: not ELF, or without a build-id
  uint8_t build_id[20];
  uint32_t reserved;
  uint64_t device, inode;
  uint64_t size;
  int64_t mtime_ns;
};
static_assert(sizeof(ModuleRecord) == 64);

struct BlockRecord {
  uint64_t address;
  uint64_t file_offset;
  uint64_t size;  // a multiple of the page size, at most kMaxBlock
  uint64_t xxh3;
};
static_assert(sizeof(BlockRecord) == 32);
constexpr uint64_t kMaxBlock = 1 << 20;
constexpr uint64_t kPageSize = 4096;

enum class FdKind : uint32_t {
  kRegular = 0,    // reopened by path at its offset
  kDirectory = 1,  // likewise
  kDevice = 2,     // /dev/null, zero, full, random, urandom, tty: reopened
  kInherited = 3,  // came from the launcher (standard streams, terminals,
                   // pipes): the new launcher's is taken
  kObject = 5,     // not a file: made anew from its ObjectRecord
};

struct FdRecord {
  int32_t fd;
  FdKind kind;
  uint32_t open_flags;  // as F_GETFL, and O_CREAT, O_EXCL, O_TRUNC as given
  uint32_t close_on_exec;
  int32_t same_as;      // an earlier fd that shares the open file, or -1
  StringRef path;
  uint64_t offset;
  uint64_t device, inode;
  uint64_t size;
  uint32_t mode;        // st_mode
  uint32_t removed;     // 1: it had no name any more; `path` was the last one
};
static_assert(sizeof(FdRecord) == 64);

// What becomes of a file at a restart (track/file_rules).
enum class FilePolicy : uint32_t {
  kTruncate = 0,  // cut to the size that it had; told if somebody replaced it
  kOffset = 1,    // opened at its offset, nothing else (the paper)
  kContent = 2,   // its content is in the image and is put back
  kIgnore = 3,    // whatever is there, or a new one
};

constexpr uint32_t kFileUnlinked = 1;   // it had no name any more
constexpr uint32_t kFileSaved = 2;      // its blocks are all of its content
constexpr uint32_t kFileMapped = 4;     // mapped shared and writable
constexpr uint32_t kFilePattern = 8;    // none: `path` is a pattern, and what
                                        // it matches and is not in the table
                                        // came into being later
constexpr uint32_t kFileClosed = 16;    // not open; appended to now and then
constexpr uint32_t kAllFileFlags = 31;

// A file that the program has open for writing, or whose content is saved.
struct FileRecord {
  StringRef path;
  FilePolicy policy;
  uint32_t flags;  // kFile*
  uint32_t mode;   // st_mode
  uint32_t uid, gid;
  uint64_t device, inode;
  int64_t birth_ns;  // 0: the file system does not tell
  uint64_t size;
  uint64_t reach;  // everything below it the program has written or read
  uint64_t tail_start, tail_end;  // remembered: nothing if they are equal
  uint64_t tail_xxh3;
  uint32_t first_block, block_count;  // in kFileBlocks
};
static_assert(sizeof(FileRecord) == 96);
constexpr uint64_t kMaxTail = 64 << 10;

// Content of a file in the image. What no block covers is a hole.
struct FileBlockRecord {
  uint64_t offset;       // in the file
  uint64_t size;         // at most kMaxBlock
  uint64_t file_offset;  // in the image; padded with zeros to a whole page
  uint64_t xxh3;         // of those pages
};
static_assert(sizeof(FileBlockRecord) == 32);

// How a timer of the kernel's is set; all in nanoseconds of the timer's clock.
// Of a timer that is not set `remaining_ns` and `owed` are 0.
struct TimerSetting {
  uint64_t interval_ns;   // 0: it expires once
  uint64_t remaining_ns;  // until the next expiry; 0: there is none
  uint64_t deadline_ns;   // when that is, by the clock at the stop
  uint64_t owed;          // expiries that the program has not been told of yet
};
static_assert(sizeof(TimerSetting) == 32);

// A POSIX timer (timer_create).
struct TimerRecord {
  int32_t id;       // the kernel's
  uint32_t clock;   // CLOCK_*; CLOCK_THREAD_CPUTIME_ID: of `clock_thread`
  uint32_t notify;  // SIGEV_* as the kernel has it
  int32_t signal;
  uint64_t value;          // sigev_value
  uint32_t clock_thread;   // index in kThreads, or kNoThread
  uint32_t notify_thread;  // likewise, under SIGEV_THREAD_ID
  uint32_t flags;          // kTimer*
  int32_t overruns;        // of the last expiry that was told
  TimerSetting setting;
};
static_assert(sizeof(TimerRecord) == 72);
constexpr uint32_t kNoThread = ~0u;
constexpr uint32_t kTimerAbsolute = 1;  // a moment was asked for: it stays

enum class FileLockKind : uint32_t {
  kPosix = 0,     // fcntl(F_SETLK): the process's
  kOpenFile = 1,  // fcntl(F_OFD_SETLK): the open file's
  kFlock = 2,     // flock: likewise, all of it
};

// A lock that the program has on a file.
struct FileLockRecord {
  int32_t fd;
  FileLockKind kind;
  uint32_t exclusive;
  uint32_t reserved;
  uint64_t start, end;  // first and last byte; kToTheEnd: however long it gets
};
static_assert(sizeof(FileLockRecord) == 32);
constexpr uint64_t kToTheEnd = ~uint64_t{0};

// A signal that was sent and not delivered. Those of one number are in the
// order in which they were sent. A bit of the `pending` fields without a record
// stands for a signal of which no more is known.
struct PendingRecord {
  uint32_t thread;  // index in kThreads; kNoThread: sent to the process
  int32_t signal;
  uint64_t info[16];  // the kernel's siginfo_t
};
static_assert(sizeof(PendingRecord) == 136);

// The kernel's struct sigaction (rt_sigaction).
struct SignalRecord {
  uint64_t handler, flags, restorer, mask;
};
static_assert(sizeof(SignalRecord) == 32);

}  // namespace ckpt::image

#endif
