// startup.cpp - the runtime's beginning, before any constructor of the program
// and its libraries: options, then either the restart or the preparations for
// checkpoints. And what main's first line (inserted by the pass) finds left to
// do.

#include <elf.h>

#include "base/bytes.h"
#include "base/fault.h"
// The executable exports these for its libraries.
#pragma GCC visibility push(default)
#include "checkpoint.h"
#pragma GCC visibility pop
#include "ckpt/abi.h"
#include "core/claim.h"
#include "core/coordinator.h"
#include "core/forked.h"
#include "core/message.h"
#include "core/process_settings.h"
#include "core/safepoint.h"
#include "core/state.h"
#include "core/thread_settings.h"
#include "hooks/callbacks.h"
#include "hooks/libc.h"
#include "hooks/mutex_protocol.h"
#include "restore/loader.h"
#include "sys/file.h"
#include "sys/memory.h"
#include "sys/process.h"
#include "track/registry.h"

// Reserves a real-time signal for us, so that SIGRTMAX shrinks for the program.
// Exported by the C library for other libraries' use.
extern "C" int __libc_allocate_rtsig(int high);

namespace ckpt::hooks {
namespace {

using core::g_state;

// The value of NAME= in the environment, or nullptr. Removes it if asked to:
// what it says is for this process, not for its children.
char* Environment(char** envp, const char* name_equals, bool remove) {
  for (char** p = envp; *p != nullptr; ++p) {
    if (!StartsWith(*p, name_equals)) continue;
    char* value = *p + StrLen(name_equals);
    if (remove) {
      for (char** q = p; (*q = q[1]) != nullptr;) ++q;
    }
    return value;
  }
  return nullptr;
}

// AT_SECURE: setuid and the like. The auxiliary vector follows the environment;
// in a moved one (edited envp) its place is found from the end.
bool IsSecure(char** envp) {
  char** p = envp;
  while (*p != nullptr) ++p;
  for (auto* a = reinterpret_cast<Elf64_auxv_t*>(p + 1); a->a_type != AT_NULL;
       ++a) {
    if (a->a_type == AT_SECURE) return a->a_un.a_val != 0;
  }
  return false;
}

// Takes the option words out of argv.
void CutArguments(int argc, char** argv, size_t at) {
  g_state.argc = static_cast<int32_t>(at);
  for (int i = static_cast<int>(at); i < argc; ++i) argv[i] = nullptr;
  // The kernel's count lies before the first pointer; a dynamic program's
  // _start reads it after us.
  auto* count = reinterpret_cast<uint64_t*>(argv) - 1;
  if (*count == static_cast<uint64_t>(argc)) *count = at;
}

// The command line wins over the environment.
void ReadOptions(int argc, char** argv, char** envp) {
  char* text = Environment(envp, "CKPT_OPTIONS=", true);
  const char* bad = "";
  if (text != nullptr && !core::ParseText(text, &g_state.options, &bad)) {
    core::Fatal(Line().Str("CKPT_OPTIONS: bad option: ").Str(bad));
  }
  const char* leave = Environment(envp, "CKPT_ARGV=", false);
  if (leave != nullptr && StrEq(leave, "0")) return;
  static constinit core::Options given;
  const size_t at = core::FindOptions(argc, argv, &given);
  if (at == static_cast<size_t>(argc)) return;
  core::Override(given, &g_state.options);
  CutArguments(argc, argv, at);
}

// Paths that must mean the same when the program has changed its directory.
void MakeAbsolute(char* path) {
  if (path[0] == '/' || path[0] == '\0' || StrEq(path, "auto")) return;
  char cwd[core::kPathCapacity];
  if (sys::Raw(__NR_getcwd, cwd, sizeof(cwd)) < 0) return;
  PathLine full;
  full.Str(cwd).Char('/').Str(path);
  if (!StrCopy(path, core::kPathCapacity, full.text())) {
    core::Fatal(Line().Str("path too long: ").Str(path));
  }
}

void FindNames() {
  if (sys::ReadLink("/proc/self/exe", g_state.program,
                    core::kPathCapacity) < 0) {
    core::Fatal(Line().Str("cannot read /proc/self/exe"));
  }
  StrCopy(g_state.name, sizeof(g_state.name), BaseName(g_state.program));
  core::Options& o = g_state.options;
  if (o.directory[0] == '\0') {
    if (sys::Raw(__NR_getcwd, o.directory, core::kPathCapacity) < 0 ||
        o.directory[0] != '/') {
      StrCopy(o.directory, core::kPathCapacity, "/");
    }
  } else {
    MakeAbsolute(o.directory);
  }
  MakeAbsolute(o.restart);
}

void CheckDirectory() {
  struct stat st;
  const core::Options& o = g_state.options;
  if (!o.Given(core::kDirectory)) return;
  if (sys::StatPath(o.directory, &st) < 0 || !S_ISDIR(st.st_mode)) {
    core::Fatal(Line().Str("-d ").Str(o.directory).Str(": not a directory"));
  }
}

// From here on checkpoints can be taken.
bool KeepArguments() {
  const auto count = static_cast<size_t>(g_state.argc);
  size_t size = count * sizeof(char*);
  for (size_t i = 0; i < count; ++i) size += StrLen(g_state.argv[i]) + 1;
  const long block = sys::MapAnonymous(size);
  if (sys::IsError(block)) return false;
  auto** copies = reinterpret_cast<char**>(block);
  char* text = reinterpret_cast<char*>(copies + count);
  for (size_t i = 0; i < count; ++i) {
    const size_t length = StrLen(g_state.argv[i]) + 1;
    __builtin_memcpy(text, g_state.argv[i], length);
    copies[i] = text;
    text += length;
  }
  g_state.arguments = copies;
  return true;
}

void PrepareCheckpoints() {
  g_state.pid = sys::GetPid();
  core::NoteCredentials();
  core::ReadLaunchersThread(&g_state.launcher_thread);
  core::NoteLaunchersProcess();
  g_state.inherited_count =
      track::ListInherited(g_state.inherited, core::kMaxInherited);
  core::NewRunId();
  // Without memory the program runs on without checkpoints.
  if (!KeepArguments() || track::InitRegistry() < 0) return;
  FindLinker();
  // Not only when it is needed: by then it might be a child's, between vfork
  // and exec.
  track::Self();
  g_state.stop_signal = g_state.options.stop_signal;
  if (g_state.stop_signal == 0) g_state.stop_signal = __libc_allocate_rtsig(0);
  if (g_state.stop_signal <= 0) {
    core::Fatal(Line().Str("no signal is free for checkpoints (use -s)"));
  }
  if (g_state.options.exit_signal == g_state.stop_signal) {
    core::Fatal(Line().Str("-s and -x name the same signal"));
  }
  g_state.enabled = true;
  core::InstallHandlers();
  core::PublishClaim();
  const core::Options& o = g_state.options;
  if (o.interval_us != 0 || o.exit_signal != 0) {
    long r = fault::At(fault::Point::coordinator);
    if (r >= 0) r = core::StartCoordinator();
    if (r < 0) {
      Line line;
      line.Str("cannot start the checkpoint thread: ");
      core::AddError(&line, r);
      core::Fatal(line);
    }
  }
}

bool IsOne(const char* value) { return value != nullptr && StrEq(value, "1"); }

void Start(int argc, char** argv, char** envp) {
  if (g_state.initialized) return;
  g_state.initialized = true;
  ResolveLibc();
  g_state.argc = argc;
  g_state.argv = argv;
  if (argc < 1 || argv == nullptr || IsSecure(envp) ||
      IsOne(Environment(envp, "CKPT_DISABLE=", false))) {
    // Locks cost no more than in a program that is checkpointed.
    CheckMutexProtocol();
    return;
  }
  if (const char* text = Environment(envp, "CKPT_FAULT=", false)) {
    if (!fault::Arm(text)) {
      core::Fatal(Line().Str("CKPT_FAULT: no such fault point: ").Str(text));
    }
  }
  CheckMutexProtocol();
  ReadOptions(argc, argv, envp);
  if (g_state.options.Given(core::kHelp)) {
    core::PrintHelp();
    sys::ExitGroup(0);
  }
  FindNames();
  CheckDirectory();
  if (g_state.options.Given(core::kRestart)) restore::Restart();
  PrepareCheckpoints();
}

// Handed argc, argv and envp because the C library's own are not set yet.
__attribute__((section(".preinit_array"), used, retain)) void (
    *const g_start)(int, char**, char**) = Start;

}  // namespace
}  // namespace ckpt::hooks

// What pass, wrapper and runtime must agree on; its name is its version.
extern "C" const int CKPT_ABI_SYMBOL = CKPT_ABI_VERSION;

// Inserted at the top of main. Both null in a main without arguments.
extern "C" void __ckpt_main_init(int* argc, char** argv) {
  using namespace ckpt;
  if (!core::g_state.initialized) {
    // -nostartfiles, or another start file than the C library's.
    core::SayError(Line().Str(
        "checkpointing is off: the program does not run .preinit_array"));
    core::g_state.initialized = true;
    return;
  }
  // Only main's own arguments: it may call itself with others.
  if (argc != nullptr && argv == core::g_state.argv) {
    *argc = core::g_state.argc;
  }
}

extern "C" void checkpoint_init(int* argc, char** argv) {
  using namespace ckpt;
  if (core::g_state.initialized && argc == nullptr && argv == nullptr &&
      core::IsUnprotectedChild()) {
    hooks::TakeExitSignal();
    core::ProtectChild();
    hooks::StartCallbackThread();
    return;
  }
  __ckpt_main_init(argc, argv);
}
