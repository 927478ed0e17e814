// Tests of runtime/image/reader_objects.cpp: what an image says of kernel
// objects. One row, one contradiction; and any byte may be wrong without more
// harm than an error.

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <functional>
#include <string>

#include "image/reader.h"
#include "image_builder.h"

namespace ckpt::image {
namespace {

class Objects {
 public:
  explicit Objects(ImageBuilder* builder) : builder_(builder) {}

  void Begin(int32_t fd, ObjectKind kind) {
    builder_->AddFd(fd, "an object");
    builder_->fds.back().kind = FdKind::kObject;
    builder_->objects.push_back({fd, kind, builder_->object_data.size(), 0});
  }
  template <typename Data>
  void Add(const Data& data) {
    Bytes(&data, sizeof(data));
  }
  void Bytes(const void* data, size_t size) {
    auto& all = builder_->object_data;
    const auto* bytes = static_cast<const uint8_t*>(data);
    all.insert(all.end(), bytes, bytes + size);
    all.resize((all.size() + 7) / 8 * 8);
    ObjectRecord& object = builder_->objects.back();
    object.data_size = all.size() - object.data_offset;
  }

 private:
  ImageBuilder* builder_;
};

SocketData Pair(int32_t peer) {
  SocketData data = {};
  data.domain = AF_UNIX;
  data.type = SOCK_STREAM;
  data.state = SocketState::kPair;
  data.peer = peer;
  return data;
}

// 10 eventfd; 11 timerfd; 12 epoll; 13, 14 the ends of a pipe; 15, 16 a pair of
// sockets, the first with two messages; 17 a socket that listens.
enum Index { kEvent, kTimer, kWatch, kEnd, kOtherEnd, kOne, kOther, kListen };

ImageBuilder Sample() {
  ImageBuilder builder = ImageBuilder::Sample();
  Objects objects(&builder);
  objects.Begin(10, ObjectKind::kEventFd);
  objects.Add(EventFdData{5, 0});
  objects.Begin(11, ObjectKind::kTimerFd);
  objects.Add(TimerFdData{1, 0, {0, 1000, 0, 0}});
  objects.Begin(12, ObjectKind::kEpoll);
  objects.Add(EpollTarget{10, 1, 77});
  objects.Add(EpollTarget{13, 1, 78});
  objects.Begin(13, ObjectKind::kPipe);
  objects.Add(PipeData{13, kPipePackets, 65536, 2});
  objects.Add(PipeChunk{3});
  objects.Bytes("abc", 3);
  objects.Add(PipeChunk{9});
  objects.Bytes("defghijkl", 9);
  objects.Begin(14, ObjectKind::kPipe);
  objects.Add(PipeData{13, kPipePackets, 65536, 0});
  objects.Begin(15, ObjectKind::kSocket);
  SocketData one = Pair(16);
  one.options = 1;
  one.messages = 2;
  objects.Add(one);
  objects.Add(SocketOption{SOL_SOCKET, SO_SNDBUF, 4, 0, {1, 2, 3}});
  const int32_t rights[] = {10, 7};
  objects.Add(SocketMessage{2, 2, 0});
  objects.Bytes(rights, sizeof(rights));
  objects.Bytes("xy", 2);
  objects.Add(SocketMessage{0, 0, 5});
  objects.Bytes("\1\0abc", 5);
  objects.Begin(16, ObjectKind::kSocket);
  objects.Add(Pair(15));
  objects.Begin(17, ObjectKind::kSocket);
  SocketData listening = Pair(-1);
  listening.state = SocketState::kListening;
  objects.Add(listening);
  return builder;
}

ObjectRecord& Object(Bytes& image, Index index) {
  return Records<ObjectRecord>(image, NoteType::kObjects)[index];
}
template <typename Data>
Data& DataAt(Bytes& image, Index index, size_t offset = 0) {
  uint8_t* all = Records<uint8_t>(image, NoteType::kObjectData);
  return *reinterpret_cast<Data*>(all + Object(image, index).data_offset +
                                  offset);
}
SocketMessage& FirstMessage(Bytes& image) {
  return DataAt<SocketMessage>(image, kOne,
                               sizeof(SocketData) + sizeof(SocketOption));
}

ReadError Open(const Bytes& bytes) {
  // At an address as mmap would give it.
  auto* copy = static_cast<uint8_t*>(aligned_alloc(4096, (bytes.size() + 4095) /
                                                             4096 * 4096));
  memcpy(copy, bytes.data(), bytes.size());
  Reader reader;
  const ReadError error = reader.Open({copy, bytes.size()}, bytes.size());
  free(copy);
  return error;
}

TEST(ImageObjects, GoodOnesAreAccepted) {
  const ReadError error = Open(Sample().Build());
  EXPECT_STREQ(Describe(error).text(), "good");
}

struct Case {
  const char* name;
  std::function<void(Bytes&)> damage;
  const char* text;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

constexpr uint64_t kHuge = ~uint64_t{7};

const Case kCases[] = {
    {"Kind", [](Bytes& b) { Object(b, kEvent).kind = ObjectKind{99}; },
     "objects: record 0: unknown kind"},
    {"Place", [](Bytes& b) { Object(b, kEvent).data_offset = kHuge; },
     "objects: record 0: wrong place or size of its data"},
    {"Unaligned", [](Bytes& b) { Object(b, kTimer).data_offset += 4; },
     "objects: record 1: wrong place or size of its data"},
    {"Size", [](Bytes& b) { Object(b, kEvent).data_size += 8; },
     "objects: record 0: wrong place or size of its data"},
    {"SizeBeyond", [](Bytes& b) { Object(b, kListen).data_size = kHuge; },
     "objects: record 7: wrong place or size of its data"},
    {"HalfATarget", [](Bytes& b) { Object(b, kWatch).data_size -= 8; },
     "objects: record 2: wrong place or size of its data"},
    {"NoSocketData", [](Bytes& b) { Object(b, kOther).data_size = 8; },
     "objects: record 6: wrong place or size of its data"},
    {"TimerTooLate",
     [](Bytes& b) {
       DataAt<TimerFdData>(b, kTimer).setting.remaining_ns = kHuge;
     },
     "objects: record 1: too far in the future"},
    {"Watched", [](Bytes& b) { DataAt<EpollTarget>(b, kWatch).fd = 99; },
     "objects: record 2: watches what is not open"},
    {"PipeFirst", [](Bytes& b) { DataAt<PipeData>(b, kOtherEnd).first = 10; },
     "objects: record 4: not a pipe"},
    {"PipeFirstLater", [](Bytes& b) { DataAt<PipeData>(b, kEnd).first = 14; },
     "objects: record 3: not a pipe"},
    {"PipeFlags", [](Bytes& b) { DataAt<PipeData>(b, kEnd).flags = 4; },
     "objects: record 3: not a pipe"},
    {"PipeChunks", [](Bytes& b) { DataAt<PipeData>(b, kEnd).chunks = 3; },
     "objects: record 3: not a pipe"},
    {"PipeChunksMany",
     [](Bytes& b) { DataAt<PipeData>(b, kEnd).chunks = kHuge; },
     "objects: record 3: not a pipe"},
    {"PipeChunksElsewhere",
     [](Bytes& b) { DataAt<PipeData>(b, kOtherEnd).chunks = 1; },
     "objects: record 4: not a pipe"},
    {"PipeChunkSize",
     [](Bytes& b) {
       DataAt<PipeChunk>(b, kEnd, sizeof(PipeData)).size = kHuge + 7;
     },
     "objects: record 3: not a pipe"},
    {"PipeChunkEmpty",
     [](Bytes& b) { DataAt<PipeChunk>(b, kEnd, sizeof(PipeData)).size = 0; },
     "objects: record 3: not a pipe"},
    {"SocketState",
     [](Bytes& b) { DataAt<SocketData>(b, kOne).state = SocketState{5}; },
     "objects: record 5: not a socket"},
    {"SocketShut", [](Bytes& b) { DataAt<SocketData>(b, kOther).shut = 4; },
     "objects: record 6: not a socket"},
    {"SocketFlags", [](Bytes& b) { DataAt<SocketData>(b, kOther).flags = 8; },
     "objects: record 6: not a socket"},
    {"PeerOfNone", [](Bytes& b) { DataAt<SocketData>(b, kListen).peer = 15; },
     "objects: record 7: not a socket"},
    {"PeerMissing", [](Bytes& b) { DataAt<SocketData>(b, kOne).peer = 99; },
     "objects: record 5: not a socket"},
    {"PeerItself", [](Bytes& b) { DataAt<SocketData>(b, kOne).peer = 15; },
     "objects: record 5: not a socket"},
    {"PeerAPipe", [](Bytes& b) { DataAt<SocketData>(b, kOne).peer = 13; },
     "objects: record 5: not a socket"},
    {"PeerOfAnother", [](Bytes& b) { DataAt<SocketData>(b, kOther).peer = 17; },
     "objects: record 5: not a socket"},
    {"PeerOfAnotherType",
     [](Bytes& b) { DataAt<SocketData>(b, kOther).type = SOCK_DGRAM; },
     "objects: record 5: not a socket"},
    {"AddressSize",
     [](Bytes& b) { DataAt<SocketData>(b, kListen).address_size = 129; },
     "objects: record 7: not a socket"},
    {"Options", [](Bytes& b) { DataAt<SocketData>(b, kOne).options = ~0u; },
     "objects: record 5: not a socket"},
    {"OptionSize",
     [](Bytes& b) {
       DataAt<SocketOption>(b, kOne, sizeof(SocketData)).size = 17;
     },
     "objects: record 5: not a socket"},
    {"Messages", [](Bytes& b) { DataAt<SocketData>(b, kOne).messages = 3; },
     "objects: record 5: not a socket"},
    {"MessagesFew", [](Bytes& b) { DataAt<SocketData>(b, kOne).messages = 1; },
     "objects: record 5: not a socket"},
    {"MessageSize", [](Bytes& b) { FirstMessage(b).size = ~uint64_t{0}; },
     "objects: record 5: not a socket"},
    {"MessageRights", [](Bytes& b) { FirstMessage(b).rights = 254; },
     "objects: record 5: not a socket"},
    {"MessageAddress", [](Bytes& b) { FirstMessage(b).address_size = 129; },
     "objects: record 5: not a socket"},
    {"RightOfNothing",
     [](Bytes& b) { *reinterpret_cast<int32_t*>(&FirstMessage(b) + 1) = 99; },
     "objects: record 5: not a socket"},
};

class ImageObjectsCase : public testing::TestWithParam<Case> {};

TEST_P(ImageObjectsCase, IsRefused) {
  Bytes image = Sample().Build();
  GetParam().damage(image);
  Reseal(image);
  EXPECT_STREQ(Describe(Open(image)).text(), GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(All, ImageObjectsCase, testing::ValuesIn(kCases),
                         [](const auto& info) { return info.param.name; });

// Whatever a byte says, the reader stays within the image: a tool that checks
// memory would see it.
TEST(ImageObjects, AnyByteMayBeWrong) {
  const Bytes good = Sample().Build();
  Bytes image = good;
  size_t size = 0;
  for (NoteType note : {NoteType::kObjects, NoteType::kObjectData}) {
    uint8_t* at = Records<uint8_t>(image, note, &size);
    for (size_t i = 0; i < size; ++i) {
      const uint8_t before = at[i];
      for (int value : {0, 1, 0x7f, 0x80, 0xff}) {
        at[i] = static_cast<uint8_t>(value);
        Reseal(image);
        Open(image);
      }
      at[i] = before;
    }
  }
  Reseal(image);
  EXPECT_TRUE(Open(image).ok());
}

}  // namespace
}  // namespace ckpt::image
