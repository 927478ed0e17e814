// cpu_names.h - what the bits of CpuFeatures (sys/x86_64/cpu.h) are called, as
// in /proc/cpuinfo. Header-only; safe everywhere.

#ifndef CKPT_SYS_X86_64_CPU_NAMES_H
#define CKPT_SYS_X86_64_CPU_NAMES_H

#include <stdint.h>

namespace ckpt::sys {

struct CpuFeatureName {
  uint8_t word, bit;
  const char* name;
};

constexpr CpuFeatureName kCpuFeatureNames[] = {
    {0, 0, "pni"},           {0, 1, "pclmulqdq"},
    {0, 9, "ssse3"},         {0, 12, "fma"},
    {0, 13, "cx16"},         {0, 19, "sse4_1"},
    {0, 20, "sse4_2"},       {0, 22, "movbe"},
    {0, 23, "popcnt"},       {0, 25, "aes"},
    {0, 26, "xsave"},        {0, 27, "osxsave"},
    {0, 28, "avx"},          {0, 29, "f16c"},
    {0, 30, "rdrand"},       {1, 0, "fpu"},
    {1, 4, "tsc"},           {1, 8, "cx8"},
    {1, 15, "cmov"},         {1, 19, "clflush"},
    {1, 23, "mmx"},          {1, 24, "fxsr"},
    {1, 25, "sse"},          {1, 26, "sse2"},
    {2, 0, "fsgsbase"},      {2, 3, "bmi1"},
    {2, 4, "hle"},           {2, 5, "avx2"},
    {2, 8, "bmi2"},          {2, 9, "erms"},
    {2, 11, "rtm"},          {2, 16, "avx512f"},
    {2, 17, "avx512dq"},     {2, 18, "rdseed"},
    {2, 19, "adx"},          {2, 21, "avx512ifma"},
    {2, 23, "clflushopt"},   {2, 24, "clwb"},
    {2, 26, "avx512pf"},     {2, 27, "avx512er"},
    {2, 28, "avx512cd"},     {2, 29, "sha_ni"},
    {2, 30, "avx512bw"},     {2, 31, "avx512vl"},
    {3, 1, "avx512vbmi"},    {3, 5, "waitpkg"},
    {3, 6, "avx512_vbmi2"},  {3, 8, "gfni"},
    {3, 9, "vaes"},          {3, 10, "vpclmulqdq"},
    {3, 11, "avx512_vnni"},  {3, 12, "avx512_bitalg"},
    {3, 14, "avx512_vpopcntdq"},
    {3, 22, "rdpid"},        {3, 27, "movdiri"},
    {3, 28, "movdir64b"},    {4, 2, "avx512_4vnniw"},
    {4, 3, "avx512_4fmaps"}, {4, 8, "avx512_vp2intersect"},
    {4, 22, "amx_bf16"},     {4, 23, "avx512_fp16"},
    {4, 24, "amx_tile"},     {4, 25, "amx_int8"},
    {5, 0, "sha512"},        {5, 1, "sm3"},
    {5, 2, "sm4"},           {5, 4, "avx_vnni"},
    {5, 5, "avx512_bf16"},   {5, 21, "amx_fp16"},
    {5, 23, "avx_ifma"},     {6, 0, "lahf_lm"},
    {6, 5, "abm"},           {6, 6, "sse4a"},
    {6, 8, "3dnowprefetch"}, {6, 11, "xop"},
    {6, 16, "fma4"},         {6, 21, "tbm"},
    {7, 22, "mmxext"},       {7, 27, "rdtscp"},
    {7, 30, "3dnowext"},     {7, 31, "3dnow"},
};

// nullptr if it has none.
constexpr const char* NameOfCpuFeature(uint32_t word, uint32_t bit) {
  for (const CpuFeatureName& known : kCpuFeatureNames) {
    if (known.word == word && known.bit == bit) return known.name;
  }
  return nullptr;
}

}  // namespace ckpt::sys

#endif
