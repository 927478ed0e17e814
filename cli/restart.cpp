// restart.cpp - `ckpt restart`: becomes the program of an image, with the words
// that make it go on from there. The restore itself is the runtime's.

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>

#include "commands.h"
#include "elf_file.h"
#include "failure.h"
#include "image_file.h"
#include "text.h"

namespace ckpt::cli {
namespace {

void RequireSameProgram(const image::Reader& reader,
                        const std::string& program) {
  ElfFile file;
  if (!file.Open(program)) {
    Fail("cannot open the program {}: {}", program,
         file.error() != 0 ? ErrnoText(file.error()) : "no ELF file");
  }
  const image::HeadRecord& head = reader.head();
  const std::vector<uint8_t> build_id = file.BuildId();
  if (!std::equal(build_id.begin(), build_id.end(), head.build_id,
                  head.build_id + head.build_id_size)) {
    Fail("{} is not the program that was checkpointed: build-id {} instead of "
         "{}",
         program, build_id.empty() ? "none" : Hex(build_id.data(),
                                                  build_id.size()),
         head.build_id_size == 0 ? "none" : Hex(head.build_id,
                                                head.build_id_size));
  }
}

std::vector<std::string> Command(const ImageFile& image,
                                 const RestartOptions& options) {
  std::vector<std::string> words = image.Arguments();
  if (words.empty()) {
    words.emplace_back(image.reader().String(image.reader().head().program));
  }
  words.emplace_back("--");
  words.emplace_back("-r");
  words.push_back(std::filesystem::absolute(options.file));
  const auto pass = [&words](const char* name, const std::string& value) {
    if (value.empty()) return;
    words.emplace_back(name);
    words.push_back(value);
  };
  pass("--ids", options.ids);
  pass("--files", options.files);
  pass("--path-map", options.path_map);
  for (int i = 0; i < options.verbosity; ++i) words.emplace_back("-v");
  return words;
}

}  // namespace

int RunRestart(const RestartOptions& options, std::FILE*) {
  ImageFile image(options.file);
  if (image.good()) image.VerifyData();
  image.RequireGood();
  const std::string program =
      image.reader().String(image.reader().head().program);
  RequireSameProgram(image.reader(), program);

  std::vector<std::string> words = Command(image, options);
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  // These would make the program run afresh with our words as its own. The
  // restored program has the environment of the image anyway.
  unsetenv("CKPT_ARGV");
  unsetenv("CKPT_DISABLE");
  execv(program.c_str(), argv.data());
  Fail("cannot run {}: {}", program, ErrnoText(errno));
}

}  // namespace ckpt::cli
