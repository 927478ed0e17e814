// ls.cpp - `ckpt ls`: the images of a directory.

#include <dirent.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <memory>
#include <nlohmann/json.hpp>
#include <tuple>
#include <vector>

#include "commands.h"
#include "failure.h"
#include "image_file.h"
#include "table.h"
#include "text.h"

namespace ckpt::cli {
namespace {

struct Entry {
  std::string name;
  std::string stem;       // "prog.chkpt" of "prog.chkpt.3"
  uint64_t number = 0;    // 3
  bool unreadable = false;
  std::string trouble;    // what is wrong with it, if not good
  uint64_t size = 0;
  image::HeadRecord head = {};
  std::string program, hostname;
  size_t threads = 0;

  bool good() const { return trouble.empty(); }
};

// Takes "prog.chkpt.3" apart; false for other names.
bool ParseImageName(Entry& entry) {
  constexpr std::string_view kInfix = ".chkpt.";
  const size_t at = entry.name.rfind(kInfix);
  if (at == std::string::npos || at == 0) return false;
  const std::string digits = entry.name.substr(at + kInfix.size());
  if (digits.empty() || digits.size() > 19 ||
      digits.find_first_not_of("0123456789") != std::string::npos) {
    return false;
  }
  entry.stem = entry.name.substr(0, at + kInfix.size() - 1);
  entry.number = std::stoull(digits);
  return true;
}

std::vector<std::string> FileNames(const std::string& directory) {
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(opendir(directory.c_str()),
                                                   closedir);
  if (!stream) Fail("cannot open {}: {}", directory, ErrnoText(errno));
  std::vector<std::string> names;
  while (const dirent* entry = readdir(stream.get())) {
    if (entry->d_type == DT_REG || entry->d_type == DT_LNK ||
        entry->d_type == DT_UNKNOWN) {
      names.emplace_back(entry->d_name);
    }
  }
  return names;
}

// An image, or something with the name of one; false for any other file.
bool ReadEntry(const std::string& directory, bool verify, Entry& entry) {
  const bool named = ParseImageName(entry);
  if (!named) entry.stem = entry.name;
  try {
    ImageFile file(directory + "/" + entry.name);
    entry.size = file.size();
    if (!file.good()) {
      entry.trouble = file.ErrorText();
      return named;
    }
    const image::Reader& reader = file.reader();
    entry.head = reader.head();
    entry.program = reader.String(entry.head.program);
    entry.hostname = reader.String(entry.head.hostname);
    entry.threads = reader.threads().size;
    if (verify) file.VerifyData();
    if (!file.good()) entry.trouble = file.ErrorText();
    return true;
  } catch (const Failure& failure) {
    entry.trouble = failure.text;
    entry.unreadable = true;
    return named;
  }
}

std::vector<Entry> ReadEntries(const LsOptions& options) {
  std::vector<Entry> entries;
  for (std::string& name : FileNames(options.directory)) {
    Entry entry;
    entry.name = std::move(name);
    if (ReadEntry(options.directory, options.verify, entry)) {
      entries.push_back(std::move(entry));
    }
  }
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) {
              return std::tie(a.stem, a.number, a.name) <
                     std::tie(b.stem, b.number, b.name);
            });
  return entries;
}

std::string State(const Entry& entry) {
  if (entry.good()) return "good";
  if (entry.unreadable) return Printable(entry.trouble);
  return "damaged: " + Printable(entry.trouble);
}

void PrintJson(const std::vector<Entry>& entries, std::FILE* out) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Entry& entry : entries) {
    nlohmann::ordered_json object;
    object["name"] = entry.name;
    object["state"] = entry.good()         ? "good"
                      : entry.unreadable ? "unreadable"
                                           : "damaged";
    if (!entry.good()) object["trouble"] = entry.trouble;
    object["size"] = entry.size;
    if (entry.head.magic != 0) {
      object["program"] = entry.program;
      object["host"] = entry.hostname;
      object["sequence"] = entry.head.sequence;
      object["time_ns"] = entry.head.time_ns;
      object["time"] = LocalTime(entry.head.time_ns, /*zone=*/true);
      object["threads"] = entry.threads;
      object["generation"] = entry.head.generation;
      object["forks"] = entry.head.forks;
      object["run_id"] = Hex(entry.head.run_id, sizeof(entry.head.run_id));
    }
    list.push_back(std::move(object));
  }
  fmt::print(out, "{}\n",
             list.dump(2, ' ', false,
                       nlohmann::ordered_json::error_handler_t::replace));
}

void PrintTable(const std::vector<Entry>& entries, std::FILE* out) {
  constexpr size_t kShortRunId = 4;  // bytes
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  const uint64_t now_ns = static_cast<uint64_t>(now.tv_sec) * 1000000000 +
                          static_cast<uint64_t>(now.tv_nsec);
  Table table({"NAME", "PROGRAM", ">SEQ", "TIME", ">AGE", ">SIZE", ">THREADS",
               ">GEN", "RUN", "STATE"});
  for (const Entry& entry : entries) {
    const image::HeadRecord& head = entry.head;
    if (head.magic == 0) {
      table.Row({Printable(entry.name), "-", "-", "-", "-",
                 HumanSize(entry.size), "-", "-", "-", State(entry)});
      continue;
    }
    const size_t slash = entry.program.rfind('/');
    table.Row({Printable(entry.name),
               Printable(entry.program.substr(slash + 1)),
               std::to_string(head.sequence), LocalTime(head.time_ns),
               Age(head.time_ns, now_ns), HumanSize(entry.size),
               std::to_string(entry.threads), std::to_string(head.generation),
               Hex(head.run_id, kShortRunId), State(entry)});
  }
  table.Print(out);
}

}  // namespace

int RunLs(const LsOptions& options, std::FILE* out) {
  const std::vector<Entry> entries = ReadEntries(options);
  if (options.json) {
    PrintJson(entries, out);
  } else if (!entries.empty()) {
    PrintTable(entries, out);
  }
  return 0;
}

}  // namespace ckpt::cli
