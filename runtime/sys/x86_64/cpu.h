// cpu.h - what this CPU can do, x86_64 (CPUID, XGETBV), and its relax hint.
// Header-only; safe everywhere.

#ifndef CKPT_SYS_X86_64_CPU_H
#define CKPT_SYS_X86_64_CPU_H

#include <stdint.h>

namespace ckpt::sys {

struct CpuidResult {
  uint32_t eax, ebx, ecx, edx;
};

inline CpuidResult Cpuid(uint32_t leaf, uint32_t subleaf) {
  CpuidResult r;
  asm volatile("cpuid"
               : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx)
               : "a"(leaf), "c"(subleaf));
  return r;
}

// XCR0: the XSAVE features that the kernel has enabled; 0 without XSAVE.
inline uint64_t Xcr0() {
  if ((Cpuid(1, 0).ecx & (1u << 27)) == 0) return 0;
  uint32_t low, high;
  asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return static_cast<uint64_t>(high) << 32 | low;
}

// Bytes of the standard-format XSAVE area for the enabled features (what a
// signal frame holds); 512 without XSAVE.
inline uint32_t XsaveSize() {
  return Xcr0() == 0 ? 512 : Cpuid(0xd, 0).ebx;
}

// Where a feature of XCR0 (2 and up) lies in that area; size 0: it has none.
struct XsavePlace {
  uint32_t offset, size;
};
inline XsavePlace PlaceInXsave(uint32_t feature) {
  const CpuidResult r = Cpuid(0xd, feature);
  return {r.ebx, r.eax};
}

// The feature words that image::ProcessRecord::cpuid keeps, bits that describe
// the machine rather than an instruction set masked out.
inline void CpuFeatures(uint32_t out[8]) {
  const CpuidResult max = Cpuid(0, 0);
  const CpuidResult one = Cpuid(1, 0);
  const CpuidResult zero{};
  const CpuidResult seven = max.eax >= 7 ? Cpuid(7, 0) : zero;
  const CpuidResult seven1 =
      max.eax >= 7 && seven.eax >= 1 ? Cpuid(7, 1) : zero;
  const CpuidResult extended =
      Cpuid(0x80000000, 0).eax >= 0x80000001 ? Cpuid(0x80000001, 0) : zero;
  constexpr uint32_t kNotInstructions1c =
      1u << 2 | 1u << 3 | 1u << 4 | 1u << 5 | 1u << 6 | 1u << 7 | 1u << 8 |
      1u << 10 | 1u << 11 | 1u << 14 | 1u << 15 | 1u << 17 | 1u << 18 |
      1u << 21 | 1u << 24 | 1u << 31;
  out[0] = one.ecx & ~kNotInstructions1c;
  // fpu tsc cx8 cmov mmx fxsr sse sse2 clfsh
  out[1] = one.edx & (1u | 1u << 4 | 1u << 8 | 1u << 15 | 1u << 19 | 1u << 23 |
                      1u << 24 | 1u << 25 | 1u << 26);
  // without tsc_adjust, smep, erms, invpcid, pqm, mpx, pqe, smap, pt
  out[2] = seven.ebx & ~(1u << 1 | 1u << 2 | 1u << 6 | 1u << 7 | 1u << 10 |
                         1u << 12 | 1u << 13 | 1u << 14 | 1u << 15 | 1u << 20 |
                         1u << 25);
  // avx512vbmi waitpkg avx512vbmi2 gfni vaes vpclmulqdq vnni bitalg vpopcntdq
  // rdpid movdiri movdir64b
  out[3] = seven.ecx & (1u << 1 | 1u << 5 | 1u << 6 | 1u << 8 | 1u << 9 |
                        1u << 10 | 1u << 11 | 1u << 12 | 1u << 14 | 1u << 22 |
                        1u << 27 | 1u << 28);
  // avx512_4vnniw avx512_4fmaps vp2intersect amx-bf16 avx512fp16 amx-tile
  // amx-int8
  out[4] = seven.edx & (1u << 2 | 1u << 3 | 1u << 8 | 1u << 22 | 1u << 23 |
                        1u << 24 | 1u << 25);
  // sha512 sm3 sm4 avxvnni avx512bf16 amx-fp16 avxifma
  out[5] = seven1.eax & (1u << 0 | 1u << 1 | 1u << 2 | 1u << 4 | 1u << 5 |
                         1u << 21 | 1u << 23);
  // lahf abm sse4a prefetchw xop fma4 tbm
  out[6] = extended.ecx & (1u << 0 | 1u << 5 | 1u << 6 | 1u << 8 | 1u << 11 |
                           1u << 16 | 1u << 21);
  out[7] = extended.edx & (1u << 22 | 1u << 27 | 1u << 30 | 1u << 31);
}

inline void CpuRelax() { asm volatile("pause"); }

}  // namespace ckpt::sys

#endif
