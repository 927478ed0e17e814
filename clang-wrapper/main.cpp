// ckpt-cc, ckpt-c++ - clang, with checkpointing added to what it builds.
//
// Adds the pass to what is compiled and the runtime to what is linked;
// everything else is clang's business, and the arguments reach it as they were
// written, by execv. Silent unless told otherwise (-v, CKPT_CC_VERBOSE=1): its
// output is read by configure scripts.
//
//   invocation     what the command is going to do
//   command        what is added to it
//   parts          where compiler, pass and runtime are
//   print_flags    the same additions, for those who do not use a wrapper
//   instrumentation  which objects the pass has not seen

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "command.h"
#include "instrumentation.h"
#include "invocation.h"
#include "parts.h"
#include "print_flags.h"
#include "response_file.h"

namespace ckpt::wrapper {
namespace {

std::string BaseName(std::string_view path) {
  return std::string(path.substr(path.rfind('/') + 1));
}

// By the name's end, as clang does it: ckpt-c++, my-c++-2, anything else is C.
bool IsCxxName(std::string_view name) {
  size_t end = name.find_last_not_of("-.0123456789");
  return end != name.npos && name.substr(0, end + 1).ends_with("++");
}

void WriteAll(int fd, const std::string& text) {
  for (size_t done = 0; done < text.size();) {
    ssize_t count = write(fd, text.data() + done, text.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return;
    done += static_cast<size_t>(count);
  }
}

void Note(const std::string& program, const std::string& message) {
  WriteAll(STDERR_FILENO, program + ": note: " + message + "\n");
}

void Explain(const std::string& program, const Invocation& invocation) {
  if (!invocation.generates_code && invocation.link == LinkKind::kNone) return;
  if (!invocation.off_reason.empty()) {
    Note(program, "checkpointing is off: " + invocation.off_reason);
    return;
  }
  if (invocation.link == LinkKind::kNone) return;
  for (const std::string& object : UninstrumentedObjects(invocation.objects)) {
    Note(program, object + " was not compiled with the pass");
  }
}

[[noreturn]] void Execute(const std::string& program, const Compiler& compiler,
                          const std::vector<std::string>& args) {
  std::vector<char*> argv;
  // execv's argv is char *const[] for historical reasons only; it writes to
  // none of the strings.
  auto add = [&](const std::string& word) {
    argv.push_back(const_cast<char*>(word.c_str()));
  };
  add(compiler.path);
  for (const std::string& word : compiler.arguments) add(word);
  for (const std::string& word : args) add(word);
  argv.push_back(nullptr);
  execv(compiler.path.c_str(), argv.data());
  Fail(program, compiler.path + ": " + strerror(errno));
}

int Main(int argc, char** argv) {
  std::string program = argc > 0 ? BaseName(argv[0]) : "ckpt-cc";
  std::vector<std::string> args(argv + std::min(argc, 1), argv + argc);
  Parts parts = LocateParts();

  bool noop = EnvironmentSays("CKPT_CC_NOOP");
  if (!noop) {
    if (auto flags = FlagsAskedFor(args, parts)) {
      WriteAll(STDOUT_FILENO, *flags + "\n");
      return 0;
    }
  }

  Compiler compiler = LocateCompiler(IsCxxName(program));
  if (compiler.path.empty()) {
    Fail(program, "cannot find the compiler " + compiler.wanted +
                      " (CKPT_CC and CKPT_CXX choose another)");
  }
  if (noop) Execute(program, compiler, args);

  std::vector<std::string> expanded = ExpandResponseFiles(args);
  Invocation invocation = Analyze(expanded);
  std::string missing = MissingPart(invocation, parts);
  if (!missing.empty()) {
    Fail(program, missing + " is missing (is the installation complete?)");
  }
  if (invocation.verbose || EnvironmentSays("CKPT_CC_VERBOSE")) {
    Explain(program, invocation);
  }
  Execute(program, compiler, BuildCommand(args, expanded, invocation, parts));
}

}  // namespace
}  // namespace ckpt::wrapper

int main(int argc, char** argv) { return ckpt::wrapper::Main(argc, argv); }
