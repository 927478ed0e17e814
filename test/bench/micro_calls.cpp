// micro_calls.cpp - files, clocks, signals and memory.

#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

namespace {

void OpenClose(benchmark::State& state) {
  for (auto _ : state) close(open("/dev/null", O_RDWR | O_CLOEXEC));
}
BENCHMARK(OpenClose);

void ReadNull(benchmark::State& state) {
  const int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
  char byte = 0;
  for (auto _ : state) benchmark::DoNotOptimize(read(fd, &byte, 1));
  close(fd);
}
BENCHMARK(ReadNull);

void WriteNull(benchmark::State& state) {
  const int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
  const char byte = 0;
  for (auto _ : state) benchmark::DoNotOptimize(write(fd, &byte, 1));
  close(fd);
}
BENCHMARK(WriteNull);

void PipeWriteRead(benchmark::State& state) {
  int ends[2];
  if (pipe(ends) != 0) return state.SkipWithError("pipe");
  char byte = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(write(ends[1], &byte, 1));
    benchmark::DoNotOptimize(read(ends[0], &byte, 1));
  }
  close(ends[0]);
  close(ends[1]);
}
BENCHMARK(PipeWriteRead);

void FopenFclose(benchmark::State& state) {
  for (auto _ : state) fclose(fopen("/dev/null", "r"));
}
BENCHMARK(FopenFclose);

void ClockGettime(benchmark::State& state) {
  timespec now;
  for (auto _ : state) {
    clock_gettime(CLOCK_MONOTONIC, &now);
    benchmark::DoNotOptimize(now);
  }
}
BENCHMARK(ClockGettime);

void Getpid(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(getpid());
}
BENCHMARK(Getpid);

void MallocFree(benchmark::State& state) {
  constexpr int kBlocks = 64;
  void* blocks[kBlocks];
  unsigned size = 1;
  for (auto _ : state) {
    for (void*& block : blocks) {
      size = size * 1103515245u + 12345u;
      block = malloc(16 + (size >> 22));
    }
    benchmark::DoNotOptimize(blocks);
    for (void* block : blocks) free(block);
  }
  state.SetItemsProcessed(state.iterations() * kBlocks);
}
BENCHMARK(MallocFree);

void Handler(int) {}

void Sigaction(benchmark::State& state) {
  struct sigaction action = {};
  action.sa_handler = Handler;
  for (auto _ : state) sigaction(SIGUSR1, &action, nullptr);
}
BENCHMARK(Sigaction);

void SignalMask(benchmark::State& state) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR2);
  for (auto _ : state) {
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
  }
}
BENCHMARK(SignalMask);

// A signal to itself: delivery, the handler, and the way back.
void RaiseHandled(benchmark::State& state) {
  struct sigaction action = {};
  action.sa_handler = Handler;
  sigaction(SIGUSR1, &action, nullptr);
  for (auto _ : state) raise(SIGUSR1);
}
BENCHMARK(RaiseHandled);

}  // namespace
