// core_stubs_test.cpp - the system calls of the libraries that are installed
// here: of each that may wait, its number must be found in the code before it.

#include <gtest/gtest.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <map>
#include <string>
#include <vector>

#include "core/blocking_calls.h"
#include "sys/x86_64/call_number.h"

namespace ckpt::core {
namespace {

struct Register {
  const char* name;  // as objdump writes its lower half
  int in_frame;
};
constexpr Register kRegisters[] = {
    {"%ebx", REG_RBX},  {"%ecx", REG_RCX},  {"%edx", REG_RDX},
    {"%esi", REG_RSI},  {"%edi", REG_RDI},  {"%ebp", REG_RBP},
    {"%r8d", REG_R8},   {"%r9d", REG_R9},   {"%r10d", REG_R10},
    {"%r11d", REG_R11}, {"%r12d", REG_R12}, {"%r13d", REG_R13},
    {"%r14d", REG_R14}, {"%r15d", REG_R15}};

// What a disassembler says of a library's system calls against what the runtime
// reads from the same bytes.
class Disassembly {
 public:
  explicit Disassembly(const std::string& path) {
    FILE* out = popen(("objdump -dw " + path).c_str(), "r");
    char line[4096];
    while (fgets(line, sizeof(line), out) != nullptr) Line(line);
    pclose(out);
  }

  int calls = 0;
  int found = 0;
  std::vector<std::string> wrong;    // another number than the disassembler's
  std::vector<std::string> unknown;  // none, where the disassembler sees one

 private:
  void Line(char* line) {
    char* bytes = strchr(line, '\t');
    if (bytes == nullptr) {
      // <function>:
      if (const char* name = strchr(line, '<')) {
        function_.assign(name, strcspn(name, ":\n"));
        load_.clear();
      }
      return;
    }
    char* text = strchr(bytes + 1, '\t');
    if (text == nullptr) return;
    *text++ = '\0';
    text[strcspn(text, "\n#")] = '\0';
    if (strncmp(text, "syscall", 7) == 0) Call();
    unsigned byte;
    int used;
    for (const char* at = bytes; sscanf(at, " %2x%n", &byte, &used) == 1;
         at += used) {
      code_.push_back(static_cast<unsigned char>(byte));
    }
    // What writes the number last. Two operands, the second one rax.
    const char* target = strrchr(text, ',');
    if (target != nullptr && (strncmp(target, ",%eax", 5) == 0 ||
                              strncmp(target, ",%rax", 5) == 0)) {
      load_ = text;
    }
  }

  void Call() {
    ++calls;
    ucontext_t frame{};
    // Each register another number.
    std::map<std::string, long> values;
    long next = 100;
    for (const Register& r : kRegisters) {
      frame.uc_mcontext.gregs[r.in_frame] = next;
      values[r.name] = next++;
    }
    const long number =
        sys::NumberLoadedBefore(code_.data() + code_.size(), &frame);
    long truth = -1;
    unsigned value;
    char source[16];
    if (sscanf(load_.c_str(), "mov $0x%x,%%eax", &value) == 1 ||
        sscanf(load_.c_str(), "mov $0x%x,%%rax", &value) == 1) {
      truth = value;
    } else if (load_.find("xor") == 0 &&
               load_.find("%eax,%eax") != std::string::npos) {
      truth = 0;
    } else if (sscanf(load_.c_str(), "mov %15[^,],%%eax", source) == 1 &&
               values.count(source) != 0) {
      truth = values[source];
    }
    if (number == truth && number >= 0) ++found;
    const std::string what = function_ + " " + load_ + " -> " +
                             std::to_string(number);
    if (number >= 0 && number != truth) wrong.push_back(what);
    if (number < 0 && truth >= 0) unknown.push_back(what);
  }

  std::vector<unsigned char> code_ = std::vector<unsigned char>(64, 0xcc);
  std::string function_, load_;
};

void Check(const char* path) {
  if (access(path, R_OK) != 0) {
    printf("%s is not here\n", path);
    return;
  }
  const Disassembly library(path);
  printf("%s: %d calls, %d known\n", path, library.calls, library.found);
  EXPECT_GT(library.calls, 0);
  for (const std::string& what : library.wrong) {
    ADD_FAILURE() << path << ": wrong: " << what;
  }
  for (const std::string& what : library.unknown) {
    ADD_FAILURE() << path << ": not found: " << what;
  }
}

TEST(Stubs, OfTheCLibrary) { Check("/lib/x86_64-linux-gnu/libc.so.6"); }
TEST(Stubs, OfTheStaticCLibrary) { Check("/usr/lib/x86_64-linux-gnu/libc.a"); }
TEST(Stubs, OfTheDynamicLinker) {
  Check("/lib64/ld-linux-x86-64.so.2");
}
TEST(Stubs, OfOpenMp) { Check("/usr/lib/x86_64-linux-gnu/libgomp.so.1"); }
TEST(Stubs, OfLibaio) { Check("/usr/lib/x86_64-linux-gnu/libaio.so.1"); }
TEST(Stubs, OfLiburing) { Check("/usr/lib/x86_64-linux-gnu/liburing.so.2"); }

}  // namespace
}  // namespace ckpt::core
