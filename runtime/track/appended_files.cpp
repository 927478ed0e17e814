// appended_files.cpp - see appended_files.h.

#include "track/appended_files.h"

#include <atomic>

#include "base/line.h"
#include "sys/file.h"
#include "track/file_table.h"

namespace ckpt::track {
namespace {

enum State : uint32_t {
  kFree,     // nobody's
  kFilling,  // a thread is about to enter a file
  kReady,    // the file can be read
};

struct Entry {
  // Release by who has filled it pairs with the acquire of who reads it.
  std::atomic<uint32_t> state;
  AppendedFile file;
};
// Pages that are not touched cost nothing.
constinit Entry g_files[kAppendedFiles] = {};

bool IsNoted(const struct stat& st) {
  for (const Entry& entry : g_files) {
    const uint32_t state = entry.state.load(std::memory_order_acquire);
    if (state == kReady && entry.file.inode == st.st_ino &&
        entry.file.device == st.st_dev) {
      return true;
    }
  }
  return false;
}

}  // namespace

void NoteAppending(int fd) {
  struct stat st;
  if (fd < 0 || !IsOwnThread() || sys::Stat(fd, &st) < 0 ||
      !S_ISREG(st.st_mode) || IsNoted(st)) {
    return;
  }
  for (Entry& entry : g_files) {
    uint32_t state = kFree;
    if (!entry.state.compare_exchange_strong(state, kFilling,
                                             std::memory_order_acquire)) {
      continue;
    }
    entry.file.device = st.st_dev;
    entry.file.inode = st.st_ino;
    const Line link =
        Line().Str("/proc/self/fd/").Dec(static_cast<uint64_t>(fd));
    const bool known = sys::ReadLink(link.text(), entry.file.path,
                                     sizeof(entry.file.path)) > 0 &&
                       entry.file.path[0] == '/';
    entry.state.store(known ? kReady : kFree, std::memory_order_release);
    return;
  }
}

const AppendedFile* GetAppended(size_t index) {
  const Entry& entry = g_files[index];
  return entry.state.load(std::memory_order_acquire) == kReady ? &entry.file
                                                               : nullptr;
}

void ForgetAppended(size_t index) {
  g_files[index].state.store(kFree, std::memory_order_release);
}

}  // namespace ckpt::track
