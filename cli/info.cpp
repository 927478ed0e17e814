// info.cpp - `ckpt info`: what is in an image, for people. JSON is in
// info_json.cpp, the facts for both in image_facts.cpp.

#include <fmt/format.h>

#include "commands.h"
#include "failure.h"
#include "file_facts.h"
#include "image_facts.h"
#include "info_json.h"
#include "pending.h"
#include "settings.h"
#include "table.h"
#include "text.h"

namespace ckpt::cli {
namespace {

void Line(std::FILE* out, const char* label, const std::string& text) {
  fmt::print(out, "{:<11}  {}\n", label, text);
}

std::string CommandLine(const std::vector<std::string>& arguments) {
  std::string text;
  for (const std::string& argument : arguments) {
    if (!text.empty()) text += ' ';
    text += ShellWord(argument);
  }
  return text;
}

std::string Ids(const image::ProcessRecord& process, uint32_t uid) {
  std::string text = fmt::format("{}", process.vpid);
  if (process.pid != process.vpid) {
    text += fmt::format(" (in the kernel {})", process.pid);
  }
  return text + fmt::format(", user {}, umask {:03o}", uid, process.umask);
}

void PrintHead(const ImageFacts& facts, std::FILE* out) {
  const image::Reader& reader = facts.file.reader();
  const image::HeadRecord& head = reader.head();
  Line(out, "program", Printable(reader.String(head.program)));
  Line(out, "build-id", head.build_id_size == 0
                            ? "none"
                            : Hex(head.build_id, head.build_id_size));
  Line(out, "command", CommandLine(facts.file.Arguments()));
  Line(out, "directory", Printable(reader.String(reader.process().cwd)));
  Line(out, "images in", Printable(reader.String(head.directory)));
  Line(out, "taken",
       fmt::format("{} on {}, Linux {}", LocalTime(head.time_ns, /*zone=*/true),
                   Printable(reader.String(head.hostname)),
                   Printable(reader.String(head.kernel))));
  Line(out, "run", fmt::format("{}, checkpoint {}, generation {}",
                               Hex(head.run_id, sizeof(head.run_id)),
                               head.sequence, head.generation));
  if (head.forks != 0) {
    Line(out, "forked", "a child of the program that has called "
                        "checkpoint_init (not for -r auto)");
  }
  Line(out, "process", Ids(reader.process(), head.uid));
  Line(out, "stopped in",
       fmt::format("{}.{:03} ms", head.stop_us / 1000, head.stop_us % 1000));
  Line(out, "size", HumanSize(head.file_size));
}

std::string Mutexes(const ImageFacts& facts,
                    const std::vector<uint64_t>& mutexes) {
  std::string text;
  for (const uint64_t mutex : mutexes) {
    if (!text.empty()) text += ", ";
    text += facts.symbolizer.AddressAndName(mutex);
  }
  return text.empty() ? "-" : text;
}

void PrintThreads(const ImageFacts& facts, std::FILE* out) {
  const auto records = facts.file.reader().threads();
  fmt::print(out, "\nthreads ({})\n", records.size);
  Table table({">TID", "NAME", "STATE", "HOLDS", "WAITS FOR", "STARTED IN"},
              2);
  for (size_t i = 0; i < records.size; ++i) {
    const ThreadFacts& thread = facts.threads[i];
    table.Row({std::to_string(records[i].vtid), thread.name, thread.state,
               Mutexes(facts, thread.holds),
               thread.waits_for.empty() ? "-" : thread.waits_for,
               thread.start_routine});
  }
  table.Print(out);
}

void PrintMemory(const ImageFacts& facts, std::FILE* out) {
  fmt::print(out, "\nmemory\n");
  Table table({"KIND", ">AREAS", ">MAPPED", ">SAVED"}, 2);
  const auto add = [&table](const MemoryFacts& memory) {
    table.Row({memory.kind, std::to_string(memory.areas),
               HumanSize(memory.mapped), HumanSize(memory.saved)});
  };
  for (const MemoryFacts& memory : facts.memory) add(memory);
  add(facts.memory_total);
  table.Print(out);
}

void PrintAdvice(const ImageFacts& facts, std::FILE* out) {
  if (facts.advice.empty()) return;
  fmt::print(out, "\nof memory, in particular ({})\n", facts.advice.size());
  Table table({"AT", ">SIZE", "WHAT"}, 2);
  for (const AdviceFacts& advice : facts.advice) {
    table.Row({fmt::format("{:#x}", advice.start),
               HumanSize(advice.end - advice.start), advice.text});
  }
  table.Print(out);
}

void PrintFiles(const ImageFacts& facts, std::FILE* out) {
  if (facts.files.empty()) return;
  fmt::print(out, "\nmapped files ({})\n", facts.files.size());
  Table table({"PATH", ">MAPPED"}, 2);
  for (const FileFacts& file : facts.files) {
    table.Row({Printable(file.path), HumanSize(file.mapped)});
  }
  table.Print(out);
}

void PrintDescriptors(const ImageFacts& facts, std::FILE* out) {
  const image::Reader& reader = facts.file.reader();
  if (reader.fds().empty()) return;
  fmt::print(out, "\ndescriptors ({})\n", reader.fds().size);
  Table table({">FD", "KIND", "MODE", ">OFFSET", "PATH"}, 2);
  for (const image::FdRecord& fd : reader.fds()) {
    std::string path = Printable(reader.String(fd.path));
    if (fd.same_as >= 0) path += fmt::format(" (same as {})", fd.same_as);
    const std::string object = ObjectText(reader, fd);
    if (!object.empty()) path += fmt::format(" ({})", object);
    table.Row({std::to_string(fd.fd), KindOfFd(reader, fd),
               OpenFlagsText(fd.open_flags), std::to_string(fd.offset), path});
  }
  table.Print(out);
}

void PrintWritten(const ImageFacts& facts, std::FILE* out) {
  const std::vector<WrittenFile> files = FindFiles(facts.file.reader());
  if (files.empty()) return;
  fmt::print(out, "\nfiles written ({})\n", files.size());
  Table table({"POLICY", ">SIZE", ">SAVED", "PATH"}, 2);
  for (const WrittenFile& file : files) {
    table.Row({file.policy, HumanSize(file.size), HumanSize(file.saved),
               Printable(file.path)});
  }
  table.Print(out);
}

std::string Seconds(uint64_t ns) { return fmt::format("{:.6f} s", ns * 1e-9); }

std::string NextExpiry(const image::TimerSetting& setting) {
  if (setting.remaining_ns == 0) return "-";
  return "in " + Seconds(setting.remaining_ns);
}

void PrintTimers(const ImageFacts& facts, std::FILE* out) {
  const image::Reader& reader = facts.file.reader();
  if (reader.timers().empty()) return;
  fmt::print(out, "\ntimers ({})\n", reader.timers().size);
  Table table({">ID", "CLOCK", "TELLS", "NEXT", "EVERY", ">WAITING"}, 2);
  const auto tid = [&reader](uint32_t thread) {
    return std::to_string(reader.threads()[thread].vtid);
  };
  for (const image::TimerRecord& timer : reader.timers()) {
    std::string clock = ClockName(timer.clock);
    if (timer.clock_thread != image::kNoThread) {
      clock += " of " + tid(timer.clock_thread);
    }
    std::string tells = (timer.notify & 3) == 1
                            ? "nobody"
                            : fmt::format("signal {}", timer.signal);
    if (timer.notify_thread != image::kNoThread) {
      tells += " to " + tid(timer.notify_thread);
    }
    const image::TimerSetting& setting = timer.setting;
    table.Row({std::to_string(timer.id), clock, tells, NextExpiry(setting),
               setting.interval_ns == 0 ? "-" : Seconds(setting.interval_ns),
               std::to_string(setting.owed)});
  }
  table.Print(out);
}

std::string Sender(const siginfo_t& info) {
  if (info.si_code > 0) return "kernel";
  if (info.si_code == SI_TIMER) return fmt::format("timer {}", info.si_timerid);
  return fmt::format("process {}, user {}", info.si_pid, info.si_uid);
}

void PrintPending(const ImageFacts& facts, std::FILE* out) {
  const image::Reader& reader = facts.file.reader();
  if (reader.pending().empty()) return;
  fmt::print(out, "\npending signals ({})\n", reader.pending().size);
  Table table({">SIGNAL", "FOR", ">CODE", "SENT BY", "VALUE"}, 2);
  for (const image::PendingRecord& sent : reader.pending()) {
    const siginfo_t info = InfoOf(sent);
    table.Row({std::to_string(sent.signal),
               sent.thread == image::kNoThread
                   ? "process"
                   : std::to_string(reader.threads()[sent.thread].vtid),
               std::to_string(info.si_code), Sender(info),
               HasValue(info) ? fmt::format("{:#x}", ValueOf(info)) : "-"});
  }
  table.Print(out);
}

// What is not listed is the launcher's.
void PrintSettings(const ImageFacts& facts, std::FILE* out) {
  const image::Reader& reader = facts.file.reader();
  Table table({"WHOSE", "SETTING", "VALUE"}, 2);
  size_t rows = 0;
  const auto add = [&](const std::string& who,
                       const std::vector<SettingFacts>& settings) {
    for (const SettingFacts& setting : settings) {
      table.Row({who, setting.name, setting.value});
      ++rows;
    }
  };
  add("process", FindSettings(reader.process().settings));
  for (const image::ThreadRecord& thread : reader.threads()) {
    add(std::to_string(thread.vtid), FindSettings(thread.settings));
  }
  if (rows == 0) return;
  fmt::print(out, "\nsettings of its own ({})\n", rows);
  table.Print(out);
}

void PrintDeadlocks(const ImageFacts& facts, std::FILE* out) {
  for (const Deadlock& deadlock : facts.deadlocks) {
    fmt::print(out, "deadlock: {}\n", facts.DeadlockText(deadlock));
  }
}

void PrintLocks(const ImageFacts& facts, std::FILE* out) {
  if (facts.locks.empty()) fmt::print(out, "no lock is held or wanted\n");
  for (const LockFacts& lock : facts.locks) {
    fmt::print(out, "{} ({})\n", facts.symbolizer.AddressAndName(lock.mutex),
               lock.kind);
    const auto list = [&](const char* what,
                          const std::vector<uint32_t>& threads) {
      for (const uint32_t thread : threads) {
        fmt::print(out, "  {:<13} {}\n", what, facts.ThreadName(thread));
      }
    };
    list("held by", lock.holders);
    list("read by", lock.readers);
    list("wanted by", lock.wanted_by);
    list("to be read by", lock.wanted_to_read);
    list("in a call of", lock.in_flight);
    for (size_t i = 0; i < lock.waiting.size(); ++i) {
      fmt::print(out, "  released by   {}, waiting for condition {}\n",
                 facts.ThreadName(lock.waiting[i]),
                 facts.symbolizer.AddressAndName(lock.conditions[i]));
    }
  }
  PrintDeadlocks(facts, out);
}

}  // namespace

int RunInfo(const InfoOptions& options, std::FILE* out) {
  const ImageFile file(options.file);
  file.RequireGood();
  const ImageFacts facts(file);
  if (options.json) {
    PrintInfoJson(facts, options.locks, out);
  } else if (options.locks) {
    PrintLocks(facts, out);
  } else {
    PrintHead(facts, out);
    PrintThreads(facts, out);
    if (!facts.deadlocks.empty()) fmt::print(out, "\n");
    PrintDeadlocks(facts, out);
    PrintMemory(facts, out);
    PrintAdvice(facts, out);
    PrintFiles(facts, out);
    PrintDescriptors(facts, out);
    PrintWritten(facts, out);
    PrintPending(facts, out);
    PrintTimers(facts, out);
    PrintSettings(facts, out);
  }
  return 0;
}

}  // namespace ckpt::cli
