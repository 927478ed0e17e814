// settings.h - what the program has arranged with the kernel itself
// (runtime/image/settings.h) in words.

#ifndef CKPT_CLI_SETTINGS_H
#define CKPT_CLI_SETTINGS_H

#include <string>
#include <vector>

#include "image/format.h"

namespace ckpt::cli {

struct SettingFacts {
  std::string name;   // "CPU affinity", "RLIMIT_NOFILE", ...
  std::string value;  // "0-3,8", "soft 1024, hard unlimited", ...
};

// Those that a restart sets up again: the others are the launcher's.
std::vector<SettingFacts> FindSettings(const image::ThreadSettings& settings);
std::vector<SettingFacts> FindSettings(const image::ProcessSettings& settings);

// "bind 0-3", "default", ...
std::string MemoryPolicyText(uint64_t mode,
                             const uint64_t (&nodes)[image::kMaskWords]);

}  // namespace ckpt::cli

#endif
