// core_build_id_test.cpp - what tells one build from another.

#include "core/build_id.h"

#include <elf.h>
#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <vector>
#include <string>

namespace ckpt::core {
namespace {

std::string Bytes(const BuildId& id) {
  return {reinterpret_cast<const char*>(id.bytes), id.size};
}

// An ELF file with one note segment.
std::string Elf(const std::string& notes) {
  Elf64_Ehdr header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_phoff = sizeof(header);
  header.e_phentsize = sizeof(Elf64_Phdr);
  header.e_phnum = 1;
  Elf64_Phdr segment{};
  segment.p_type = PT_NOTE;
  segment.p_offset = sizeof(header) + sizeof(segment);
  segment.p_filesz = notes.size();
  return std::string(reinterpret_cast<char*>(&header), sizeof(header)) +
         std::string(reinterpret_cast<char*>(&segment), sizeof(segment)) +
         notes;
}

std::string Note(uint32_t type, std::string name, std::string descriptor) {
  const Elf64_Nhdr header{static_cast<uint32_t>(name.size()),
                          static_cast<uint32_t>(descriptor.size()), type};
  while (name.size() % 4 != 0) name += '\0';
  while (descriptor.size() % 4 != 0) descriptor += '\0';
  return std::string(reinterpret_cast<const char*>(&header), sizeof(header)) +
         name + descriptor;
}

const std::string kGnu("GNU\0", 4);

std::string IdOf(const std::string& file) {
  const std::string path = testing::TempDir() + "ckpt_build_id";
  std::ofstream(path, std::ios::binary) << file;
  const std::string id = Bytes(BuildIdOfFile(path.c_str()));
  std::remove(path.c_str());
  return id;
}

TEST(BuildId, IsFoundBehindOtherNotes) {
  EXPECT_EQ(IdOf(Elf(Note(1, kGnu, "abi tag 16 bytes") +
                     Note(3, std::string("GO\0\0", 4), "other") +
                     Note(3, kGnu, "twenty bytes of id..") +
                     Note(3, kGnu, "a second one"))),
            "twenty bytes of id..");
}

TEST(BuildId, LongerOnesAreCut) {
  EXPECT_EQ(IdOf(Elf(Note(3, kGnu, std::string(32, 'x')))).size(), 20u);
  EXPECT_EQ(IdOf(Elf(Note(3, kGnu, "short"))), "short");
}

TEST(BuildId, BrokenFilesHaveNone) {
  const std::string good = Elf(Note(3, kGnu, "twenty bytes of id.."));
  for (size_t size = 0; size < good.size(); ++size) {
    EXPECT_EQ(IdOf(good.substr(0, size)), "") << size;
  }
  std::string endless = good;
  endless[good.size() - 32 + 4] = '\xff';  // descriptor size
  endless[good.size() - 32 + 7] = '\xff';
  EXPECT_EQ(IdOf(endless), "");
  EXPECT_EQ(IdOf("a text"), "");
  EXPECT_EQ(Bytes(BuildIdOfFile("/nonexistent")), "");
  EXPECT_EQ(Bytes(BuildIdOfFile("/tmp")), "");
}

TEST(Arguments, AllButTheName) {
  const auto sum = [](std::vector<std::string> words) {
    std::vector<char*> pointers;
    for (std::string& word : words) pointers.push_back(word.data());
    return ArgumentsChecksum(static_cast<int>(pointers.size()),
                             pointers.data());
  };
  EXPECT_EQ(sum({"./prog", "a", "b"}), sum({"/bin/prog", "a", "b"}));
  EXPECT_NE(sum({"p", "a", "b"}), sum({"p", "b", "a"}));
  EXPECT_NE(sum({"p", "ab"}), sum({"p", "a", "b"}));
  EXPECT_NE(sum({"p"}), sum({"p", ""}));
  EXPECT_NE(sum({"p", ""}), sum({"p", "", ""}));
}

}  // namespace
}  // namespace ckpt::core
