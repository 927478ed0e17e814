// children.cpp - see children.h.

#include "sys/children.h"

#include <sys/wait.h>

#include "base/bytes.h"
#include "sys/file.h"
#include "sys/proc.h"
#include "sys/process.h"

namespace ckpt::sys {
namespace {

constexpr int kLook = WEXITED | WNOHANG | WNOWAIT;

// How /proc names this process; 0 if it cannot tell. Another number than
// getpid's in a pid namespace whose /proc is the outer one.
int OuterSelf() {
  char self[32];
  const char* p = self;
  return ReadLink("/proc/self", self, sizeof(self)) > 0
             ? static_cast<int>(ParseNumber(&p, 10))
             : 0;
}

Line PathOf(int outer_pid, const char* file) {
  return Line().Str("/proc/").Dec(static_cast<uint64_t>(outer_pid)).Char('/')
      .Str(file);
}

// The id of a process in the innermost namespace it is in; 0 if it is gone.
int InnermostPid(int outer_pid) {
  char text[4096];
  if (ReadWhole(PathOf(outer_pid, "status").text(), text, sizeof(text)) < 0) {
    return 0;
  }
  const char* p = StatusField(text, "NSpid:");
  uint64_t pid = 0;
  while (p != nullptr && *p >= '0' && *p <= '9') {
    pid = ParseNumber(&p, 10);
    while (*p == '\t' || *p == ' ') ++p;
  }
  return static_cast<int>(pid);
}

struct Walk {
  ChildVisitor visit;
  void* context;
  int self;        // this process, as /proc names it
  bool translate;  // the numbers of /proc are not ours
  bool go_on;

  void Visit(int outer_pid) {
    const int pid = translate ? InnermostPid(outer_pid) : outer_pid;
    if (pid != 0 && go_on) go_on = visit(context, {pid, outer_pid});
  }
};

bool Begin(Walk* walk) {
  walk->self = OuterSelf();
  walk->translate = walk->self != GetPid();
  walk->go_on = true;
  return walk->self != 0;
}

// The list of one thread: numbers, separated by blanks.
void VisitList(Walk* walk, int task) {
  const Line path = Line().Str("/proc/self/task/")
                        .Dec(static_cast<uint64_t>(task)).Str("/children");
  const long fd = Open(path.text(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  char text[1024];
  long n;
  int number = 0;
  while (walk->go_on &&
         (n = Read(static_cast<int>(fd), text, sizeof(text))) > 0) {
    for (long i = 0; i < n && walk->go_on; ++i) {
      if (text[i] >= '0' && text[i] <= '9') {
        number = number * 10 + (text[i] - '0');
      } else if (number != 0) {
        walk->Visit(number);
        number = 0;
      }
    }
  }
  Close(static_cast<int>(fd));
}

// Field 4 of a stat file; 0 if the process is gone.
int ParentOf(int outer_pid) {
  char text[1024];
  if (ReadWhole(PathOf(outer_pid, "stat").text(), text, sizeof(text)) < 0) {
    return 0;
  }
  const char* p = text;  // behind the last ')': the name may hold one
  for (const char* q = text; *q != '\0'; ++q) {
    if (*q == ')') p = q + 1;
  }
  if (p[0] != ' ' || p[1] == '\0' || p[2] != ' ') return 0;
  p += 3;
  return static_cast<int>(ParseNumber(&p, 10));
}

}  // namespace

bool HasChildren() {
  siginfo_t info;
  return Raw(__NR_waitid, P_ALL, 0, &info, kLook | __WALL, 0) >= 0;
}

ChildState LookAtChild(int32_t pid, siginfo_t* info) {
  info->si_pid = 0;
  if (Raw(__NR_waitid, P_PID, pid, info, kLook | __WALL, 0) < 0) {
    return ChildState::kNone;
  }
  return info->si_pid == 0 ? ChildState::kLiving : ChildState::kEnded;
}

bool IsCloneChild(int32_t pid) {
  siginfo_t info;
  info.si_pid = 0;
  const int options = kLook | static_cast<int>(__WCLONE);
  return Raw(__NR_waitid, P_PID, pid, &info, options, 0) >= 0 &&
         info.si_pid == pid;
}

bool ForEachChild(ChildVisitor visit, void* context) {
  Walk walk{visit, context, 0, false, true};
  if (!Begin(&walk)) return false;
  const long fd = Open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return ForEachChildByParent(visit, context);
  Close(static_cast<int>(fd));
  return ForEachNumber(
             "/proc/self/task",
             [](void* walk_, int task) {
               auto* w = static_cast<Walk*>(walk_);
               VisitList(w, task);
               return w->go_on;
             },
             &walk) >= 0;
}

bool ForEachChildByParent(ChildVisitor visit, void* context) {
  Walk walk{visit, context, 0, false, true};
  if (!Begin(&walk)) return false;
  return ForEachNumber(
             "/proc",
             [](void* walk_, int pid) {
               auto* w = static_cast<Walk*>(walk_);
               if (ParentOf(pid) == w->self) w->Visit(pid);
               return w->go_on;
             },
             &walk) >= 0;
}

LineOf<20> ProcessName(int32_t outer_pid) {
  char text[32];
  LineOf<20> name;
  if (ReadWhole(PathOf(outer_pid, "comm").text(), text, sizeof(text)) <= 0) {
    return name.Char('?');
  }
  for (const char* p = text; *p != '\0' && *p != '\n'; ++p) {
    name.Char(*p < ' ' || *p > '~' ? '?' : *p);
  }
  return name;
}

}  // namespace ckpt::sys
