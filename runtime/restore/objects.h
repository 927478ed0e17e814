// objects.h - makes the kernel objects of an image anew (track/objects records
// them). One file for each kind. In the process that will be restored, before
// its memory goes; the results are the kernel's.

#ifndef CKPT_RESTORE_OBJECTS_H
#define CKPT_RESTORE_OBJECTS_H

#include "image/reader.h"

namespace ckpt::restore {

// A new descriptor, or -errno.
long MakeObject(const image::Reader& reader, const image::ObjectRecord& object);
// When every descriptor has its number: what refers to others.
void LinkObject(const image::Reader& reader, const image::ObjectRecord& object);

long MakeEventFd(const image::EventFdData& data);
long MakeTimerFd(const image::TimerFdData& data);
long MakeSignalFd(const image::SignalFdData& data);
long MakeEpoll();
void LinkEpoll(int epoll, Span<const image::EpollTarget> targets);

}  // namespace ckpt::restore

#endif
