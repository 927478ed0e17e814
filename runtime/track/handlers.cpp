// handlers.cpp - see handlers.h.

#include "track/handlers.h"

#include <atomic>

namespace ckpt::track {
namespace {

// A word of the table: 0 until the entry is taken, then constant.
//   bits 0 to 60  the handler's address
//   bit 61        SA_RESTART
//   bits 62, 63   reserved signals that its mask had
constexpr int kRestartsBit = 61, kWithheldBit = 62;
constexpr uint64_t kAddressMask = (uint64_t{1} << kRestartsBit) - 1;
constexpr uint64_t kEntrySize = 16;

extern "C" {
extern std::atomic<uint64_t> __ckpt_handlers[kHandlerEntries]
    __attribute__((visibility("hidden")));
extern const char __ckpt_handler_entries[]
    __attribute__((visibility("hidden")));
}

uint64_t FirstEntry() {
  return reinterpret_cast<uint64_t>(__ckpt_handler_entries);
}

Handler Unpack(uint64_t word) {
  return {word & kAddressMask, (word >> kRestartsBit & 1) != 0,
          static_cast<uint32_t>(word >> kWithheldBit)};
}

}  // namespace

uint64_t EntryOf(const Handler& handler) {
  // In a static program the C library's own `signal` comes by here as well,
  // with the entry that its door has given it.
  if (handler.address > kAddressMask || IsEntry(handler.address)) {
    return handler.address;
  }
  const uint64_t word =
      handler.address | uint64_t{handler.restarts} << kRestartsBit |
      uint64_t{handler.withheld} << kWithheldBit;
  const uint64_t first = word * 0x9e3779b97f4a7c15 >> 32;
  for (uint32_t i = 0; i < kHandlerEntries; ++i) {
    const uint64_t at = (first + i) % kHandlerEntries;
    // Relaxed: whoever runs the entry has its address from the kernel, which
    // was told it by a system call after this.
    uint64_t there = __ckpt_handlers[at].load(std::memory_order_relaxed);
    if (there == 0 && __ckpt_handlers[at].compare_exchange_strong(
                          there, word, std::memory_order_relaxed)) {
      there = word;
    }
    if (there == word) return FirstEntry() + at * kEntrySize;
  }
  return handler.address;
}

bool Restarts(uint64_t word) { return Unpack(word).restarts; }

bool IsEntry(uint64_t address) {
  return address - FirstEntry() < kHandlerEntries * kEntrySize;
}

Handler HandlerAt(uint64_t address) {
  if (!IsEntry(address)) return {address, false, 0};
  const uint64_t at = (address - FirstEntry()) / kEntrySize;
  return Unpack(__ckpt_handlers[at].load(std::memory_order_relaxed));
}

}  // namespace ckpt::track
