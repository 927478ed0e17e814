// micro_main.cpp - the micro benchmarks' main. First argument: `single`, or
// `threads`: then the process has a second thread, which sleeps, and the C
// library cannot leave out atomic operations. The others are Google Benchmark's.

#include <benchmark/benchmark.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

static void* Sleep(void*) {
  for (;;) pause();
}

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const bool threads = strcmp(argv[1], "threads") == 0;
  if (!threads && strcmp(argv[1], "single") != 0) return 2;
  pthread_t sleeper;
  if (threads && pthread_create(&sleeper, nullptr, Sleep, nullptr) != 0) {
    return 1;
  }
  argv[1] = argv[0];
  --argc;
  ++argv;
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  // Not to the end of the program: the sleeper has nobody who joins it.
  fflush(stdout);
  _exit(0);
}
