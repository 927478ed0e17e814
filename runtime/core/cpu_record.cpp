// cpu_record.cpp - see cpu_record.h.

#include "core/cpu_record.h"

#include "sys/x86_64/cpu.h"

namespace ckpt::core {

bool RecordCpu(Arena* arena, image::ProcessRecord* process,
               Span<image::XsaveRecord>* places) {
  constexpr uint32_t kFeatures = 63;
  process->xcr0 = sys::Xcr0();
  process->xsave_size = sys::XsaveSize();
  sys::CpuFeatures(process->cpuid);
  auto* list = arena->Take<image::XsaveRecord>(kFeatures);
  if (list == nullptr) return false;
  size_t count = 0;
  // Features 0 and 1 lie where FXSAVE has them.
  for (uint32_t feature = 2; feature < kFeatures; ++feature) {
    if ((process->xcr0 >> feature & 1) == 0) continue;
    const sys::XsavePlace place = sys::PlaceInXsave(feature);
    list[count++] = {feature, place.offset, place.size};
  }
  *places = {list, count};
  return true;
}

}  // namespace ckpt::core
