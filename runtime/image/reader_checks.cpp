// reader_checks.cpp - what the tables of an image must say to be accepted; the
// second half of Reader::Open (reader.cpp has found the tables by then).
// Freestanding; used before a restore. Later checks rely on earlier ones.

#include "image/reader.h"

namespace ckpt::image {
namespace {

constexpr uint64_t kAddressLimit = 1ull << 56;  // user half with 5-level tables
constexpr uint32_t kAllProt = 7;                // PROT_READ | WRITE | EXEC
constexpr size_t kSignalCount = 64;
constexpr uint64_t kLargestFile = 1ull << 62;

}  // namespace

ReadError Reader::CheckTables() const {
  if (strings_.empty() || strings_[0] != '\0' ||
      strings_[strings_.size - 1] != '\0') {
    return Bad(ReadStatus::kStrings, "not between two NUL characters");
  }
  if (signals_.size != kSignalCount) {
    return Bad(ReadStatus::kSignals, "not one record for each signal");
  }
  ReadError error = CheckHeadReferences();
  if (error.ok()) error = CheckSegments();
  if (error.ok()) error = CheckProcess();
  if (error.ok()) error = CheckThreads();
  if (error.ok()) error = CheckLocks();
  if (error.ok()) error = CheckModules();
  if (error.ok()) error = CheckVmas();
  if (error.ok()) error = CheckBlocks();
  if (error.ok()) error = CheckFds();
  if (error.ok()) error = CheckGuards();
  if (error.ok()) error = CheckExcluded();
  if (error.ok()) error = CheckFiles();
  if (error.ok()) error = CheckFileLocks();
  if (error.ok()) error = CheckTimers();
  if (error.ok()) error = CheckPending();
  if (error.ok()) error = CheckObjects();
  return error;
}

ReadError Reader::CheckHeadReferences() const {
  if (head_->build_id_size > sizeof(head_->build_id)) {
    return Bad(ReadStatus::kHeader, "wrong size of the build-id");
  }
  if (!HasString(head_->program) || !HasString(head_->hostname) ||
      !HasString(head_->kernel) || !HasString(head_->directory)) {
    return Bad(ReadStatus::kHeader, "a text lies outside of the strings");
  }
  uint64_t position = head_->args;
  for (uint32_t i = 0; i < head_->args_count; ++i) {
    if (position >= strings_.size) {
      return Bad(ReadStatus::kHeader, "arguments outside of the strings");
    }
    while (strings_[position] != '\0') ++position;
    ++position;
  }
  return {};
}

ReadError Reader::CheckSegments() const {
  for (size_t i = 0; i < segments_.size; ++i) {
    const Elf64_Phdr& segment = segments_[i];
    if (segment.p_type != PT_LOAD || segment.p_filesz == 0) continue;
    if (segment.p_filesz > segment.p_memsz ||
        segment.p_offset < head_->meta_size ||
        !Within(segment.p_offset, segment.p_filesz, file_size_)) {
      return Bad(ReadStatus::kSegments, "outside of the data", i);
    }
  }
  return {};
}

ReadError Reader::CheckProcess() const {
  constexpr size_t kMaxParts =
      sizeof(process_->vdso_parts) / sizeof(process_->vdso_parts[0]);
  const uint32_t count = process_->vdso_part_count;
  if (count > kMaxParts || (count != 0 && process_->vdso_index >= count)) {
    return Bad(ReadStatus::kProcess, "wrong number of vdso parts");
  }
  uint64_t end = 0;
  for (uint32_t i = 0; i < count; ++i) {
    const Range& part = process_->vdso_parts[i];
    if (part.start < end || part.start >= part.end ||
        part.end > kAddressLimit || part.start % kPageSize != 0 ||
        part.end % kPageSize != 0) {
      return Bad(ReadStatus::kProcess, "wrong vdso part");
    }
    end = part.end;
  }
  // What the kernel's clocks can say, 292 years, halved: there is room to count
  // on from it.
  constexpr uint64_t kLatest = uint64_t{1} << 62;
  if (process_->monotonic_ns >= kLatest || process_->boottime_ns >= kLatest) {
    return Bad(ReadStatus::kProcess, "a clock says what no clock can");
  }
  const Range& vdso = process_->vdso_parts[process_->vdso_index];
  if (!vdso_.empty() &&
      (count == 0 || vdso_.size != vdso.end - vdso.start)) {
    return Bad(ReadStatus::kProcess, "wrong size of the vdso");
  }
  for (const XsaveRecord& place : xsave_) {
    if (place.feature < 2 || place.feature > 62) {
      return Bad(ReadStatus::kProcess, "no such register set");
    }
  }
  if (process_->settings.chosen >= ItemBit(ProcessItem::kCount)) {
    return Bad(ReadStatus::kProcess, "unknown setting");
  }
  if (!HasString(process_->cwd) || !HasString(process_->comm)) {
    return Bad(ReadStatus::kProcess, "a text lies outside of the strings");
  }
  return {};
}

ReadError Reader::CheckThreads() const {
  if (threads_.empty()) return Bad(ReadStatus::kThreads, "there is none");
  for (size_t i = 0; i < threads_.size; ++i) {
    const ThreadRecord& thread = threads_[i];
    if (thread.state > ThreadState::kFutexWait) {
      return Bad(ReadStatus::kThreads, "unknown state", i);
    }
    if (thread.name[sizeof(thread.name) - 1] != '\0') {
      return Bad(ReadStatus::kThreads, "its name does not end", i);
    }
    const ThreadSettings& settings = thread.settings;
    if (settings.affinity_size > sizeof(settings.affinity)) {
      return Bad(ReadStatus::kThreads, "wrong size of its CPU set", i);
    }
    if (settings.chosen >= ItemBit(ThreadItem::kCount)) {
      return Bad(ReadStatus::kThreads, "unknown setting", i);
    }
  }
  return {};
}

ReadError Reader::CheckLocks() const {
  for (size_t i = 0; i < locks_.size; ++i) {
    if (locks_[i].thread >= threads_.size) {
      return Bad(ReadStatus::kLocks, "no such thread", i);
    }
    if (locks_[i].state > LockState::kInFlight) {
      return Bad(ReadStatus::kLocks, "unknown state", i);
    }
  }
  return {};
}

ReadError Reader::CheckModules() const {
  for (size_t i = 0; i < modules_.size; ++i) {
    const ModuleRecord& module = modules_[i];
    if (!HasString(module.path)) {
      return Bad(ReadStatus::kModules, "a text lies outside of the strings", i);
    }
    if (module.build_id_size > sizeof(module.build_id)) {
      return Bad(ReadStatus::kModules, "wrong size of its build-id", i);
    }
  }
  return {};
}

ReadError Reader::CheckVmas() const {
  if (vmas_.empty()) return Bad(ReadStatus::kVmas, "there is none");
  uint64_t end = 0;
  for (size_t i = 0; i < vmas_.size; ++i) {
    const VmaRecord& vma = vmas_[i];
    if (vma.start >= vma.end || vma.end > kAddressLimit ||
        vma.start % kPageSize != 0 || vma.end % kPageSize != 0) {
      return Bad(ReadStatus::kVmas, "wrong address", i);
    }
    if (vma.start < end) {
      return Bad(ReadStatus::kVmas, "overlaps the one before", i);
    }
    end = vma.end;
    if (vma.kind > VmaKind::kStack || (vma.prot & ~kAllProt) != 0) {
      return Bad(ReadStatus::kVmas, "unknown kind or protection", i);
    }
    const bool of_file = vma.kind == VmaKind::kFilePrivate ||
                         vma.kind == VmaKind::kFileShared;
    if (vma.module >= modules_.size && (of_file || vma.module != kNoModule)) {
      return Bad(ReadStatus::kVmas, "no such module", i);
    }
    if (of_file && vma.file_offset % kPageSize != 0) {
      return Bad(ReadStatus::kVmas, "unaligned file offset", i);
    }
    if ((vma.advice & ~kAllAdvice) != 0) {
      return Bad(ReadStatus::kVmas, "unknown advice", i);
    }
    if (!HasString(vma.name)) {
      return Bad(ReadStatus::kVmas, "a text lies outside of the strings", i);
    }
    if (vma.memory_policy >= policies_.size &&
        vma.memory_policy != kNoMemoryPolicy) {
      return Bad(ReadStatus::kVmas, "no such memory policy", i);
    }
  }
  return {};
}

ReadError Reader::CheckBlocks() const {
  uint64_t file_end = head_->meta_size;
  uint64_t address_end = 0;
  for (size_t i = 0; i < blocks_.size; ++i) {
    const BlockRecord& block = blocks_[i];
    if (block.size == 0 || block.size > kMaxBlock ||
        block.size % kPageSize != 0 || block.address % kPageSize != 0) {
      return Bad(ReadStatus::kBlocks, "wrong size or address", i);
    }
    if (block.file_offset != file_end ||
        block.size > file_size_ - file_end) {
      return Bad(ReadStatus::kBlocks, "not behind the one before", i);
    }
    file_end += block.size;
    if (block.address < address_end) {
      return Bad(ReadStatus::kBlocks, "addresses do not ascend", i);
    }
    const VmaRecord* vma = FindVma(block.address);
    if (vma == nullptr || block.size > vma->end - block.address) {
      return Bad(ReadStatus::kBlocks, "outside of the memory areas", i);
    }
    if (vma->kind == VmaKind::kFileShared) {
      return Bad(ReadStatus::kBlocks, "in a shared mapping of a file", i);
    }
    address_end = block.address + block.size;
  }
  return CheckFileBlocks(file_end);
}

// Behind the blocks of memory come those of files, up to the end.
ReadError Reader::CheckFileBlocks(uint64_t file_end) const {
  for (size_t i = 0; i < file_blocks_.size; ++i) {
    const FileBlockRecord& block = file_blocks_[i];
    if (block.size == 0 || block.size > kMaxBlock ||
        block.offset > kLargestFile) {
      return Bad(ReadStatus::kFileBlocks, "wrong size or offset", i);
    }
    const uint64_t padded = (block.size + kPageSize - 1) & ~(kPageSize - 1);
    if (block.file_offset != file_end || padded > file_size_ - file_end) {
      return Bad(ReadStatus::kFileBlocks, "not behind the one before", i);
    }
    file_end += padded;
  }
  if (file_end != file_size_) {
    return Bad(ReadStatus::kBlocks, "they do not reach the end of the file");
  }
  return {};
}

ReadError Reader::CheckFiles() const {
  uint64_t next = 0;
  for (size_t i = 0; i < files_.size; ++i) {
    const FileRecord& file = files_[i];
    if (!HasString(file.path) || String(file.path)[0] != '/') {
      return Bad(ReadStatus::kFiles, "its path is none", i);
    }
    if (file.policy > FilePolicy::kIgnore ||
        (file.flags & ~kAllFileFlags) != 0) {
      return Bad(ReadStatus::kFiles, "unknown policy or flag", i);
    }
    if (file.size > kLargestFile || file.tail_end > file.size ||
        file.tail_start > file.tail_end ||
        file.tail_end - file.tail_start > kMaxTail) {
      return Bad(ReadStatus::kFiles, "wrong size", i);
    }
    if (file.first_block != next ||
        file.block_count > file_blocks_.size - next) {
      return Bad(ReadStatus::kFiles, "blocks that are not its own", i);
    }
    next += file.block_count;
    uint64_t end = 0;
    for (uint32_t k = 0; k < file.block_count; ++k) {
      const FileBlockRecord& block = file_blocks_[file.first_block + k];
      if (block.offset < end || block.offset + block.size > file.size) {
        return Bad(ReadStatus::kFileBlocks, "outside of its file",
                   file.first_block + k);
      }
      end = block.offset + block.size;
    }
  }
  if (next != file_blocks_.size) {
    return Bad(ReadStatus::kFileBlocks, "of no file");
  }
  return {};
}

ReadError Reader::CheckGuards() const {
  uint64_t end = 0;
  size_t block = 0;
  for (size_t i = 0; i < guards_.size; ++i) {
    const Range& guard = guards_[i];
    if (guard.start >= guard.end || guard.start % kPageSize != 0 ||
        guard.end % kPageSize != 0) {
      return Bad(ReadStatus::kGuards, "wrong address", i);
    }
    if (guard.start < end) {
      return Bad(ReadStatus::kGuards, "addresses do not ascend", i);
    }
    end = guard.end;
    const VmaRecord* vma = FindVma(guard.start);
    if (vma == nullptr || guard.end > vma->end) {
      return Bad(ReadStatus::kGuards, "outside of the memory areas", i);
    }
    while (block < blocks_.size &&
           blocks_[block].address + blocks_[block].size <= guard.start) {
      ++block;
    }
    if (block < blocks_.size && blocks_[block].address < guard.end) {
      return Bad(ReadStatus::kGuards, "over a block", i);
    }
  }
  return {};
}

ReadError Reader::CheckPending() const {
  for (size_t i = 0; i < pending_.size; ++i) {
    const PendingRecord& sent = pending_[i];
    // SIGKILL and SIGSTOP wait for nobody.
    if (sent.signal < 1 || sent.signal > static_cast<int32_t>(kSignalCount) ||
        sent.signal == 9 || sent.signal == 19) {
      return Bad(ReadStatus::kPending, "no such signal", i);
    }
    if (sent.thread != kNoThread && sent.thread >= threads_.size) {
      return Bad(ReadStatus::kPending, "no such thread", i);
    }
  }
  return {};
}

ReadError Reader::CheckExcluded() const {
  uint64_t end = 0;
  for (size_t i = 0; i < excluded_.size; ++i) {
    const Range& range = excluded_[i];
    if (range.start >= range.end) {
      return Bad(ReadStatus::kExcluded, "wrong address", i);
    }
    if (i > 0 && range.start <= end) {
      return Bad(ReadStatus::kExcluded, "addresses do not ascend", i);
    }
    end = range.end;
  }
  return {};
}

ReadError Reader::CheckTimers() const {
  constexpr uint32_t kMostNotify = 7;  // SIGEV_* and SIGEV_THREAD_ID
  constexpr uint32_t kThreadId = 4;    // SIGEV_THREAD_ID
  constexpr uint32_t kMostClock = 15;
  constexpr uint64_t kMostNs = 1ull << 63;
  for (size_t i = 0; i < timers_.size; ++i) {
    const TimerRecord& timer = timers_[i];
    if (timer.id < 0 || (i > 0 && timer.id <= timers_[i - 1].id)) {
      return Bad(ReadStatus::kTimers, "ids do not ascend", i);
    }
    if (timer.clock > kMostClock || timer.notify > kMostNotify ||
        timer.signal < 0 || timer.signal > static_cast<int>(kSignalCount) ||
        timer.flags > kTimerAbsolute) {
      return Bad(ReadStatus::kTimers, "unknown clock, way or signal", i);
    }
    if ((timer.clock_thread != kNoThread &&
         timer.clock_thread >= threads_.size) ||
        (timer.notify_thread != kNoThread &&
         timer.notify_thread >= threads_.size) ||
        ((timer.notify & kThreadId) != 0 &&
         timer.notify_thread == kNoThread)) {
      return Bad(ReadStatus::kTimers, "no such thread", i);
    }
    const TimerSetting& setting = timer.setting;
    if (setting.interval_ns > kMostNs || setting.remaining_ns > kMostNs ||
        setting.deadline_ns > kMostNs) {
      return Bad(ReadStatus::kTimers, "too far in the future", i);
    }
  }
  return {};
}

ReadError Reader::CheckFds() const {
  for (size_t i = 0; i < fds_.size; ++i) {
    const FdRecord& fd = fds_[i];
    if (fd.fd < 0 || (i > 0 && fd.fd <= fds_[i - 1].fd)) {
      return Bad(ReadStatus::kFds, "numbers do not ascend", i);
    }
    if (fd.kind > FdKind::kInherited && fd.kind != FdKind::kObject) {
      return Bad(ReadStatus::kFds, "unknown kind", i);
    }
    if (fd.same_as != -1 && !HasEarlierFd(i, fd.same_as)) {
      return Bad(ReadStatus::kFds, "the same as one that is not there", i);
    }
    if (!HasString(fd.path)) {
      return Bad(ReadStatus::kFds, "a text lies outside of the strings", i);
    }
  }
  return {};
}

ReadError Reader::CheckFileLocks() const {
  for (size_t i = 0; i < file_locks_.size; ++i) {
    const FileLockRecord& lock = file_locks_[i];
    if (lock.fd < 0 || !HasEarlierFd(fds_.size, lock.fd)) {
      return Bad(ReadStatus::kFileLocks, "of no descriptor", i);
    }
    if (lock.kind > FileLockKind::kFlock || lock.start > lock.end) {
      return Bad(ReadStatus::kFileLocks, "unknown kind or wrong range", i);
    }
  }
  return {};
}

bool Reader::HasEarlierFd(size_t before, int32_t fd) const {
  size_t low = 0, high = before;  // ascending so far
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (fds_[middle].fd < fd) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low < before && fds_[low].fd == fd;
}

const VmaRecord* Reader::FindVma(uint64_t address) const {
  size_t low = 0, high = vmas_.size;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (vmas_[middle].end <= address) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (low == vmas_.size || vmas_[low].start > address) return nullptr;
  return &vmas_[low];
}

}  // namespace ckpt::image
