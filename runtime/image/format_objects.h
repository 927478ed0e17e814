// format_objects.h - kernel objects of the process in an image (the notes
// kObjects and kObjectData of format.h): fixed-width PODs, as there.

#ifndef CKPT_IMAGE_FORMAT_OBJECTS_H
#define CKPT_IMAGE_FORMAT_OBJECTS_H

#include <stdint.h>

#include "image/format.h"

namespace ckpt::image {

// Kernel objects inside the process that a descriptor stands for.
enum class ObjectKind : uint32_t {
  kEventFd = 0,   // EventFdData
  kTimerFd = 1,   // TimerFdData
  kSignalFd = 2,  // SignalFdData
  kEpoll = 3,     // EpollTarget[]
  kPipe = 4,      // PipeData, PipeChunk[]
  kSocket = 5,    // SocketData, SocketOption[], SocketMessage[]
  kPidFd = 6,     // nothing: the process itself
};
constexpr uint32_t kObjectKinds = 7;

// What is behind a descriptor of kind kObject that shares its open file with no
// earlier one.
struct ObjectRecord {
  int32_t fd;
  ObjectKind kind;
  uint64_t data_offset;  // in kObjectData, a multiple of 8
  uint64_t data_size;    // one record of the kind, or any number of them
};
static_assert(sizeof(ObjectRecord) == 24);

struct EventFdData {
  uint64_t count;
  uint64_t semaphore;  // 1: EFD_SEMAPHORE
};
static_assert(sizeof(EventFdData) == 16);

// A timerfd.
struct TimerFdData {
  uint32_t clock;  // CLOCK_*
  uint32_t flags;  // TFD_TIMER_* of the last timerfd_settime
  TimerSetting setting;
};
static_assert(sizeof(TimerFdData) == 40);

struct SignalFdData {
  uint64_t mask;  // bit n - 1: signal n
};
static_assert(sizeof(SignalFdData) == 8);

// A descriptor that an epoll watches.
struct EpollTarget {
  int32_t fd;
  uint32_t events;  // EPOLL*; a one-shot that has been told of has no others
  uint64_t data;
};
static_assert(sizeof(EpollTarget) == 16);

// An end of a pipe, or of a FIFO: then the descriptor's path begins with '/'.
struct PipeData {
  int32_t first;      // descriptor of the pipe's first end, which has the bytes
  uint32_t flags;     // kPipe*
  uint64_t capacity;  // 0: the system's
  uint64_t chunks;    // PipeChunk, each with its bytes, to a multiple of 8
};
static_assert(sizeof(PipeData) == 24);
constexpr uint32_t kPipePackets = 1;   // each chunk is a packet (O_DIRECT)
constexpr uint32_t kPipeUnwritten = 2;  // a FIFO that nobody has written to yet
constexpr uint32_t kAllPipeFlags = 3;

struct PipeChunk {
  uint64_t size;
};

// What becomes of a socket.
enum class SocketState : uint32_t {
  kOwn = 0,        // neither connected nor waiting for connections; or by
                   // address alone: datagrams
  kPair = 1,       // connected with another one of the process
  kPeerClosed = 2,  // the other one is gone
  kListening = 3,
  kLost = 4,  // connected with somebody else: the restored one has been reset
};

constexpr uint32_t kMaxAddress = 128;  // sizeof(sockaddr_storage)

struct SocketData {
  uint32_t domain, type, protocol;
  SocketState state;
  int32_t peer;        // under kPair its descriptor, else -1
  uint32_t shut;       // 1: for reading, 2: for writing
  uint32_t backlog;    // under kListening
  uint32_t flags;      // kSocket*
  uint32_t address_size, peer_address_size;  // 0: none
  uint32_t options, messages;  // how many follow
  uint32_t mode;       // st_mode of its file, if it is bound to one
  uint32_t reserved;
  uint8_t address[kMaxAddress];
  uint8_t peer_address[kMaxAddress];
};
static_assert(sizeof(SocketData) == 312);
constexpr uint32_t kSocketNameRemoved = 1;  // bound to a file that is gone
constexpr uint32_t kSocketErrorSeen = 2;    // kLost: its end is no news
constexpr uint32_t kAllSocketFlags = 3;

struct SocketOption {
  uint32_t level, name, size, reserved;
  uint8_t value[16];
};
static_assert(sizeof(SocketOption) == 32);

// What has arrived and nobody has read. Behind it the descriptors that go with
// it (i32 each), the sender's address and the bytes, each to a multiple of 8.
struct SocketMessage {
  uint64_t size;
  uint32_t rights;  // how many descriptors
  uint32_t address_size;
};
static_assert(sizeof(SocketMessage) == 16);
constexpr uint32_t kMaxRights = 253;  // SCM_MAX_FD

}  // namespace ckpt::image

#endif
