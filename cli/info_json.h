// info_json.h - `ckpt info --json`.

#ifndef CKPT_CLI_INFO_JSON_H
#define CKPT_CLI_INFO_JSON_H

#include <cstdio>

#include "image_facts.h"

namespace ckpt::cli {

// With `locks_only`, what `--locks` shows. Addresses are strings ("0x602040"):
// a JSON number has room for 53 bits.
void PrintInfoJson(const ImageFacts& facts, bool locks_only, std::FILE* out);

}  // namespace ckpt::cli

#endif
