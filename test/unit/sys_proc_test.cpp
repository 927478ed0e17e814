// sys_proc_test.cpp - what /proc says, read without a C library.

#include "sys/proc.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <set>
#include <string>
#include <vector>

namespace ckpt::sys {
namespace {

TEST(MapLine, ReadsEveryField) {
  MapLine map;
  ASSERT_TRUE(ParseMapLine("7f0000001000-7f0000003000 r-xp 00002000 fe:01 "
                           "1234                     /usr/lib/a b.so",
                           &map));
  EXPECT_EQ(map.start, 0x7f0000001000u);
  EXPECT_EQ(map.end, 0x7f0000003000u);
  EXPECT_EQ(map.prot, PROT_READ | PROT_EXEC);
  EXPECT_FALSE(map.shared);
  EXPECT_EQ(map.offset, 0x2000u);
  EXPECT_EQ(map.device, makedev(0xfe, 1));
  EXPECT_EQ(map.inode, 1234u);
  EXPECT_STREQ(map.name, "/usr/lib/a b.so");
}

TEST(MapLine, ReadsAnonymousAndShared) {
  MapLine map;
  ASSERT_TRUE(ParseMapLine("1000-2000 -w-s 00000000 00:01 7", &map));
  EXPECT_EQ(map.prot, PROT_WRITE);
  EXPECT_TRUE(map.shared);
  EXPECT_STREQ(map.name, "");
  ASSERT_TRUE(ParseMapLine(
      "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0 [vsyscall]",
      &map));
  EXPECT_EQ(map.start, 0xffffffffff600000u);
  EXPECT_STREQ(map.name, "[vsyscall]");
}

TEST(MapLine, RefusesOthers) {
  MapLine map;
  EXPECT_FALSE(ParseMapLine("", &map));
  EXPECT_FALSE(ParseMapLine("-2000 r--p 0 00:00 0", &map));
  EXPECT_FALSE(ParseMapLine("1000 2000 r--p 0 00:00 0", &map));
  EXPECT_FALSE(ParseMapLine("1000-2000", &map));
}

TEST(MapLine, UnderstandsThisProcess) {
  const size_t size = 3 * 4096;
  void* memory = mmap(nullptr, size, PROT_READ, MAP_SHARED | MAP_ANONYMOUS,
                      -1, 0);
  ASSERT_NE(memory, MAP_FAILED);
  std::ifstream maps("/proc/self/maps");
  bool found = false;
  for (std::string line; std::getline(maps, line);) {
    MapLine map;
    ASSERT_TRUE(ParseMapLine(line.c_str(), &map)) << line;
    if (map.start != reinterpret_cast<uint64_t>(memory)) continue;
    found = true;
    EXPECT_EQ(map.end - map.start, size);
    EXPECT_TRUE(map.shared);
    EXPECT_EQ(map.prot, PROT_READ);
  }
  EXPECT_TRUE(found);
  munmap(memory, size);
}

TEST(StatusField, FindsWholeKeysAtLineStarts) {
  const char* text = "Name:\tSigBlk: x\nPid:\t12\nNSpid:\t12\t1\nSigBlk:\t0f\n";
  EXPECT_EQ(std::string(StatusField(text, "Pid:"), 2), "12");
  EXPECT_EQ(std::string(StatusField(text, "NSpid:"), 4), "12\t1");
  EXPECT_EQ(std::string(StatusField(text, "SigBlk:"), 2), "0f");
  EXPECT_EQ(StatusField(text, "Threads:"), nullptr);
  EXPECT_EQ(StatusField("", "Pid:"), nullptr);
}

TEST(ListNumbers, ListsDescriptors) {
  const int pair[] = {dup(0), dup(0)};
  std::vector<int> out(4096);
  const long n = ListNumbers("/proc/self/fd", out.data(), out.size());
  ASSERT_GT(n, 0);
  const std::set<int> found(out.begin(), out.begin() + n);
  EXPECT_EQ(found.size(), static_cast<size_t>(n));
  for (int fd : pair) {
    EXPECT_EQ(found.count(fd), 1u);
    close(fd);
  }
}

TEST(ListNumbers, SaysWhenThereAreMoreOrNone) {
  int one;
  EXPECT_EQ(ListNumbers("/proc/self/fd", &one, 1), -E2BIG);
  EXPECT_EQ(ListNumbers("/proc/self/nothing", &one, 1), -ENOENT);
}

TEST(ThreadState, IsTheKernels) {
  EXPECT_EQ(ThreadStateLetter(getpid()), 'R');
  EXPECT_EQ(ThreadStateLetter(1 << 30), 0);
}

TEST(ThreadState, DoesNotTripOverNames) {
  char old[16];
  prctl(PR_GET_NAME, old);
  prctl(PR_SET_NAME, "x) S 1 (y");
  EXPECT_EQ(ThreadStateLetter(getpid()), 'R');
  prctl(PR_SET_NAME, old);
}

TEST(ProcessState, TellsOneProcessFromTheNext) {
  uint64_t own = 0, init = 0;
  EXPECT_NE(ProcessState(getpid(), &own), 0);
  EXPECT_NE(ProcessState(1, &init), 0);
  EXPECT_GT(own, init);
}

TEST(IsDying, OnlyBetweenDeathAndReaping) {
  EXPECT_FALSE(IsDying(getpid()));
  EXPECT_FALSE(IsDying(1 << 30));
  const pid_t child = fork();
  if (child == 0) {
    pause();
    _exit(0);
  }
  EXPECT_FALSE(IsDying(child));
  kill(child, SIGKILL);
  siginfo_t info;
  ASSERT_EQ(waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT),
            0);
  EXPECT_TRUE(IsDying(child));
  waitpid(child, nullptr, 0);
  EXPECT_FALSE(IsDying(child));
}

}  // namespace
}  // namespace ckpt::sys
