#include "parts.h"

#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ckpt::wrapper {
namespace {

constexpr const char* kSelf = "/proc/self/exe";
constexpr std::string_view kLlvmBin = "/usr/lib/llvm-19/bin/";

bool IsProgram(const std::string& path) {
  struct stat file = {};
  struct stat self = {};
  if (stat(path.c_str(), &file) != 0 || !S_ISREG(file.st_mode) ||
      access(path.c_str(), X_OK) != 0) {
    return false;
  }
  bool is_self = stat(kSelf, &self) == 0 && file.st_dev == self.st_dev &&
                 file.st_ino == self.st_ino;
  return !is_self;
}

// A name with a slash is a path; another is looked up in PATH. Empty if there
// is no such program.
std::string FindProgram(const std::string& name) {
  if (name.find('/') != name.npos) return IsProgram(name) ? name : "";
  const char* path = getenv("PATH");
  std::string_view rest = path != nullptr ? path : "/usr/bin:/bin";
  while (true) {
    size_t colon = rest.find(':');
    std::string directory(rest.substr(0, colon));
    std::string candidate = (directory.empty() ? "." : directory) + "/" + name;
    if (IsProgram(candidate)) return candidate;
    if (colon == rest.npos) return "";
    rest.remove_prefix(colon + 1);
  }
}

// "/opt/bin/clang-19" -> "/opt/bin/clang++-19"; empty if it is no clang.
std::string CxxNameOf(std::string name) {
  size_t slash = name.rfind('/');
  size_t at = name.rfind("clang");
  if (at == name.npos || (slash != name.npos && at < slash)) return "";
  return name.insert(at + 5, "++");
}

Compiler Found(const std::string& wanted) {
  return {wanted, FindProgram(wanted), {}};
}

// The variable's value; empty if it is not set.
std::string ValueOf(const char* variable) {
  const char* value = getenv(variable);
  return value != nullptr ? value : "";
}

}  // namespace

Parts LocateParts() {
  char self[PATH_MAX];
  ssize_t length = readlink(kSelf, self, sizeof self);
  std::string_view path(self, length > 0 ? static_cast<size_t>(length) : 0);
  // Off go the program's name and "bin".
  for (int i = 0; i < 2; ++i) path = path.substr(0, path.rfind('/'));
  std::string lib = std::string(path) + "/lib/";
  return {
      .pass = lib + "CkptPass.so",
      .library = lib + "libckpt.a",
      .static_library = lib + "libckpt_static.a",
      .stub_library = lib + "libckpt_stub.a",
      .exports = lib + "ckpt/exports.list",
      .wrap = lib + "ckpt/wrap.rsp",
      .include_dir = lib + "ckpt/include",
  };
}

Compiler LocateCompiler(bool cxx) {
  std::string cc = ValueOf("CKPT_CC");
  std::string plus = ValueOf("CKPT_CXX");
  if (cxx && !plus.empty()) return Found(plus);
  if (!cxx && !cc.empty()) return Found(cc);
  if (!cc.empty()) {
    std::string beside = CxxNameOf(cc);
    if (!beside.empty() && !FindProgram(beside).empty()) return Found(beside);
    return {cc, FindProgram(cc), {"--driver-mode=g++"}};
  }
  Compiler usual = Found(cxx ? "clang++-19" : "clang-19");
  if (usual.path.empty()) {
    usual.path =
        FindProgram(std::string(kLlvmBin) + (cxx ? "clang++" : "clang"));
  }
  return usual;
}

void Fail(std::string_view program, const std::string& message) {
  std::string line = std::string(program) + ": error: " + message + "\n";
  ssize_t ignored = write(STDERR_FILENO, line.data(), line.size());
  static_cast<void>(ignored);
  _exit(1);
}

bool Exists(const std::string& path) { return access(path.c_str(), R_OK) == 0; }

bool EnvironmentSays(const char* variable) {
  std::string value = ValueOf(variable);
  return !value.empty() && value != "0";
}

}  // namespace ckpt::wrapper
