// image_facts.cpp - see image_facts.h.

#include "image_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "settings.h"
#include "text.h"

namespace ckpt::cli {
namespace {

using image::LockState;
using image::ThreadState;
using image::VmaKind;

constexpr const char* kMemoryKinds[] = {"anonymous", "shared anonymous",
                                        "private file", "shared file",
                                        "main stack"};

constexpr const char* kFutexKind = "futex: a semaphore, barrier or the like";

// glibc's __kind, as nptl's internal headers define it.
std::string MutexKind(uint32_t kind) {
  if (image::IsRwlock(kind)) return "read-write";
  constexpr const char* kTypes[] = {"normal", "recursive", "errorcheck",
                                    "adaptive"};
  std::string text = kTypes[kind & 3];
  if ((kind & 16) != 0) text += " robust";
  if ((kind & 32) != 0) text += " priority-inherit";
  if ((kind & 64) != 0) text += " priority-protect";
  if ((kind & 128) != 0) text += " process-shared";
  return text;
}

std::string StateText(ThreadState state) {
  switch (state) {
    case ThreadState::kRunning:
      return "running";
    case ThreadState::kLockWait:
      return "lock wait";
    case ThreadState::kCondWait:
      return "condition wait";
    case ThreadState::kJoinWait:
      return "join";
    case ThreadState::kSyscall:
      return "system call";
    case ThreadState::kExitedLeader:
      return "exited";
    case ThreadState::kFutexWait:
      return "futex wait";
  }
  return "?";
}

std::string JoinTarget(const image::Reader& reader, uint64_t handle) {
  for (const image::ThreadRecord& thread : reader.threads()) {
    if (thread.fs_base == handle) {
      return fmt::format("the end of {} {}", thread.vtid,
                         Printable(thread.name));
    }
  }
  return "the end of a thread";
}

std::string WaitText(const image::Reader& reader, const Symbolizer& symbolizer,
                     const image::ThreadRecord& thread) {
  const std::string place = symbolizer.AddressAndName(thread.wait_object);
  switch (thread.state) {
    case ThreadState::kLockWait:
      return "lock " + place;
    case ThreadState::kCondWait:
      return "condition " + place;
    case ThreadState::kJoinWait:
      return JoinTarget(reader, thread.wait_object);
    case ThreadState::kSyscall:
      return SyscallName(thread.wait_object);
    case ThreadState::kFutexWait:
      return "futex " + place;
    default:
      return {};
  }
}

std::vector<ThreadFacts> FindThreads(const image::Reader& reader,
                                     const Symbolizer& symbolizer) {
  std::vector<ThreadFacts> threads;
  for (const image::ThreadRecord& record : reader.threads()) {
    ThreadFacts facts;
    facts.name = Printable(record.name);
    facts.state = StateText(record.state);
    facts.waits_for = WaitText(reader, symbolizer, record);
    if (record.start_routine != 0) {
      facts.start_routine = symbolizer.Name(record.start_routine);
    }
    threads.push_back(std::move(facts));
  }
  for (const image::LockRecord& lock : reader.locks()) {
    ThreadFacts& facts = threads[lock.thread];
    if (lock.state == LockState::kHeld) facts.holds.push_back(lock.mutex);
    if (lock.state == LockState::kWanted) facts.wants.push_back(lock.mutex);
  }
  return threads;
}

std::vector<LockFacts> FindLocks(const image::Reader& reader) {
  std::map<uint64_t, LockFacts> locks;
  for (const image::LockRecord& record : reader.locks()) {
    LockFacts& facts = locks[record.mutex];
    facts.mutex = record.mutex;
    facts.kind = MutexKind(record.kind);
    const bool reads = record.kind == image::kRwlockReaderKind;
    switch (record.state) {
      case LockState::kHeld:
        (reads ? facts.readers : facts.holders).push_back(record.thread);
        break;
      case LockState::kWanted:
        (reads ? facts.wanted_to_read : facts.wanted_by)
            .push_back(record.thread);
        break;
      case LockState::kCondWait:
        facts.waiting.push_back(record.thread);
        facts.conditions.push_back(record.condition);
        break;
      case LockState::kInFlight:
        facts.in_flight.push_back(record.thread);
        break;
    }
  }
  // Semaphores, barriers and the like: the kernel knows their waiters, nobody
  // their owner.
  for (uint32_t i = 0; i < reader.threads().size; ++i) {
    const image::ThreadRecord& thread = reader.threads()[i];
    if (thread.state != ThreadState::kFutexWait) continue;
    const auto [at, fresh] = locks.try_emplace(thread.wait_object);
    if (fresh) {
      at->second.mutex = thread.wait_object;
      at->second.kind = kFutexKind;
    }
    // Else one of the dynamic linker's locks, told above.
    if (at->second.kind == kFutexKind) at->second.wanted_by.push_back(i);
  }
  std::vector<LockFacts> sorted;
  for (auto& [mutex, facts] : locks) sorted.push_back(std::move(facts));
  return sorted;
}

void FindMemory(const image::Reader& reader, ImageFacts& facts) {
  MemoryFacts by_kind[std::size(kMemoryKinds)];
  std::vector<uint64_t> by_module(reader.modules().size, 0);
  for (const image::VmaRecord& vma : reader.vmas()) {
    MemoryFacts& kind = by_kind[static_cast<size_t>(vma.kind)];
    ++kind.areas;
    kind.mapped += vma.end - vma.start;
    if (vma.module != image::kNoModule) {
      by_module[vma.module] += vma.end - vma.start;
    }
  }
  for (const image::BlockRecord& block : reader.blocks()) {
    const VmaKind kind = reader.FindVma(block.address)->kind;
    by_kind[static_cast<size_t>(kind)].saved += block.size;
  }
  facts.memory_total.kind = "total";
  for (size_t i = 0; i < std::size(kMemoryKinds); ++i) {
    if (by_kind[i].areas == 0) continue;
    by_kind[i].kind = kMemoryKinds[i];
    facts.memory_total.areas += by_kind[i].areas;
    facts.memory_total.mapped += by_kind[i].mapped;
    facts.memory_total.saved += by_kind[i].saved;
    facts.memory.push_back(by_kind[i]);
  }
  for (uint32_t i = 0; i < reader.modules().size; ++i) {
    facts.files.push_back(
        {reader.String(reader.modules()[i].path), by_module[i]});
  }
}

// What of memory is more than where it is and what it holds.
std::vector<AdviceFacts> FindAdvice(const image::Reader& reader) {
  constexpr struct {
    uint32_t bit;
    const char* text;
  } kWords[] = {
      {image::kAdviceRandom, "random"},
      {image::kAdviceSequential, "sequential"},
      {image::kAdviceDontFork, "not forked"},
      {image::kAdviceWipeOnFork, "wiped on fork"},
      {image::kAdviceDontDump, "not dumped"},
      {image::kAdviceHugePage, "huge pages"},
      {image::kAdviceNoHugePage, "no huge pages"},
      {image::kAdviceMergeable, "mergeable"},
      {image::kAdviceNoReserve, "not reserved"},
      {image::kAdviceGrowsDown, "grows down"},
      {image::kAdviceDroppable, "droppable"},
      {image::kAdviceSealed, "sealed"},
      {image::kAdviceLocked, "locked"},
      {image::kAdviceLockOnFault, "as it is touched"},
  };
  std::vector<AdviceFacts> found;
  const image::Range* guard = reader.guards().begin();
  for (const image::VmaRecord& vma : reader.vmas()) {
    std::string text;
    const auto add = [&text](const std::string& word) {
      if (!text.empty()) text += ", ";
      text += word;
    };
    for (const auto& word : kWords) {
      if ((vma.advice & word.bit) != 0) add(word.text);
    }
    if (vma.memory_policy != image::kNoMemoryPolicy) {
      const image::MemoryPolicyRecord& policy =
          reader.memory_policies()[vma.memory_policy];
      add(MemoryPolicyText(policy.mode, policy.nodes));
    }
    if (vma.name != 0) add("named " + Printable(reader.String(vma.name)));
    if (!text.empty()) found.push_back({vma.start, vma.end, text});
    for (; guard != reader.guards().end() && guard->end <= vma.end; ++guard) {
      found.push_back({guard->start, guard->end, "guard pages"});
    }
  }
  for (const image::Range& range : reader.excluded()) {
    const auto behind = std::upper_bound(
        found.begin(), found.end(), range.start,
        [](uint64_t start, const AdviceFacts& a) { return start < a.start; });
    found.insert(behind, {range.start, range.end, "not saved"});
  }
  return found;
}

}  // namespace

ImageFacts::ImageFacts(const ImageFile& image_file)
    : file(image_file), symbolizer(image_file.reader()) {
  const image::Reader& reader = file.reader();
  threads = FindThreads(reader, symbolizer);
  locks = FindLocks(reader);
  FindMemory(reader, *this);
  advice = FindAdvice(reader);
  deadlocks = FindDeadlocks(reader.threads(), reader.locks());
}

std::string ImageFacts::ThreadName(uint32_t thread) const {
  return fmt::format("{} {}", file.reader().threads()[thread].vtid,
                     threads[thread].name);
}

std::string ImageFacts::DeadlockText(const Deadlock& deadlock) const {
  std::string text;
  for (const Wait& wait : deadlock) {
    text += text.empty() ? ThreadName(wait.thread) : ", which";
    if (wait.join) {
      text += " waits for the end of " + ThreadName(wait.holder);
    } else {
      text += fmt::format(" wants {}, held by {}",
                          symbolizer.AddressAndName(wait.object),
                          ThreadName(wait.holder));
    }
  }
  return text;
}

}  // namespace ckpt::cli
