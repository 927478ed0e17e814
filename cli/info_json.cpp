// info_json.cpp - see info_json.h.

#include "info_json.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "file_facts.h"
#include "pending.h"
#include "settings.h"
#include "text.h"

namespace ckpt::cli {
namespace {

using Json = nlohmann::ordered_json;

std::string Address(uint64_t address) { return fmt::format("{:#x}", address); }

Json Place(const ImageFacts& facts, uint64_t address) {
  Json json = {{"address", Address(address)}};
  const std::string name = facts.symbolizer.Name(address);
  if (!name.empty()) json["symbol"] = name;
  return json;
}

Json Tids(const ImageFacts& facts, const std::vector<uint32_t>& threads) {
  Json json = Json::array();
  for (const uint32_t thread : threads) {
    json.push_back(facts.file.reader().threads()[thread].vtid);
  }
  return json;
}

Json Locks(const ImageFacts& facts) {
  Json list = Json::array();
  for (const LockFacts& lock : facts.locks) {
    Json json = Place(facts, lock.mutex);
    json["kind"] = lock.kind;
    json["held_by"] = Tids(facts, lock.holders);
    json["read_by"] = Tids(facts, lock.readers);
    json["wanted_by"] = Tids(facts, lock.wanted_by);
    json["wanted_to_read_by"] = Tids(facts, lock.wanted_to_read);
    json["in_a_call_of"] = Tids(facts, lock.in_flight);
    json["in_condition_wait"] = Tids(facts, lock.waiting);
    list.push_back(std::move(json));
  }
  return list;
}

Json Deadlocks(const ImageFacts& facts) {
  const auto threads = facts.file.reader().threads();
  Json list = Json::array();
  for (const Deadlock& deadlock : facts.deadlocks) {
    Json circle = Json::array();
    for (const Wait& wait : deadlock) {
      Json json = {{"tid", threads[wait.thread].vtid},
                   {"waits_for_tid", threads[wait.holder].vtid},
                   {"by", wait.join ? "join" : "lock"}};
      if (!wait.join) json["lock"] = Place(facts, wait.object);
      circle.push_back(std::move(json));
    }
    list.push_back(std::move(circle));
  }
  return list;
}

template <typename Settings>
Json SettingsOf(const Settings& settings) {
  Json json = Json::object();
  for (const SettingFacts& setting : FindSettings(settings)) {
    json[setting.name] = setting.value;
  }
  return json;
}

Json Threads(const ImageFacts& facts) {
  const auto records = facts.file.reader().threads();
  Json list = Json::array();
  for (size_t i = 0; i < records.size; ++i) {
    const ThreadFacts& thread = facts.threads[i];
    Json json = {{"tid", records[i].vtid},
                 {"kernel_tid", records[i].tid},
                 {"name", thread.name},
                 {"state", thread.state}};
    if (!thread.waits_for.empty()) json["waits_for"] = thread.waits_for;
    if (!thread.start_routine.empty()) json["start"] = thread.start_routine;
    json["holds"] = Json::array();
    for (const uint64_t mutex : thread.holds) {
      json["holds"].push_back(Place(facts, mutex));
    }
    json["wants"] = Json::array();
    for (const uint64_t mutex : thread.wants) {
      json["wants"].push_back(Place(facts, mutex));
    }
    json["settings"] = SettingsOf(records[i].settings);
    list.push_back(std::move(json));
  }
  return list;
}

Json Memory(const ImageFacts& facts) {
  Json list = Json::array();
  for (const MemoryFacts& kind : facts.memory) {
    list.push_back({{"kind", kind.kind},
                    {"areas", kind.areas},
                    {"mapped", kind.mapped},
                    {"saved", kind.saved}});
  }
  return list;
}

Json Advice(const ImageFacts& facts) {
  Json list = Json::array();
  for (const AdviceFacts& advice : facts.advice) {
    list.push_back({{"start", Address(advice.start)},
                    {"end", Address(advice.end)},
                    {"what", advice.text}});
  }
  return list;
}

Json Descriptors(const image::Reader& reader) {
  Json list = Json::array();
  for (const image::FdRecord& fd : reader.fds()) {
    Json json = {{"fd", fd.fd},
                 {"kind", KindOfFd(reader, fd)},
                 {"path", reader.String(fd.path)},
                 {"flags", OpenFlagsText(fd.open_flags)},
                 {"close_on_exec", fd.close_on_exec != 0},
                 {"offset", fd.offset},
                 {"size", fd.size}};
    if (fd.same_as >= 0) json["same_as"] = fd.same_as;
    const std::string object = ObjectText(reader, fd);
    if (!object.empty()) json["state"] = object;
    list.push_back(std::move(json));
  }
  return list;
}

Json Files(const image::Reader& reader) {
  Json list = Json::array();
  for (const WrittenFile& file : FindFiles(reader)) {
    list.push_back({{"path", file.path},
                    {"policy", file.policy},
                    {"size", file.size},
                    {"saved", file.saved}});
  }
  return list;
}

Json Pending(const image::Reader& reader) {
  Json list = Json::array();
  for (const image::PendingRecord& sent : reader.pending()) {
    const siginfo_t info = InfoOf(sent);
    Json json = {{"signal_number", sent.signal}, {"code", info.si_code}};
    if (sent.thread != image::kNoThread) {
      json["tid"] = reader.threads()[sent.thread].vtid;
    }
    if (info.si_code <= 0 && info.si_code != SI_TIMER) {
      json["sender_pid"] = info.si_pid;
      json["sender_uid"] = info.si_uid;
    }
    if (HasValue(info)) json["value"] = ValueOf(info);
    list.push_back(std::move(json));
  }
  return list;
}

Json Timers(const image::Reader& reader) {
  Json list = Json::array();
  for (const image::TimerRecord& timer : reader.timers()) {
    const image::TimerSetting& setting = timer.setting;
    Json json = {{"id", timer.id},
                 {"on", ClockName(timer.clock)},
                 {"signal_number", timer.signal},
                 {"interval_ns", setting.interval_ns},
                 {"remaining_ns", setting.remaining_ns},
                 {"moment", (timer.flags & image::kTimerAbsolute) != 0},
                 {"owed", setting.owed}};
    if (timer.clock_thread != image::kNoThread) {
      json["clock_of_tid"] = reader.threads()[timer.clock_thread].vtid;
    }
    if (timer.notify_thread != image::kNoThread) {
      json["notifies_tid"] = reader.threads()[timer.notify_thread].vtid;
    }
    list.push_back(std::move(json));
  }
  return list;
}

void AddHead(const ImageFacts& facts, Json& json) {
  const image::Reader& reader = facts.file.reader();
  const image::HeadRecord& head = reader.head();
  const image::ProcessRecord& process = reader.process();
  json["program"] = reader.String(head.program);
  json["arguments"] = facts.file.Arguments();
  json["build_id"] = Hex(head.build_id, head.build_id_size);
  json["sequence"] = head.sequence;
  json["generation"] = head.generation;
  json["forks"] = head.forks;
  json["run_id"] = Hex(head.run_id, sizeof(head.run_id));
  json["time_ns"] = head.time_ns;
  json["time"] = LocalTime(head.time_ns, /*zone=*/true);
  json["host"] = reader.String(head.hostname);
  json["kernel"] = reader.String(head.kernel);
  json["uid"] = head.uid;
  json["pid"] = process.vpid;
  json["kernel_pid"] = process.pid;
  json["cwd"] = reader.String(process.cwd);
  json["checkpoint_directory"] = reader.String(head.directory);
  json["umask"] = fmt::format("{:03o}", process.umask);
  json["settings"] = SettingsOf(process.settings);
  json["stop_us"] = head.stop_us;
  json["size"] = head.file_size;
}

}  // namespace

void PrintInfoJson(const ImageFacts& facts, bool locks_only, std::FILE* out) {
  Json json = {{"file", facts.file.path()}};
  if (!locks_only) {
    AddHead(facts, json);
    json["threads"] = Threads(facts);
    json["memory"] = Memory(facts);
    json["advice"] = Advice(facts);
    json["files"] = Json::array();
    for (const FileFacts& file : facts.files) {
      json["files"].push_back({{"path", file.path}, {"mapped", file.mapped}});
    }
    json["descriptors"] = Descriptors(facts.file.reader());
    json["pending_signals"] = Pending(facts.file.reader());
    json["timers"] = Timers(facts.file.reader());
    json["files"] = Files(facts.file.reader());
  }
  json["locks"] = Locks(facts);
  json["deadlocks"] = Deadlocks(facts);
  fmt::print(out, "{}\n",
             json.dump(2, ' ', false, Json::error_handler_t::replace));
}

}  // namespace ckpt::cli
