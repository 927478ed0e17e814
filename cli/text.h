// text.h - numbers, times and foreign text as a person reads them.

#ifndef CKPT_CLI_TEXT_H
#define CKPT_CLI_TEXT_H

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace ckpt::cli {

// `text` with everything that could steer a terminal as \xNN.
std::string Printable(std::string_view text);

// `text` as a shell takes it for one word.
std::string ShellWord(std::string_view text);

std::string Hex(const uint8_t* bytes, size_t size);

// "512 B", "4.0 KiB", "1.5 GiB".
std::string HumanSize(uint64_t bytes);

// "2024-05-01 13:37:00" in local time; `zone` appends "+0200".
std::string LocalTime(uint64_t time_ns, bool zone = false);

// How long ago: "12s", "5m", "3h", "9d"; "-" for the future.
std::string Age(uint64_t time_ns, uint64_t now_ns);

}  // namespace ckpt::cli

#endif
