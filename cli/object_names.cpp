// object_names.cpp - kernel objects of an image in words.

#include <fmt/format.h>

#include "image_facts.h"

namespace ckpt::cli {
namespace {

using image::ObjectKind;
using image::ObjectRecord;
using image::SocketState;

std::string PipeText(const image::PipeData& data, const ObjectRecord& object) {
  if (data.first != object.fd) return fmt::format("of descriptor {}",
                                                  data.first);
  const auto* at = reinterpret_cast<const uint8_t*>(&data + 1);
  uint64_t bytes = 0;
  for (uint64_t i = 0; i < data.chunks; ++i) {
    const uint64_t size = reinterpret_cast<const image::PipeChunk*>(at)->size;
    bytes += size;
    at += sizeof(image::PipeChunk) + ((size + 7) & ~uint64_t{7});
  }
  return bytes == 0 ? "empty" : fmt::format("{} bytes unread", bytes);
}

std::string SocketText(const image::SocketData& data) {
  std::string text;
  switch (data.state) {
    case SocketState::kOwn:
      text = "not connected";
      break;
    case SocketState::kPair:
      text = fmt::format("connected with {}", data.peer);
      break;
    case SocketState::kPeerClosed:
      text = "its peer is gone";
      break;
    case SocketState::kListening:
      text = fmt::format("listening, backlog {}", data.backlog);
      break;
    case SocketState::kLost:
      text = "a restart resets it";
      break;
  }
  if (data.messages != 0) text += fmt::format(", {} unread", data.messages);
  return text;
}

}  // namespace

const char* ObjectKindName(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::kEventFd:
      return "eventfd";
    case ObjectKind::kTimerFd:
      return "timerfd";
    case ObjectKind::kSignalFd:
      return "signalfd";
    case ObjectKind::kEpoll:
      return "epoll";
    case ObjectKind::kPipe:
      return "pipe";
    case ObjectKind::kSocket:
      return "socket";
    case ObjectKind::kPidFd:
      return "pidfd";
  }
  return "?";
}

const char* KindOfFd(const image::Reader& reader, const image::FdRecord& fd) {
  const ObjectRecord* object =
      reader.FindObject(fd.same_as >= 0 ? fd.same_as : fd.fd);
  return object == nullptr ? FdKindName(fd.kind) : ObjectKindName(object->kind);
}

std::string ObjectText(const image::Reader& reader,
                       const image::FdRecord& fd) {
  const ObjectRecord* object = reader.FindObject(fd.fd);
  if (object == nullptr) return "";
  if (object->kind == ObjectKind::kPipe) {
    return PipeText(*reader.ObjectStart<image::PipeData>(*object), *object);
  }
  if (object->kind == ObjectKind::kSocket) {
    return SocketText(*reader.ObjectStart<image::SocketData>(*object));
  }
  return "";
}

}  // namespace ckpt::cli
