// Tests of runtime/restore/foreign_vdso.cpp: a vdso whose functions lead to
// another one.

#include "restore/foreign_vdso.h"

#include <dlfcn.h>
#include <elf.h>
#include <gtest/gtest.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <time.h>
#include <ucontext.h>

#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "image_builder.h"

namespace ckpt::restore {
namespace {

using image::Bytes;
using image::ImageBuilder;
constexpr uint64_t kPage = image::kPageSize;

// This process's.
Span<const uint8_t> Running() {
  const auto* at = reinterpret_cast<const uint8_t*>(getauxval(AT_SYSINFO_EHDR));
  // The sections' headers are its end.
  const auto* header = reinterpret_cast<const Elf64_Ehdr*>(at);
  const uint64_t end =
      header->e_shoff + uint64_t{header->e_shnum} * header->e_shentsize;
  return {at, AlignUp<uint64_t>(end, kPage)};
}

uint64_t Address(Span<const uint8_t> vdso) {
  return reinterpret_cast<uint64_t>(vdso.data);
}

// Of a function in it, 0 if there is none.
uint64_t OffsetOf(Span<const uint8_t> vdso, const char* name) {
  const auto* header = reinterpret_cast<const Elf64_Ehdr*>(vdso.data);
  const auto* sections =
      reinterpret_cast<const Elf64_Shdr*>(vdso.data + header->e_shoff);
  for (int i = 0; i < header->e_shnum; ++i) {
    if (sections[i].sh_type != SHT_DYNSYM) continue;
    const char* names = reinterpret_cast<const char*>(
        vdso.data + sections[sections[i].sh_link].sh_offset);
    const auto* symbols =
        reinterpret_cast<const Elf64_Sym*>(vdso.data + sections[i].sh_offset);
    for (uint64_t s = 0; s < sections[i].sh_size / sizeof(Elf64_Sym); ++s) {
      if (std::string(names + symbols[s].st_name) == name) {
        return symbols[s].st_value;
      }
    }
  }
  return 0;
}

std::vector<uint8_t> Copy(Span<const uint8_t> bytes) {
  return std::vector<uint8_t>(bytes.begin(), bytes.end());
}

// The bytes as code elsewhere, as in a restored program.
uint8_t* Executable(const std::vector<uint8_t>& bytes) {
  void* at = mmap(nullptr, bytes.size(), PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  memcpy(at, bytes.data(), bytes.size());
  mprotect(at, bytes.size(), PROT_READ | PROT_EXEC);
  return static_cast<uint8_t*>(at);
}

void ExpectTime(uint8_t* code) {
  const auto get = reinterpret_cast<int (*)(clockid_t, timespec*)>(
      code + OffsetOf(Running(), "__vdso_clock_gettime"));
  for (const clockid_t clock :
       {CLOCK_MONOTONIC, CLOCK_REALTIME, CLOCK_BOOTTIME}) {
    timespec before, now, after;
    ASSERT_EQ(clock_gettime(clock, &before), 0);
    ASSERT_EQ(get(clock, &now), 0);
    ASSERT_EQ(clock_gettime(clock, &after), 0);
    const auto ns = [](const timespec& t) {
      return t.tv_sec * 1000000000 + t.tv_nsec;
    };
    EXPECT_LE(ns(before), ns(now));
    EXPECT_LE(ns(now), ns(after));
  }
  timespec none;
  EXPECT_NE(get(12345, &none), 0);
}

// Intent: the old functions do what the running kernel's do.
TEST(ForeignVdso, ItsFunctionsLeadToTheRunningOne) {
  const Span<const uint8_t> now = Running();
  std::vector<uint8_t> copy = Copy(now);
  Line why;
  ASSERT_TRUE(LeadAway({copy.data(), copy.size()}, now, Address(now), &why))
      << why.text();
  // It is the jumps that are tried: nothing else of it is left.
  const std::vector<uint8_t> old = Copy(now);
  size_t changed = 0;
  for (size_t i = 0; i < copy.size(); ++i) changed += copy[i] != old[i] ? 1 : 0;
  EXPECT_GT(changed, 20u);
  ExpectTime(Executable(copy));
}

// Intent: where the running kernel has no vdso, or not that function, it is a
// system call; getrandom, whose state is of one kernel, is always one.
TEST(ForeignVdso, WhatItLacksIsASystemCall) {
  const Span<const uint8_t> now = Running();
  std::vector<uint8_t> copy = Copy(now);
  Line why;
  ASSERT_TRUE(LeadAway({copy.data(), copy.size()}, {}, 0, &why)) << why.text();
  uint8_t* code = Executable(copy);
  ExpectTime(code);
  const uint8_t call[] = {0xb8, 228, 0, 0, 0, 0x0f, 0x05, 0xc3};
  EXPECT_EQ(memcmp(code + OffsetOf(now, "__vdso_clock_gettime"), call,
                   sizeof(call)),
            0);
  const uint64_t random = OffsetOf(now, "__vdso_getrandom");
  if (random == 0) return;  // not before Linux 6.11
  std::vector<uint8_t> both = Copy(now);
  ASSERT_TRUE(LeadAway({both.data(), both.size()}, now, Address(now), &why));
  const uint8_t getrandom[] = {0xb8, 0x3e, 1, 0, 0, 0x0f, 0x05, 0xc3};
  EXPECT_EQ(memcmp(both.data() + random, getrandom, sizeof(getrandom)), 0);
}

// Intent: bytes that are no vdso, or a damaged one, are refused or led away
// within their bounds; nothing is read or written outside.
TEST(ForeignVdso, DamagedBytesAreNoDanger) {
  const Span<const uint8_t> now = Running();
  std::mt19937 random(5);
  int refused = 0;
  for (int round = 0; round < 20000; ++round) {
    std::vector<uint8_t> copy = Copy(now);
    if (round % 4 == 0) copy.resize(random() % copy.size());
    for (int i = 0; i < 12 && !copy.empty(); ++i) {
      // Headers and tables above all.
      const size_t tables = round % 2 == 0 ? copy.size() : 0x780;
      copy[random() % (tables < copy.size() ? tables : copy.size())] =
          static_cast<uint8_t>(random());
    }
    // An allocation of its own, at whose end an address checker looks.
    Line why;
    const bool good =
        LeadAway({copy.data(), copy.size()}, now, Address(now), &why);
    refused += good ? 0 : 1;
    EXPECT_EQ(good, why.size() == 0);
  }
  EXPECT_GT(refused, 1000);
}

struct Stopped {
  Bytes bytes;
  image::Reader reader;
};

// An image whose first thread was at `rip`, with `word` on its stack.
void Take(uint64_t rip, uint64_t word, Stopped* out) {
  ImageBuilder builder = ImageBuilder::Sample();
  const Span<const uint8_t> now = Running();
  builder.vdso = Copy(now);
  image::ProcessRecord& p = builder.process;
  p.vdso_parts[p.vdso_index].end =
      p.vdso_parts[p.vdso_index].start + now.size;
  constexpr uint64_t kFrame = 0x7ffff0020000, kStack = kFrame + 2048;
  builder.threads[0].frame = kFrame;
  out->bytes = builder.Build();
  ASSERT_TRUE(
      out->reader.Open({out->bytes.data(), out->bytes.size()},
                       out->bytes.size()).ok());
  for (const image::BlockRecord& block : out->reader.blocks()) {
    if (block.address != kFrame) continue;
    uint8_t* at = out->bytes.data() + block.file_offset;
    memset(at, 0, block.size);
    auto* context = reinterpret_cast<ucontext_t*>(at);
    context->uc_mcontext.gregs[REG_RIP] = static_cast<greg_t>(rip);
    context->uc_mcontext.gregs[REG_RSP] = kStack;
    memcpy(at + 2048 + 64, &word, 8);
  }
}

std::string Verdict(uint64_t rip, uint64_t word) {
  Stopped stopped;
  Take(rip, word, &stopped);
  VdsoLayout here;
  here.parts[0] = {Address(Running()), Address(Running()) + Running().size};
  here.count = 1;
  Line why;
  return CanReplaceVdso(stopped.reader,
                        {stopped.bytes.data(), stopped.bytes.size()}, here,
                        &why)
             ? "good"
             : why.text();
}

// Intent: a thread that was inside of the old vdso, or that has been
// interrupted there by a handler, cannot go on; an address of it is no harm.
TEST(ForeignVdso, NobodyMayBeInsideOfIt) {
  const image::ProcessRecord p = ImageBuilder::Sample().process;
  const uint64_t vdso = p.vdso_parts[p.vdso_index].start;
  const uint64_t function = vdso + OffsetOf(Running(), "__vdso_clock_gettime");
  const std::string inside =
      "this kernel has another vdso (taken under 6.1.0 #1 SMP) and a thread "
      "was inside of it: take another image";
  EXPECT_EQ(Verdict(0x401000, 0), "good");
  EXPECT_EQ(Verdict(function, 0), "good");
  EXPECT_EQ(Verdict(function + 5, 0), inside);
  EXPECT_EQ(Verdict(0x401000, function + 5), inside);
  EXPECT_EQ(Verdict(0x401000, function), "good");
  EXPECT_EQ(Verdict(0x401000, vdso), "good");
}

}  // namespace
}  // namespace ckpt::restore
