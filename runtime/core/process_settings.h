// process_settings.h - what the program has arranged with the kernel for the
// process as a whole: resource limits, dumpable and the rest of ProcessItem
// (image/settings.h). The coordinator reads it at a checkpoint and sets it
// after a restart. Partner: core/thread_settings.

#ifndef CKPT_CORE_PROCESS_SETTINGS_H
#define CKPT_CORE_PROCESS_SETTINGS_H

#include "image/format.h"

namespace ckpt::core {

// As the launcher has it set up, before anything of the program has run.
void ReadLaunchersProcess(image::ProcessSettings* out);

// At the start of the program: enters it in g_state.
void NoteLaunchersProcess();

// Coordinator, world stopped: reads it, with what the program has chosen.
void RecordProcess(image::ProcessSettings* out);

// Coordinator, world stopped: most of /proc of a process that may not be dumped
// belongs to root. While one of these lives the process may be; it is one short
// moment, and who could use it may as well read the image.
class DumpableScope {
 public:
  DumpableScope();
  ~DumpableScope();

 private:
  bool changed_ = false;
};

// Coordinator of a restored process, before its threads set up their own: the
// limits that they may need for it.
void RestoreLimitsForThreads(const image::ProcessSettings& settings);

// Coordinator, when threads and memory are as they shall be: everything. One
// line for each setting that cannot be had.
void RestoreProcess(const image::ProcessSettings& settings);

}  // namespace ckpt::core

#endif
