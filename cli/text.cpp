// text.cpp - see text.h.

#include "text.h"

#include <fmt/format.h>

#include <cstring>
#include <ctime>

#include "failure.h"

namespace ckpt::cli {

std::string ErrnoText(int error) { return strerror(error); }

std::string Printable(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      result += fmt::format("\\x{:02x}", byte);
    } else {
      result += c;
    }
  }
  return result;
}

std::string ShellWord(std::string_view text) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
      "_-./=:,+@%^";
  if (!text.empty() &&
      text.find_first_not_of(kPlain) == std::string_view::npos) {
    return std::string(text);
  }
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'') {
      result += "'\\''";
    } else {
      result += c;
    }
  }
  return Printable(result + "'");
}

std::string Hex(const uint8_t* bytes, size_t size) {
  std::string result;
  for (size_t i = 0; i < size; ++i) result += fmt::format("{:02x}", bytes[i]);
  return result;
}

std::string HumanSize(uint64_t bytes) {
  constexpr const char* kUnits[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  if (bytes < 1024) return fmt::format("{} B", bytes);
  double value = static_cast<double>(bytes) / 1024;
  size_t unit = 0;
  // 1023.95 would round to 1024.0 of the smaller unit.
  while (value >= 1023.95 && unit + 1 < std::size(kUnits)) {
    value /= 1024;
    ++unit;
  }
  return fmt::format("{:.1f} {}", value, kUnits[unit]);
}

std::string LocalTime(uint64_t time_ns, bool zone) {
  const auto seconds = static_cast<time_t>(time_ns / 1000000000);
  struct tm parts;
  if (localtime_r(&seconds, &parts) == nullptr) return "?";
  char text[64];
  const char* format = zone ? "%Y-%m-%d %H:%M:%S %z" : "%Y-%m-%d %H:%M:%S";
  strftime(text, sizeof(text), format, &parts);
  return text;
}

std::string Age(uint64_t time_ns, uint64_t now_ns) {
  if (now_ns < time_ns) return "-";
  const uint64_t seconds = (now_ns - time_ns) / 1000000000;
  if (seconds < 60) return fmt::format("{}s", seconds);
  if (seconds < 3600) return fmt::format("{}m", seconds / 60);
  if (seconds < 48 * 3600) return fmt::format("{}h", seconds / 3600);
  return fmt::format("{}d", seconds / (24 * 3600));
}

}  // namespace ckpt::cli
