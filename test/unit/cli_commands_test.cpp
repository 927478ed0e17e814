// Tests of the commands of cli/commands.h on images made by image_builder.h.

#include "commands.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "captured_output.h"
#include "elf_file.h"
#include "failure.h"
#include "image_builder.h"

namespace ckpt::cli {
namespace {

using image::Bytes;
using image::ImageBuilder;
using nlohmann::json;

class Commands : public testing::Test {
 protected:
  void SetUp() override {
    setenv("TZ", "UTC", 1);
    std::string pattern = testing::TempDir() + "/ckpt_commands.XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::string Write(const std::string& name, const Bytes& image) {
    const std::string path = directory_ + "/" + name;
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(image.data()),
               static_cast<std::streamsize>(image.size()));
    return path;
  }

  // What `run` prints; its exit code is left in exit_code_.
  template <typename Run>
  std::string Output(Run run) {
    const CapturedOutput output;
    exit_code_ = run(output.stream());
    return output.Text();
  }

  // The text that `run` gives up with.
  template <typename Run>
  std::string FailureOf(Run run) {
    try {
      Output(run);
    } catch (const Failure& failure) {
      return failure.text;
    }
    return "no failure";
  }

  std::string Info(const InfoOptions& options) {
    return Output([&](std::FILE* out) { return RunInfo(options, out); });
  }

  std::string directory_;
  int exit_code_ = -1;
};

// Intent: one line per file; any bad one makes the exit code 1.
TEST_F(Commands, VerifySaysGoodOrDamaged) {
  Bytes image = ImageBuilder::Sample().Build();
  const std::string good = Write("good", image);
  image[image.size() - 1] ^= 1;
  const std::string bad = Write("bad", image);
  EXPECT_EQ(Output([&](std::FILE* out) {
              return RunVerify({{good, bad}}, out);
            }),
            good + ": good\n" + bad +
                ": damaged: data: block 1 of a file, file offset 0xa000: "
                "checksum differs\n");
  EXPECT_EQ(exit_code_, 1);
  Output([&](std::FILE* out) { return RunVerify({{good}}, out); });
  EXPECT_EQ(exit_code_, 0);
}

// Intent: a file that is not there is the tool's failure, but the others are
// still looked at.
TEST_F(Commands, VerifyGoesOnBehindAMissingFile) {
  const std::string good = Write("good", ImageBuilder::Sample().Build());
  EXPECT_EQ(Output([&](std::FILE* out) {
              return RunVerify({{directory_ + "/none", good}}, out);
            }),
            good + ": good\n");
  EXPECT_EQ(exit_code_, 125);
}

// Intent: images in the order of their numbers, other files not at all.
TEST_F(Commands, LsListsImagesByNumber) {
  Write("prog.chkpt.10", ImageBuilder::Sample().Build());
  Write("prog.chkpt.2", ImageBuilder::Sample().Build());
  Write("notes.txt", Bytes(100, 'x'));
  const json list = json::parse(Output([&](std::FILE* out) {
    return RunLs({.directory = directory_, .json = true}, out);
  }));
  ASSERT_EQ(list.size(), 2u);
  EXPECT_EQ(list[0]["name"], "prog.chkpt.2");
  EXPECT_EQ(list[1]["name"], "prog.chkpt.10");
  EXPECT_EQ(list[0]["program"], "/opt/demo/prog");
  EXPECT_EQ(list[0]["threads"], 3);
  EXPECT_EQ(list[0]["state"], "good");
}

// Intent: a renamed image is still one.
TEST_F(Commands, LsKnowsAnImageByItsContent) {
  Write("saved", ImageBuilder::Sample().Build());
  const json list = json::parse(Output([&](std::FILE* out) {
    return RunLs({.directory = directory_, .json = true}, out);
  }));
  ASSERT_EQ(list.size(), 1u);
}

// Intent: a truncated image stays in the list, with what is wrong.
TEST_F(Commands, LsShowsDamage) {
  Bytes image = ImageBuilder::Sample().Build();
  image.resize(1000);
  Write("prog.chkpt.1", image);
  const std::string text = Output(
      [&](std::FILE* out) { return RunLs({.directory = directory_}, out); });
  EXPECT_NE(text.find("damaged: truncated: 1000 of 45056 bytes"),
            std::string::npos)
      << text;
}

// Intent: damage in the data is seen when asked for.
TEST_F(Commands, LsVerifiesDataWhenAsked) {
  Bytes image = ImageBuilder::Sample().Build();
  image.back() ^= 1;
  Write("prog.chkpt.1", image);
  for (const bool verify : {false, true}) {
    const json list = json::parse(Output([&](std::FILE* out) {
      return RunLs({directory_, verify, true}, out);
    }));
    EXPECT_EQ(list[0]["state"], verify ? "damaged" : "good");
  }
}

// Intent: the table says what a person looks for.
TEST_F(Commands, LsPrintsATable) {
  Write("prog.chkpt.2", ImageBuilder::Sample().Build());
  const std::string text = Output(
      [&](std::FILE* out) { return RunLs({.directory = directory_}, out); });
  for (const char* part : {"NAME", "prog.chkpt.2", "2023-11-14 22:13:20",
                           "44.0 KiB", "a0a1a2a3", "good"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  }
}

// Intent: an empty directory is no error, a missing one is.
TEST_F(Commands, LsOfNothing) {
  EXPECT_EQ(Output([&](std::FILE* out) {
              return RunLs({.directory = directory_}, out);
            }),
            "");
  EXPECT_EQ(FailureOf([&](std::FILE* out) {
              return RunLs({.directory = directory_ + "/none"}, out);
            }),
            "cannot open " + directory_ + "/none: No such file or directory");
}

// Intent: every part of an image is in the text.
TEST_F(Commands, InfoPrintsEveryPart) {
  const std::string text =
      Info({.file = Write("i", ImageBuilder::Sample().Build())});
  for (const char* part :
       {"/opt/demo/prog", "000102030405060708090a0b0c0d0e0f10111213",
        "prog -n '3 4'", "2023-11-14 22:13:20 +0000 on somehost",
        "Linux 6.1.0 #1 SMP", "checkpoint 2, generation 1", "4711",
        "0.812 ms", "threads (3)", "worker-1", "lock 0x602080", "main stack",
        "/opt/demo/images", "mapped files (1)", "descriptors (4)",
        "(same as 1)", "files written (2)", "content", "deadlock: "}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  }
}

// Intent: the locks, their threads and the circle, and nothing else.
TEST_F(Commands, InfoLocksNamesTheDeadlock) {
  EXPECT_EQ(Info({.file = Write("i", ImageBuilder::Sample().Build()),
                  .locks = true}),
            "0x602040 (normal)\n"
            "  held by       4712 worker-1\n"
            "  wanted by     4713 worker-2\n"
            "0x602080 (normal)\n"
            "  held by       4713 worker-2\n"
            "  wanted by     4712 worker-1\n"
            "deadlock: 4712 worker-1 wants 0x602080, held by 4713 worker-2, "
            "which wants 0x602040, held by 4712 worker-1\n");
}

// Intent: a condition wait names its mutex, its condition and its thread.
TEST_F(Commands, InfoLocksNamesConditionWaits) {
  ImageBuilder builder = ImageBuilder::Sample();
  builder.locks = {
      {1, image::LockState::kCondWait, 0x602040, 0x6020c0, 1 | 16, 0, 0, 0}};
  EXPECT_EQ(Info({.file = Write("i", builder.Build()), .locks = true}),
            "0x602040 (recursive robust)\n"
            "  released by   4712 worker-1, waiting for condition 0x6020c0\n");
}

// Intent: memory adds up: what is mapped and what of it is in the file.
TEST_F(Commands, InfoJsonSumsMemory) {
  const json info = json::parse(Info(
      {.file = Write("i", ImageBuilder::Sample().Build()), .json = true}));
  uint64_t mapped = 0, saved = 0;
  for (const json& kind : info["memory"]) {
    mapped += kind["mapped"].get<uint64_t>();
    saved += kind["saved"].get<uint64_t>();
  }
  EXPECT_EQ(mapped, 0x2000u + 0x1000 + 0x21000 + 0x10000 + 0x21000);
  EXPECT_EQ(saved, 4u * 4096);
  EXPECT_EQ(info["deadlocks"][0].size(), 2u);
  EXPECT_EQ(info["threads"][1]["wants"][0]["address"], "0x602080");
}

// Intent: what the program has set up itself is shown in words, what it has from
// its launcher is not.
TEST_F(Commands, InfoShowsChosenSettings) {
  using image::ItemBit;
  ImageBuilder builder = ImageBuilder::Sample();
  image::ThreadSettings& worker = builder.threads[1].settings;
  worker.affinity[0] = 0x10f;
  worker.affinity_size = 8;
  worker.policy = 1;
  worker.priority = 10;
  worker.nice = 7;
  worker.chosen = ItemBit(image::ThreadItem::kAffinity) |
                  ItemBit(image::ThreadItem::kPolicy);
  image::ProcessSettings& process = builder.process.settings;
  process.limits[7] = {300, ~uint64_t{0}};
  process.oom_score_adj = 100;
  process.chosen = 1 << 7 | 1 << (16 + 7);
  const std::string path = Write("i", builder.Build());
  const json info = json::parse(Info({.file = path, .json = true}));
  EXPECT_EQ(info["threads"][0]["settings"], json::object());
  EXPECT_EQ(info["threads"][1]["settings"],
            json({{"CPU affinity", "0-3,8"}, {"scheduling policy", "fifo 10"}}));
  EXPECT_EQ(info["settings"],
            json({{"RLIMIT_NOFILE", "soft 300, hard unlimited"}}));
  EXPECT_NE(Info({.file = path}).find(
                "settings of its own (3)\n"
                "  WHOSE    SETTING            VALUE\n"
                "  process  RLIMIT_NOFILE      soft 300, hard unlimited\n"
                "  4712     CPU affinity       0-3,8\n"
                "  4712     scheduling policy  fifo 10\n"),
            std::string::npos);
}

// Intent: what was said about memory, guard pages and excluded bytes, by
// address.
TEST_F(Commands, InfoShowsAdvice) {
  const std::string path = Write("i", ImageBuilder::Sample().Build());
  EXPECT_NE(Info({.file = path}).find(
                "of memory, in particular (5)\n"
                "  AT                  SIZE  WHAT\n"
                "  0x604100            64 B  not saved\n"
                "  0x7f0000000000  64.0 KiB  huge pages, locked, bind 0, named "
                "arena\n"
                "  0x7f0000000000   4.0 KiB  guard pages\n"
                "  0x7f0000002000   4.0 KiB  not saved\n"
                "  0x7f0000008000   8.0 KiB  guard pages\n"),
            std::string::npos);
  const json info = json::parse(Info({.file = path, .json = true}));
  EXPECT_EQ(info["advice"][4]["what"], "guard pages");
  EXPECT_EQ(info["advice"][4]["end"], "0x7f000000a000");
}

// Intent: bytes that are no UTF-8 do not spoil the JSON.
TEST_F(Commands, InfoJsonTakesAnyBytes) {
  ImageBuilder builder = ImageBuilder::Sample();
  builder.SetArguments({"prog", "\xff\xfe"});
  const std::string text =
      Info({.file = Write("i", builder.Build()), .json = true});
  EXPECT_NO_THROW((void)json::parse(text));
}

// Intent: a damaged image gives one line and no half of an answer.
TEST_F(Commands, InfoRefusesDamage) {
  Bytes image = ImageBuilder::Sample().Build();
  image[200] ^= 1;
  const std::string path = Write("i", image);
  const std::string text = FailureOf(
      [&](std::FILE* out) { return RunInfo({.file = path}, out); });
  EXPECT_EQ(text.rfind(path + ": damaged: ", 0), 0u) << text;
}

// Intent: any other file is not called damaged.
TEST_F(Commands, InfoNamesAFileThatIsNoImage) {
  const std::string path = Write("i", Bytes(100, 'x'));
  EXPECT_EQ(FailureOf([&](std::FILE* out) {
              return RunInfo({.file = path}, out);
            }),
            path + ": not a checkpoint image: no ELF file");
}

// Intent: a program that is gone is named before anything is run.
TEST_F(Commands, RestartNeedsTheProgram) {
  const std::string path = Write("i", ImageBuilder::Sample().Build());
  EXPECT_EQ(FailureOf([&](std::FILE* out) {
              return RunRestart({.file = path}, out);
            }),
            "cannot open the program /opt/demo/prog: No such file or "
            "directory");
}

// Intent: another build of the program is refused, with both build-ids.
TEST_F(Commands, RestartNeedsTheSameBuild) {
  ImageBuilder builder = ImageBuilder::Sample();
  builder.head.program = builder.String("/proc/self/exe");
  const std::string path = Write("i", builder.Build());
  const std::string text = FailureOf(
      [&](std::FILE* out) { return RunRestart({.file = path}, out); });
  EXPECT_EQ(text.rfind("/proc/self/exe is not the program that was "
                       "checkpointed: build-id ",
                       0),
            0u)
      << text;
}

// Intent: the program gets its own arguments, then ours: the image by absolute
// path and what was passed on. /bin/echo plays the program.
TEST_F(Commands, RestartRunsTheProgramWithItsArguments) {
  constexpr char kEcho[] = "/bin/echo";
  ElfFile echo;
  if (!echo.Open(kEcho)) GTEST_SKIP() << "no " << kEcho;
  const std::vector<uint8_t> build_id = echo.BuildId();
  ImageBuilder builder = ImageBuilder::Sample();
  builder.head.program = builder.String(kEcho);
  builder.SetArguments({"prog", "a  b"});
  builder.head.build_id_size = static_cast<uint32_t>(build_id.size());
  std::copy(build_id.begin(), build_id.end(), builder.head.build_id);
  const std::string path = Write("i", builder.Build());
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], STDOUT_FILENO);
    if (chdir(directory_.c_str()) != 0) _exit(3);
    try {
      RunRestart({.file = "i",
                  .ids = "new",
                  .files = "offset",
                  .path_map = "/a=/b",
                  .verbosity = 2},
                 stdout);
    } catch (const Failure& failure) {
      fmt::print(stderr, "{}\n", failure.text);
    }
    _exit(4);
  }
  close(ends[1]);
  char output[4096];
  const ssize_t size = read(ends[0], output, sizeof(output));
  close(ends[0]);
  int status = -1;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  ASSERT_GT(size, 0);
  EXPECT_EQ(std::string(output, static_cast<size_t>(size)),
            "a  b -- -r " + std::filesystem::canonical(path).string() +
                " --ids new --files offset --path-map /a=/b -v -v\n");
}

// Intent: damaged data is refused before the program is run.
TEST_F(Commands, RestartVerifiesTheData) {
  Bytes image = ImageBuilder::Sample().Build();
  image.back() ^= 1;
  const std::string path = Write("i", image);
  const std::string text = FailureOf(
      [&](std::FILE* out) { return RunRestart({.file = path}, out); });
  EXPECT_EQ(text.rfind(path + ": damaged: data: block 1 of a file", 0), 0u) << text;
}

}  // namespace
}  // namespace ckpt::cli
