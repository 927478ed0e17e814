// cpu_record.h - what an image needs of a CPU.

#ifndef CKPT_CORE_CPU_RECORD_H
#define CKPT_CORE_CPU_RECORD_H

#include "base/arena.h"
#include "base/types.h"
#include "image/format.h"

namespace ckpt::core {

// Instruction sets and saved registers of this CPU. False if the arena is full.
// World stopped.
bool RecordCpu(Arena* arena, image::ProcessRecord* process,
               Span<image::XsaveRecord>* places);

}  // namespace ckpt::core

#endif
