// plan_builder.h - lays the restorer, its plan and its stack into one block of
// memory in a hole of both address spaces.

#ifndef CKPT_RESTORE_PLAN_BUILDER_H
#define CKPT_RESTORE_PLAN_BUILDER_H

#include "core/options.h"
#include "restore/candidate.h"
#include "restore/plan.h"

namespace ckpt::restore {

class PlanBuilder {
 public:
  // Allocates the block and fills in what does not depend on ids. Ends the
  // process with one line if there is no room. `keep_kernel_ids`: the old ids
  // are those of the image's kernel, not those that the program has seen.
  void Build(const Candidate& candidate, Span<const PlanFile> files,
             const core::Options& options,
             uint64_t started_us, bool keep_kernel_ids);

  Plan* plan() const { return plan_; }
  // Shared with the guardian.
  Progress* progress() const { return progress_; }

  // Into the restorer, for good.
  [[noreturn]] void Jump();

 private:
  uint64_t BlockSize(const Candidate& candidate,
                     Span<const PlanFile> files) const;
  void FillVdso(const Candidate& candidate);
  void FillFiles(const Candidate& candidate, Span<const PlanFile> files);
  void FillVmas(const Candidate& candidate);
  void FillPending(const Candidate& candidate);
  void FillThreads(const Candidate& candidate, bool keep_kernel_ids);
  template <typename T>
  const T* Copy(const T* from, uint64_t count);
  const char* CopyText(const char* text);

  uint64_t start_ = 0, size_ = 0;
  uint64_t next_ = 0, end_ = 0;  // free room for tables
  uint64_t stack_top_ = 0;
  Plan* plan_ = nullptr;
  Progress* progress_ = nullptr;
};

}  // namespace ckpt::restore

#endif
