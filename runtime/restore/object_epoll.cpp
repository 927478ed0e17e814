// object_epoll.cpp - an epoll, and what it watches. What is ready is told once
// more, also where only changes are (EPOLLET): none is lost.

#include <sys/epoll.h>

#include "core/message.h"
#include "restore/objects.h"
#include "sys/x86_64/syscall.h"

namespace ckpt::restore {

long MakeEpoll() { return sys::Raw(__NR_epoll_create1, EPOLL_CLOEXEC); }

void LinkEpoll(int epoll, Span<const image::EpollTarget> targets) {
  for (const image::EpollTarget& target : targets) {
    epoll_event event{};
    event.events = target.events;
    event.data.u64 = target.data;
    const long r =
        sys::Raw(__NR_epoll_ctl, epoll, EPOLL_CTL_ADD, target.fd, &event);
    if (r >= 0) continue;
    // A launcher's descriptor that is another kind of file now.
    if (r == -1) {  // EPERM
      core::Say(Line().Str("descriptor ")
                    .Dec(static_cast<uint64_t>(target.fd))
                    .Str(" cannot be watched by epoll any more"));
      continue;
    }
    Line line;
    line.Str("restart refused: epoll: descriptor ")
        .Dec(static_cast<uint64_t>(target.fd)).Str(": ");
    core::AddError(&line, r);
    core::Fatal(line);
  }
}

}  // namespace ckpt::restore
