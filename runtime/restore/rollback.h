// rollback.h - the files that an image knows, before the restart: whether they
// are still the program's, which of them go back to what they were
// (core/rollback does it at the end), and making again those that are gone.
// Loader; no libc.

#ifndef CKPT_RESTORE_ROLLBACK_H
#define CKPT_RESTORE_ROLLBACK_H

#include <sys/stat.h>

#include "restore/candidate.h"
#include "restore/plan.h"

namespace ckpt::restore {

class Files {
 public:
  explicit Files(const Candidate& candidate) : candidate_(candidate) {}

  // Looks at every file. What somebody else has replaced or changed ends the
  // process with a line; nothing is touched.
  void Check();

  // In the process that will be restored: makes again what is gone, under its
  // name. Nothing that is there is touched.
  void MakeMissing();

  // One for each record of the image.
  Span<PlanFile> plan() const { return plan_; }

  // A descriptor of the file without a name that `fd` was open on, made anew at
  // the first call for it; -1 if it was no such file.
  long OpenNameless(const image::FdRecord& fd);

  // The policy for the file of a descriptor; kTruncate where none is known.
  image::FilePolicy PolicyFor(const image::FdRecord& fd) const;
  // True if the new launcher has emptied its file: output goes on at the end.
  bool IsEmptied(const image::FdRecord& fd) const;
  // True if Check has seen to it.
  bool IsKnown(const image::FdRecord& fd) const;

 private:
  enum class Standing { kProgram, kLauncher, kElsewhere };

  const image::Reader& reader() const { return candidate_.reader(); }
  PlanFile* Find(const image::FdRecord& fd) const;
  image::FilePolicy Effective(const image::FileRecord& record,
                              const char* path) const;
  Standing StandingOf(const image::FileRecord& record) const;
  void CheckOne(PlanFile* file);
  void CheckMissing(const PlanFile& file) const;
  void CheckThere(PlanFile* file, int fd, const struct stat& st,
                  Standing standing);
  bool HasGrown(const PlanFile& file) const;
  bool HasTail(const image::FileRecord& record, int fd) const;
  void CheckTail(const PlanFile& file, const char* path) const;
  void MakeOne(const PlanFile& file);
  long MakeNameless(const image::FileRecord& record, int flags);
  long WriteContent(int fd, const image::FileRecord& record) const;

  const Candidate& candidate_;
  Span<PlanFile> plan_;
  int* nameless_ = nullptr;   // descriptors, by record
  bool* emptied_ = nullptr;  // by record
};

}  // namespace ckpt::restore

#endif
