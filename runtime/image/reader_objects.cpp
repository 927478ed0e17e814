// reader_objects.cpp - what an image must say of kernel objects to be accepted;
// the last of the checks of reader_checks.cpp. Freestanding; used before a
// restore.

#include "image/reader.h"

namespace ckpt::image {
namespace {

constexpr uint64_t kMostNs = 1ull << 62;

constexpr uint64_t Padded(uint64_t size) { return (size + 7) & ~uint64_t{7}; }

// What the data of a kind begins with; of an epoll, what it consists of.
uint64_t RecordSize(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::kEventFd:
      return sizeof(EventFdData);
    case ObjectKind::kTimerFd:
      return sizeof(TimerFdData);
    case ObjectKind::kSignalFd:
      return sizeof(SignalFdData);
    case ObjectKind::kEpoll:
      return sizeof(EpollTarget);
    case ObjectKind::kPipe:
      return sizeof(PipeData);
    case ObjectKind::kSocket:
      return sizeof(SocketData);
    case ObjectKind::kPidFd:
      break;
  }
  return 0;
}

bool HasRightSize(const ObjectRecord& object) {
  const uint64_t one = RecordSize(object.kind);
  switch (object.kind) {
    case ObjectKind::kEpoll:
      return object.data_size % one == 0;
    case ObjectKind::kPipe:
    case ObjectKind::kSocket:
      return object.data_size >= one;
    default:
      return object.data_size == one;
  }
}

}  // namespace

const ObjectRecord* Reader::FindObject(int32_t fd) const {
  size_t low = 0, high = objects_.size;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (objects_[middle].fd == fd) return &objects_[middle];
    if (objects_[middle].fd < fd) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return nullptr;
}

// Each open file of kind kObject has one record, in the same order.
ReadError Reader::CheckObjects() const {
  size_t next = 0;
  for (size_t i = 0; i < fds_.size; ++i) {
    if (fds_[i].kind != FdKind::kObject || fds_[i].same_as >= 0) continue;
    if (next == objects_.size || objects_[next].fd != fds_[i].fd) {
      return Bad(ReadStatus::kObjects, "not one for each descriptor", next);
    }
    ++next;
  }
  if (next != objects_.size) {
    return Bad(ReadStatus::kObjects, "of no descriptor", next);
  }
  for (size_t i = 0; i < objects_.size; ++i) {
    const ObjectRecord& object = objects_[i];
    if (static_cast<uint32_t>(object.kind) >= kObjectKinds) {
      return Bad(ReadStatus::kObjects, "unknown kind", i);
    }
    if (object.data_offset % 8 != 0 ||
        !Within(object.data_offset, object.data_size, object_data_.size) ||
        !HasRightSize(object)) {
      return Bad(ReadStatus::kObjects, "wrong place or size of its data", i);
    }
  }
  for (size_t i = 0; i < objects_.size; ++i) {
    const ReadError error = CheckObject(i);
    if (!error.ok()) return error;
  }
  return {};
}

ReadError Reader::CheckObject(size_t index) const {
  const ObjectRecord& object = objects_[index];
  const char* wrong = nullptr;
  switch (object.kind) {
    case ObjectKind::kTimerFd:
      if (!IsGoodTimerFd(object)) wrong = "too far in the future";
      break;
    case ObjectKind::kEpoll:
      if (!IsGoodEpoll(object)) wrong = "watches what is not open";
      break;
    case ObjectKind::kPipe:
      if (!IsGoodPipe(object)) wrong = "not a pipe";
      break;
    case ObjectKind::kSocket:
      if (!IsGoodSocket(object)) wrong = "not a socket";
      break;
    default:
      break;
  }
  return wrong == nullptr ? ReadError{}
                          : Bad(ReadStatus::kObjects, wrong, index);
}

bool Reader::IsGoodTimerFd(const ObjectRecord& object) const {
  const TimerSetting& s = ObjectStart<TimerFdData>(object)->setting;
  return s.interval_ns <= kMostNs && s.remaining_ns <= kMostNs &&
         s.deadline_ns <= kMostNs;
}

bool Reader::IsGoodEpoll(const ObjectRecord& object) const {
  for (const EpollTarget& target : ObjectData<EpollTarget>(object)) {
    if (!HasEarlierFd(fds_.size, target.fd)) return false;
  }
  return true;
}

bool Reader::IsGoodPipe(const ObjectRecord& object) const {
  const PipeData& data = *ObjectStart<PipeData>(object);
  const ObjectRecord* first = FindObject(data.first);
  if (first == nullptr || first->kind != ObjectKind::kPipe ||
      first > &object || (data.flags & ~kAllPipeFlags) != 0 ||
      ObjectStart<PipeData>(*first)->first != data.first ||
      (first != &object && data.chunks != 0)) {
    return false;
  }
  uint64_t at = sizeof(data);
  for (uint64_t i = 0; i < data.chunks; ++i) {
    if (!Within(at, sizeof(PipeChunk), object.data_size)) return false;
    const uint64_t size =
        reinterpret_cast<const PipeChunk*>(
            reinterpret_cast<const uint8_t*>(&data) + at)->size;
    at += sizeof(PipeChunk);
    if (size == 0 || size > object.data_size ||
        !Within(at, Padded(size), object.data_size)) {
      return false;
    }
    at += Padded(size);
  }
  return at == object.data_size;
}

bool Reader::IsGoodPeer(const ObjectRecord& object,
                        const SocketData& data) const {
  if (data.state != SocketState::kPair) return data.peer == -1;
  const ObjectRecord* peer = FindObject(data.peer);
  if (peer == nullptr || peer == &object ||
      peer->kind != ObjectKind::kSocket) {
    return false;
  }
  const SocketData& other = *ObjectStart<SocketData>(*peer);
  return other.state == SocketState::kPair && other.peer == object.fd &&
         other.type == data.type;
}

bool Reader::IsGoodSocket(const ObjectRecord& object) const {
  const SocketData& data = *ObjectStart<SocketData>(object);
  constexpr uint32_t kBoth = 3;
  if (data.state > SocketState::kLost || data.shut > kBoth ||
      (data.flags & ~kAllSocketFlags) != 0 ||
      data.address_size > kMaxAddress ||
      data.peer_address_size > kMaxAddress || !IsGoodPeer(object, data)) {
    return false;
  }
  uint64_t at = sizeof(data);
  if (!Within(at, uint64_t{data.options} * sizeof(SocketOption),
              object.data_size)) {
    return false;
  }
  const auto* options = reinterpret_cast<const SocketOption*>(&data + 1);
  for (uint32_t i = 0; i < data.options; ++i) {
    if (options[i].size > sizeof(options[i].value)) return false;
  }
  at += data.options * sizeof(SocketOption);
  for (uint32_t i = 0; i < data.messages; ++i) {
    if (!IsGoodMessage(object, &at)) return false;
  }
  return at == object.data_size;
}

bool Reader::IsGoodMessage(const ObjectRecord& object, uint64_t* at) const {
  if (!Within(*at, sizeof(SocketMessage), object.data_size)) return false;
  const uint8_t* start = ObjectStart<uint8_t>(object);
  const auto& message = *reinterpret_cast<const SocketMessage*>(start + *at);
  *at += sizeof(message);
  if (message.rights > kMaxRights || message.address_size > kMaxAddress ||
      message.size > object.data_size) {
    return false;
  }
  const auto* rights = reinterpret_cast<const int32_t*>(start + *at);
  const uint64_t rights_size = Padded(message.rights * sizeof(int32_t));
  const uint64_t size =
      rights_size + Padded(message.address_size) + Padded(message.size);
  if (!Within(*at, size, object.data_size)) return false;
  for (uint32_t i = 0; i < message.rights; ++i) {
    if (!HasEarlierFd(fds_.size, rights[i])) return false;
  }
  *at += size;
  return true;
}

}  // namespace ckpt::image
