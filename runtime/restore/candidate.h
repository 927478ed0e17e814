// candidate.h - an image that may be restarted: opened, checked against bad
// bytes, and against this program and this machine. Nothing is touched.

#ifndef CKPT_RESTORE_CANDIDATE_H
#define CKPT_RESTORE_CANDIDATE_H

#include "base/line.h"
#include "image/reader.h"

namespace ckpt::restore {

class Candidate {
 public:
  // Opens and checks `path`. False with *why; Close is then not needed.
  bool Open(const char* path, Line* why);

  // True if this program, libraries, CPU and kernel can go on with it.
  bool FitsHere(Line* why) const;

  void Close();

  const image::Reader& reader() const { return reader_; }
  // After FitsHere: the vdso is another kernel's (restore/foreign_vdso).
  bool has_foreign_vdso() const { return foreign_vdso_; }
  int fd() const { return fd_; }
  Span<const uint8_t> bytes() const { return bytes_; }
  const char* path() const { return path_.text(); }

  // The file to map for a module: the program may have been moved. Good until
  // the next call.
  const char* ModulePath(const image::ModuleRecord& module) const;

 private:
  bool OpenFile(Line* why);
  bool ProgramFits(Line* why) const;
  bool ModuleFits(uint32_t index, Line* why) const;
  bool IsSaved(const image::ModuleRecord& module) const;
  bool HasPrivatePages(uint32_t module) const;
  bool CpuFits(Line* why) const;
  bool KernelFits(Line* why) const;
  bool GuardsFit(Line* why) const;
  bool LauncherFits(Line* why) const;

  PathLine path_;
  mutable PathLine mapped_;
  mutable bool foreign_vdso_ = false;
  int fd_ = -1;
  Span<const uint8_t> bytes_;
  image::Reader reader_;
};

}  // namespace ckpt::restore

#endif
