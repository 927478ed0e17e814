// core_flag.cpp - see core_flag.h.

#include "restore/core_flag.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include "restore/namespaces.h"
#include "sys/file.h"
#include "sys/process.h"

namespace ckpt::restore {
namespace {

constexpr uint64_t kCoreSize = 65536;
// Any directory that there is.
constexpr const char* kPlace = "/proc";

// An empty file system as the root. In it the directories of `pattern`
// (core(5)) as far as their names are plain.
bool EnterEmptyRoot(char* pattern) {
  if (sys::Raw(__NR_unshare, CLONE_NEWNS) < 0) {
    const auto uid = static_cast<uint64_t>(sys::Raw(__NR_geteuid));
    const auto gid = static_cast<uint64_t>(sys::Raw(__NR_getegid));
    if (sys::Raw(__NR_unshare, CLONE_NEWUSER | CLONE_NEWNS) < 0 ||
        !MapIds(uid, gid)) {
      return false;
    }
  }
  if (sys::Raw(__NR_mount, 0, "/", 0, MS_REC | MS_PRIVATE, 0) < 0 ||
      sys::Raw(__NR_mount, "none", kPlace, "tmpfs", MS_NOSUID | MS_NODEV,
               "size=1m,mode=777") < 0 ||
      sys::Raw(__NR_chdir, kPlace) < 0 || sys::Raw(__NR_chroot, ".") < 0) {
    return false;
  }
  for (char* p = pattern; *p != '\0' && *p != '\n' && *p != '%'; ++p) {
    if (*p != '/' || p == pattern) continue;
    *p = '\0';
    sys::Raw(__NR_mkdir, pattern, 0777);
    *p = '/';
  }
  return true;
}

}  // namespace

bool PrepareHiddenCore() {
  char pattern[256];
  if (sys::ReadWhole("/proc/sys/kernel/core_pattern", pattern,
                     sizeof(pattern)) < 0) {
    return false;
  }
  rlimit limit{};
  sys::Raw(__NR_getrlimit, RLIMIT_CORE, &limit);
  limit.rlim_cur = limit.rlim_max < kCoreSize ? limit.rlim_max : kCoreSize;
  sys::Raw(__NR_setrlimit, RLIMIT_CORE, &limit);
  // Nothing of the memory is in it.
  const long fd = sys::Open("/proc/self/coredump_filter", O_WRONLY | O_CLOEXEC);
  if (fd >= 0) {
    sys::Write(static_cast<int>(fd), "0", 1);
    sys::Close(static_cast<int>(fd));
  }
  // A pipe gets one from each process that dies.
  if (pattern[0] != '|' && !EnterEmptyRoot(pattern)) return false;
  // A process that has changed its namespace leaves none.
  sys::Prctl(PR_SET_DUMPABLE, 1);
  return true;
}

void ForbidCore() { sys::Prctl(PR_SET_DUMPABLE, 0); }

}  // namespace ckpt::restore
