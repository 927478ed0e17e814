// address_space.h - the memory map of the process as image records: which
// mappings there are, what each is made of, and which pages hold something that
// a restart cannot find elsewhere. No libc: coordinator only, world stopped.

#ifndef CKPT_TRACK_ADDRESS_SPACE_H
#define CKPT_TRACK_ADDRESS_SPACE_H

#include "base/arena.h"
#include "base/line.h"
#include "image/format.h"
#include "sys/pagemap.h"
#include "sys/proc.h"
#include "track/excluded.h"
#include "track/strings.h"

namespace ckpt::track {

class AddressSpace {
 public:
  // Lists grow in arenas of their own; `text` holds /proc/self/maps.
  struct Arenas {
    Arena text, vmas, modules, blocks, guards, policies;
  };
  AddressSpace(Arenas* arenas, Strings* strings)
      : text_(&arenas->text),
        vmas_(&arenas->vmas),
        modules_(&arenas->modules),
        blocks_(&arenas->blocks),
        guards_(&arenas->guards),
        policies_(&arenas->policies),
        strings_(strings) {}

  // Memory of the runtime that is no part of the image.
  void Exclude(image::Range range) { excluded_[excluded_count_++] = range; }

  // That the program has given advice about its memory or locked some; that it
  // has installed guard pages. Not looked for otherwise where that takes time.
  void ExpectAdvice(bool yes) { expect_advice_ = yes; }
  void ExpectGuards(bool yes) { expect_guards_ = yes; }

  // That the image has all of what is mapped privately from files.
  void KeepFiles(bool yes) { keep_files_ = yes; }

  // First: opens what Collect needs, and what not everybody may read. False
  // with *reason.
  bool Open(Line* reason);

  // Reads the map and finds the pages. False with *reason when something cannot
  // be carried over a restart or does not fit.
  bool Collect(image::ProcessRecord* process, Line* reason);

  Span<image::VmaRecord> vmas() { return {vmas_.data(), vmas_.size()}; }
  Span<image::ModuleRecord> modules() {
    return {modules_.data(), modules_.size()};
  }
  Span<image::BlockRecord> blocks() { return {blocks_.data(), blocks_.size()}; }
  Span<image::Range> guards() { return {guards_.data(), guards_.size()}; }
  Span<const image::Range> excluded() const { return left_out_; }
  Span<image::MemoryPolicyRecord> policies() {
    return {policies_.data(), policies_.size()};
  }

 private:
  struct Kind {
    image::VmaKind kind;
    bool whole;  // save every readable page: its file is gone, or shall
                 // not be needed
  };
  bool AddMapping(const sys::MapLine& line, Line* reason);
  bool Classify(const sys::MapLine& line, Kind* kind, Line* reason);
  bool AddParts(const sys::MapLine& line, const Kind& kind, uint64_t start,
                uint64_t end, Line* reason);
  bool AddVma(const sys::MapLine& line, const Kind& kind, uint64_t start,
              uint64_t end, Line* reason);
  uint32_t ModuleOf(const sys::MapLine& line);
  image::StringRef NameOf(const sys::MapLine& line);
  uint32_t PolicyOf(const image::VmaRecord& vma);
  bool FindGuards(const image::VmaRecord& vma, Line* reason);
  long FindPages(const image::VmaRecord& vma, bool whole);
  long FindReadablePages(const image::VmaRecord& vma);
  long FindResidentPages(const image::VmaRecord& vma);
  static void AddRun(void* self, sys::PageRun run);
  void AddPages(uint64_t at, uint64_t end);
  void AddGuard(image::Range range);

  Arena* text_;
  ArenaList<image::VmaRecord> vmas_;
  ArenaList<image::ModuleRecord> modules_;
  ArenaList<image::BlockRecord> blocks_;
  ArenaList<image::Range> guards_;
  ArenaList<image::MemoryPolicyRecord> policies_;
  Strings* strings_;
  sys::Pagemap pagemap_;
  image::Range excluded_[4] = {};
  uint32_t excluded_count_ = 0;
  // Bytes that the program does not want saved.
  const Span<const image::Range> left_out_ = ExcludedBytes();
  image::VmaRecord current_ = {};  // whose pages are being added
  uint64_t barrier_ = 0;  // end of the last pages that no block may cover
  image::StringRef last_name_ = 0;
  bool expect_advice_ = false, expect_guards_ = false;
  bool keep_files_ = false;
  bool has_policies_ = true;  // as far as is known
  bool full_ = false;
};

// Splits a run at the sizes that blocks may have.
inline uint64_t BlockSize(uint64_t at, uint64_t end) {
  return end - at < image::kMaxBlock ? end - at : image::kMaxBlock;
}

}  // namespace ckpt::track

#endif
