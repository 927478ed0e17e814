// candidate.cpp - see candidate.h.

#include "restore/candidate.h"

#include <sys/mman.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "ckpt/abi.h"
#include "core/build_id.h"
#include "core/message.h"
#include "core/state.h"
#include "image/checksum.h"
#include "restore/foreign_vdso.h"
#include "restore/layout.h"
#include "restore/path_map.h"
#include "sys/file.h"
#include "sys/memory.h"
#include "sys/process.h"
#include "sys/x86_64/cpu.h"
#include "sys/x86_64/cpu_names.h"

namespace ckpt::restore {

bool Candidate::OpenFile(Line* why) {
  const long fd = sys::Open(path(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC |
                                        O_NONBLOCK);
  if (fd < 0) {
    core::AddError(why, fd);
    return false;
  }
  fd_ = static_cast<int>(fd);
  struct stat st;
  if (sys::Stat(fd_, &st) < 0 || !S_ISREG(st.st_mode)) {
    why->Str("not a regular file");
    return false;
  }
  if (st.st_uid != static_cast<uint32_t>(sys::Raw(__NR_geteuid))) {
    why->Str("belongs to another user");
    return false;
  }
  if ((st.st_mode & 022) != 0) {
    why->Str("can be written by others (chmod go-w)");
    return false;
  }
  const uint64_t size = static_cast<uint64_t>(st.st_size);
  if (size == 0) {
    why->Str("empty");
    return false;
  }
  const long at = sys::Map(0, size, PROT_READ, MAP_PRIVATE, fd_, 0);
  if (sys::IsError(at)) {
    core::AddError(why, at);
    return false;
  }
  bytes_ = {reinterpret_cast<const uint8_t*>(at), size};
  // Every byte will be looked at: map it at once rather than by a fault each.
  constexpr int kPopulateRead = 22;  // MADV_POPULATE_READ, Linux 5.14
  if (sys::Raw(__NR_madvise, at, size, kPopulateRead) < 0) {
    sys::Raw(__NR_madvise, at, size, MADV_SEQUENTIAL);
  }
  return true;
}

bool Candidate::Open(const char* path, Line* why) {
  path_ = PathLine();
  path_.Str(path);
  if (!OpenFile(why)) {
    Close();
    return false;
  }
  image::ReadError error = reader_.Open(bytes_, bytes_.size);
  if (error.ok()) error = reader_.VerifyBlocks(bytes_);
  if (error.ok()) return true;
  if (error.status != image::ReadStatus::kNotAnImage) why->Str("damaged: ");
  why->Str(image::Describe(error).text());
  Close();
  return false;
}

void Candidate::Close() {
  if (bytes_.data != nullptr) {
    sys::Unmap(reinterpret_cast<uint64_t>(bytes_.data), bytes_.size);
  }
  if (fd_ >= 0) sys::Close(fd_);
  bytes_ = {};
  fd_ = -1;
}

const char* Candidate::ModulePath(const image::ModuleRecord& module) const {
  const char* path = reader_.String(module.path);
  return StrEq(path, reader_.String(reader_.head().program))
             ? core::g_state.program
             : MapPath(path, &mapped_);
}

bool Candidate::ProgramFits(Line* why) const {
  const image::HeadRecord& head = reader_.head();
  if (head.abi_version != CKPT_ABI_VERSION) {
    why->Str("written by another version of the checkpoint runtime");
    return false;
  }
  const core::BuildId id = core::BuildIdOfFile(core::g_state.program);
  if (id.size != head.build_id_size ||
      !BytesEq(id.bytes, head.build_id, id.size)) {
    why->Str("taken from another build of ").Str(BaseName(
        reader_.String(head.program)));
    return false;
  }
  return true;
}

// True if pages of the file are part of the program's private memory.
bool Candidate::HasPrivatePages(uint32_t module) const {
  for (const image::VmaRecord& vma : reader_.vmas()) {
    if (vma.module == module && vma.kind == image::VmaKind::kFilePrivate) {
      return true;
    }
  }
  return false;
}

// A file of which the image has the content is made what it was.
bool Candidate::IsSaved(const image::ModuleRecord& module) const {
  for (const image::FileRecord& file : reader_.files()) {
    if ((file.flags & image::kFileSaved) != 0 &&
        StrEq(reader_.String(file.path), reader_.String(module.path))) {
      return true;
    }
  }
  return false;
}

bool Candidate::ModuleFits(uint32_t index, Line* why) const {
  const image::ModuleRecord& module = reader_.modules()[index];
  if (!HasPrivatePages(index) && IsSaved(module)) return true;
  const char* path = ModulePath(module);
  struct stat st;
  const long r = sys::StatPath(path, &st);
  if (r < 0) {
    why->Str(path).Str(": ");
    core::AddError(why, r);
    return false;
  }
  // What is mapped shared the program itself may have written to since.
  if (!HasPrivatePages(index) &&
      static_cast<uint64_t>(st.st_size) >= module.size) {
    return true;
  }
  const core::BuildId id = core::BuildIdOfFile(path);
  if (module.build_id_size != 0) {
    if (id.size == module.build_id_size &&
        BytesEq(id.bytes, module.build_id, id.size)) {
      return true;
    }
  } else if (static_cast<uint64_t>(st.st_size) == module.size &&
             st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec ==
                 module.mtime_ns) {
    return true;
  }
  why->Str(path).Str(" is not the file that the checkpoint had mapped");
  return false;
}

bool Candidate::CpuFits(Line* why) const {
  const image::ProcessRecord& p = reader_.process();
  uint32_t here[8];
  sys::CpuFeatures(here);
  bool lacks = false;
  for (uint32_t bit = 0; bit < 8 * 32; ++bit) {
    const uint32_t word = bit / 32, mask = 1u << bit % 32;
    if ((p.cpuid[word] & ~here[word] & mask) == 0) continue;
    why->Str(lacks ? " "
                   : "this CPU lacks instructions the program may be using: ");
    lacks = true;
    const char* name = sys::NameOfCpuFeature(word, bit % 32);
    if (name != nullptr) {
      why->Str(name);
    } else {
      why->Str("CPUID-word-").Dec(word).Str("-bit-").Dec(bit % 32);
    }
  }
  if (lacks) return false;
  if ((p.xcr0 & ~sys::Xcr0()) != 0 || p.xsave_size > sys::XsaveSize()) {
    why->Str("this CPU or kernel saves fewer registers (XCR0 0x")
        .Hex(sys::Xcr0()).Str(", needed 0x").Hex(p.xcr0).Char(')');
    return false;
  }
  for (const image::XsaveRecord& then : reader_.xsave()) {
    const sys::XsavePlace place = sys::PlaceInXsave(then.feature);
    if (place.offset == then.offset && place.size == then.size) continue;
    why->Str("this CPU lays out the registers that it saves in another way "
             "(feature ").Dec(then.feature).Char(')');
    return false;
  }
  return true;
}

bool Candidate::KernelFits(Line* why) const {
  const image::ProcessRecord& p = reader_.process();
  VdsoLayout here;
  if (!here.Read()) {
    why->Str("cannot read /proc/self/maps");
    return false;
  }
  bool same = here.count == p.vdso_part_count && here.vdso == p.vdso_index &&
              fault::At(fault::Point::vdso) >= 0;
  for (uint32_t i = 0; same && i < here.count; ++i) {
    const image::Range& then = p.vdso_parts[i];
    same = then.end - then.start == here.parts[i].end - here.parts[i].start;
  }
  const Span<const uint8_t> now = VdsoBytes(here);
  same = same && (here.count == 0 ||
                  image::Xxh3(now.data, now.size) == p.vdso_xxh3);
  // A program that never had one needs none.
  foreign_vdso_ = !same && p.vdso_part_count > 0;
  return !foreign_vdso_ || CanReplaceVdso(reader_, bytes_, here, why);
}

bool Candidate::GuardsFit(Line* why) const {
  if (reader_.guards().empty()) return true;
  constexpr int kGuardInstall = 102;  // MADV_GUARD_INSTALL, Linux 6.13
  const long at = sys::MapAnonymous(image::kPageSize);
  if (sys::IsError(at)) return true;
  const long r =
      sys::Raw(__NR_madvise, at, image::kPageSize, kGuardInstall);
  sys::Unmap(static_cast<uint64_t>(at), image::kPageSize);
  if (r >= 0) return true;
  why->Str("this kernel has no guard pages (MADV_GUARD_INSTALL)");
  return false;
}

// The launcher may have seen to it that no memory is written and executed.
bool Candidate::LauncherFits(Line* why) const {
  if (sys::Prctl(sys::kPrGetMdwe) <= 0) return true;
  size_t block = 0;
  for (const image::VmaRecord& vma : reader_.vmas()) {
    while (block < reader_.blocks().size &&
           reader_.blocks()[block].address < vma.start) {
      ++block;
    }
    const bool written = block < reader_.blocks().size &&
                         reader_.blocks()[block].address < vma.end;
    if ((vma.prot & PROT_EXEC) == 0 ||
        (!written && (vma.prot & PROT_WRITE) == 0)) {
      continue;
    }
    why->Str("the launcher forbids memory that is written and executed "
             "(PR_SET_MDWE), as the program has at 0x").Hex(vma.start);
    return false;
  }
  return true;
}

bool Candidate::FitsHere(Line* why) const {
  if (!ProgramFits(why)) return false;
  for (uint32_t i = 0; i < reader_.modules().size; ++i) {
    if (!ModuleFits(i, why)) return false;
  }
  return CpuFits(why) && KernelFits(why) && GuardsFit(why) &&
         LauncherFits(why);
}

}  // namespace ckpt::restore
