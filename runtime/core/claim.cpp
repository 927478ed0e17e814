// claim.cpp - see claim.h. One mapping per part of the directory's name, named
// ckpt:1:<run id>:<stop signal>:<part>:<text> (cli/now reads them).

#include "core/claim.h"

#include "base/bytes.h"
#include "base/line.h"
#include "core/state.h"
#include "sys/file.h"
#include "sys/memory.h"
#include "sys/proc.h"
#include "sys/process.h"

namespace ckpt::core {
namespace {

constexpr uint64_t kPage = 4096;
constexpr size_t kTextPerPart = 160;  // a memfd's name has 249 characters
constexpr uint32_t kMaxParts = kPathCapacity / kTextPerPart + 1;

constexpr unsigned kMfdCloexec = 1, kMfdNoexecSeal = 8;

struct Published {
  uint64_t parts[kMaxParts];
  uint32_t count;
  uint32_t generation;  // restarts before it was published
};
constinit Published g_published{};

void AppendRunId(Line* line, const uint8_t run_id[16]) {
  for (int i = 0; i < 16; ++i) line->Hex(run_id[i], 2);
}

long CreateMemfd(const char* name) {
  const long fd =
      sys::Raw(__NR_memfd_create, name, kMfdCloexec | kMfdNoexecSeal);
  return fd != -22 ? fd : sys::Raw(__NR_memfd_create, name, kMfdCloexec);
}

// Maps one named page; its address, or 0.
uint64_t MapNamed(const char* name) {
  const long fd = CreateMemfd(name);
  if (fd < 0) return 0;
  const long at =
      sys::Map(0, kPage, PROT_NONE, MAP_SHARED, static_cast<int>(fd), 0);
  sys::Close(static_cast<int>(fd));
  if (sys::IsError(at)) return 0;
  // A child must not look like this process.
  sys::DontFork(static_cast<uint64_t>(at), kPage);
  return static_cast<uint64_t>(at);
}

// The first thread of process `pid`, by which /proc shows its memory; another
// one if that has ended (pthread_exit in main).
int ThreadWithMemory(int pid) {
  uint64_t start_time;
  if (sys::ProcessState(pid, &start_time) != 'Z') return pid;
  int threads[2] = {pid, pid};  // more do not matter
  const Line path =
      Line().Str("/proc/").Dec(static_cast<uint64_t>(pid)).Str("/task");
  sys::ListNumbers(path.text(), threads, 2);
  for (const int thread : threads) {
    if (sys::ProcessState(thread, &start_time) != 'Z') return thread;
  }
  return pid;
}

// True if the maps of process `pid` hold `needle`. Processes of others cannot
// be read and do not count.
bool MapsHold(int pid, const char* needle) {
  Line path;
  path.Str("/proc/").Dec(static_cast<uint64_t>(pid)).Str("/maps");
  const long fd = sys::Open(path.text(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  constexpr size_t kCapacity = 16384;
  char text[kCapacity];
  const size_t needle_size = StrLen(needle);
  size_t kept = 0;
  bool found = false;
  for (;;) {
    const long n =
        sys::Read(static_cast<int>(fd), text + kept, kCapacity - 1 - kept);
    if (n <= 0) break;
    const size_t size = kept + static_cast<size_t>(n);
    for (size_t i = 0; !found && i + needle_size <= size; ++i) {
      found = text[i] == needle[0] && BytesEq(text + i, needle, needle_size);
    }
    if (found) break;
    // The needle may lie across two reads.
    kept = size < needle_size ? size : needle_size;
    __builtin_memmove(text, text + size - kept, kept);
  }
  sys::Close(static_cast<int>(fd));
  return found;
}

void WithdrawClaim() {
  for (uint32_t i = 0; i < g_published.count; ++i) {
    sys::Unmap(g_published.parts[i], kPage);
  }
  g_published.count = 0;
}

}  // namespace

void ForgetClaim() { g_published.count = 0; }

void PublishClaim() {
  // After a restart the addresses of the old claim, which is not in the image,
  // are free or somebody else's.
  if (g_published.generation != g_state.generation) g_published.count = 0;
  WithdrawClaim();
  g_published.generation = g_state.generation;
  const char* text = g_state.options.directory;
  for (uint32_t part = 0; part < kMaxParts; ++part) {
    Line name;
    name.Str("ckpt:1:");
    AppendRunId(&name, g_state.run_id);
    name.Char(':').Dec(static_cast<uint64_t>(g_state.stop_signal));
    name.Char(':').Dec(part).Char(':');
    for (size_t i = 0; i < kTextPerPart && *text != '\0'; ++i) {
      name.Char(*text++);
    }
    const uint64_t at = MapNamed(name.text());
    if (at == 0) return;
    g_published.parts[g_published.count++] = at;
    if (*text == '\0') return;
  }
}

bool RunIsAlive(const uint8_t run_id[16]) {
  Line needle;
  needle.Str("/memfd:ckpt:1:");
  AppendRunId(&needle, run_id);
  constexpr size_t kMaxProcesses = 1 << 17;
  const long memory = sys::MapAnonymous(kMaxProcesses * sizeof(int));
  if (sys::IsError(memory)) return false;
  auto* pids = reinterpret_cast<int*>(memory);
  const long n = sys::ListNumbers("/proc", pids, kMaxProcesses);
  const int self = sys::GetPid();
  bool found = false;
  for (long i = 0; i < n && !found; ++i) {
    if (pids[i] == self) continue;
    const int thread = ThreadWithMemory(pids[i]);
    found = MapsHold(thread, needle.text()) && !sys::IsDying(thread);
  }
  sys::Unmap(static_cast<uint64_t>(memory), kMaxProcesses * sizeof(int));
  return found;
}

}  // namespace ckpt::core
