// commands.h - the commands of `ckpt`: what main.cpp has parsed for each, and
// the function that carries it out (in the file of its name). Results go to
// `out`; each returns the exit code or throws Failure.

#ifndef CKPT_CLI_COMMANDS_H
#define CKPT_CLI_COMMANDS_H

#include <cstdio>
#include <string>
#include <vector>

namespace ckpt::cli {

struct LsOptions {
  std::string directory = ".";
  bool verify = false;  // the data, too
  bool json = false;
};
int RunLs(const LsOptions& options, std::FILE* out);

struct InfoOptions {
  std::string file;
  bool locks = false;  // only who holds and waits for what
  bool json = false;
};
int RunInfo(const InfoOptions& options, std::FILE* out);

struct VerifyOptions {
  std::vector<std::string> files;
};
int RunVerify(const VerifyOptions& options, std::FILE* out);

struct NowOptions {
  int pid = 0;
  double timeout_seconds = 60;
};
int RunNow(const NowOptions& options, std::FILE* out);

struct RestartOptions {
  std::string file;
  // Passed on if not empty.
  std::string ids = {}, files = {}, path_map = {};
  int verbosity = 0;
};
// Becomes the program; comes back only by Failure.
int RunRestart(const RestartOptions& options, std::FILE* out);

}  // namespace ckpt::cli

#endif
