// rendezvous.cpp - see rendezvous.h.

#include "rendezvous.h"

#include <charconv>
#include <cstdint>
#include <map>
#include <string_view>
#include <utility>

namespace ckpt::cli {
namespace {

// One name taken apart.
struct Part {
  std::string_view run_id;
  int stop_signal;
  unsigned number;
  std::string piece;
};

template <typename T>
bool ParseNumber(std::string_view text, T& value, int base = 10) {
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, base);
  return error == std::errc() && end == text.data() + text.size() &&
         !text.empty();
}

// The kernel writes a newline in a name as \012 and nothing else.
std::string UndoEscapes(std::string_view text) {
  constexpr std::string_view kNewline = "\\012";
  std::string result;
  while (!text.empty()) {
    const bool newline = text.starts_with(kNewline);
    result += newline ? '\n' : text.front();
    text.remove_prefix(newline ? kNewline.size() : 1);
  }
  return result;
}

std::optional<Part> ParseLine(std::string_view line) {
  constexpr std::string_view kStart = " /memfd:ckpt:1:";
  constexpr std::string_view kEnd = " (deleted)";
  constexpr size_t kRunIdSize = 32;
  const size_t at = line.find(kStart);
  if (at == std::string_view::npos || !line.ends_with(kEnd)) return {};
  line.remove_suffix(kEnd.size());
  if (line.size() < at + kStart.size()) return {};
  line.remove_prefix(at + kStart.size());

  std::string_view fields[3];  // run id, signal, part
  for (std::string_view& field : fields) {
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) return {};
    field = line.substr(0, colon);
    line.remove_prefix(colon + 1);
  }
  Part part = {};
  part.run_id = fields[0];
  if (part.run_id.size() != kRunIdSize ||
      part.run_id.find_first_not_of("0123456789abcdef") !=
          std::string_view::npos ||
      !ParseNumber(fields[1], part.stop_signal) || part.stop_signal < 1 ||
      part.stop_signal > 64 || !ParseNumber(fields[2], part.number)) {
    return {};
  }
  part.piece = UndoEscapes(line);
  return part;
}

}  // namespace

std::optional<Rendezvous> FindRendezvous(std::istream& maps) {
  // A run id and a signal belong together; what else claims to be one of ours
  // must not mix with it.
  std::map<std::pair<std::string, int>, std::map<unsigned, std::string>> runs;
  std::string line;
  while (std::getline(maps, line)) {
    if (auto part = ParseLine(line)) {
      runs[{std::string(part->run_id), part->stop_signal}].emplace(
          part->number, std::move(part->piece));
    }
  }
  for (const auto& [key, pieces] : runs) {
    Rendezvous found{key.first, key.second, {}};
    unsigned expected = 0;
    for (const auto& [number, piece] : pieces) {
      if (number != expected) break;
      ++expected;
      found.directory += piece;
    }
    if (expected == pieces.size() && found.directory.starts_with('/')) {
      return found;
    }
  }
  return {};
}

bool CatchesSignal(std::istream& status, int signal) {
  constexpr std::string_view kField = "SigCgt:\t";
  std::string line;
  while (std::getline(status, line)) {
    uint64_t caught = 0;
    if (line.starts_with(kField) &&
        ParseNumber(std::string_view(line).substr(kField.size()), caught,
                    16)) {
      return (caught >> (signal - 1) & 1) != 0;
    }
  }
  return false;
}

}  // namespace ckpt::cli
