// patch_image.cpp - makes an image say something else, with a checksum that
// fits: what another machine or another runtime would have written.
//
//   patch_image IMAGE FIELD VALUE     FIELD as in kFields, VALUE hexadecimal
//   patch_image IMAGE FIELD           prints it
//   patch_image IMAGE checksum        only makes the checksum right

#include <elf.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "image/checksum.h"
#include "image/format.h"

namespace {

using ckpt::image::HeadRecord;
using ckpt::image::NoteType;
using ckpt::image::ProcessRecord;
using ckpt::image::ThreadRecord;

struct Field {
  const char* name;
  NoteType note;
  size_t offset, size;
};

#define HEAD(field) \
  {#field, NoteType::kHead, offsetof(HeadRecord, field), \
   sizeof(HeadRecord::field)}
#define PROCESS(field) \
  {#field, NoteType::kProcess, offsetof(ProcessRecord, field), \
   sizeof(ProcessRecord::field)}
// Of the main thread.
#define SETTING(field) \
  {#field, NoteType::kThreads, offsetof(ThreadRecord, settings.field), \
   sizeof(ThreadRecord::settings.field)}
constexpr Field kFields[] = {
    HEAD(version),
    HEAD(abi_version),
    HEAD(args_xxh3),
    PROCESS(vdso_xxh3),
    PROCESS(vdso_part_count),
    PROCESS(xcr0),
    PROCESS(xsave_size),
    PROCESS(restored_info),
    {"cpuid", NoteType::kProcess, offsetof(ProcessRecord, cpuid), 4},
    {"cpuid6", NoteType::kProcess, offsetof(ProcessRecord, cpuid[6]), 4},
    {"xsave_offset", NoteType::kXsave,
     offsetof(ckpt::image::XsaveRecord, offset), 4},
    {"vdso_end", NoteType::kProcess,
     offsetof(ProcessRecord, vdso_parts) + 8, 8},
    SETTING(chosen),
    SETTING(affinity_size),
    SETTING(affinity[0]),
    SETTING(affinity[15]),
    SETTING(memory_policy),
    SETTING(memory_nodes[15]),
};

// The descriptor of the first note of that type.
char* Find(char* image, NoteType type) {
  const auto* header = reinterpret_cast<const Elf64_Ehdr*>(image);
  const auto* segment =
      reinterpret_cast<const Elf64_Phdr*>(image + header->e_phoff);
  while (segment->p_type != PT_NOTE) ++segment;
  const auto align = [](size_t n) { return (n + 7) & ~size_t{7}; };
  for (size_t at = segment->p_offset;
       at < segment->p_offset + segment->p_filesz;) {
    const auto* note = reinterpret_cast<const Elf64_Nhdr*>(image + at);
    const size_t descriptor = align(at + sizeof(*note) + note->n_namesz);
    if (note->n_type == static_cast<uint32_t>(type)) return image + descriptor;
    at = align(descriptor + note->n_descsz);
  }
  std::fprintf(stderr, "patch_image: no such note\n");
  std::exit(1);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  const int fd = open(argv[1], O_RDWR);
  struct stat st;
  if (fd < 0 || fstat(fd, &st) != 0) return 1;
  char* image = static_cast<char*>(
      mmap(nullptr, static_cast<size_t>(st.st_size), PROT_READ | PROT_WRITE,
           MAP_SHARED, fd, 0));
  bool known = std::strcmp(argv[2], "checksum") == 0;
  for (const Field& field : kFields) {
    if (std::strcmp(argv[2], field.name) != 0) continue;
    known = true;
    char* at = Find(image, field.note) + field.offset;
    unsigned long long value = 0;
    if (argc < 4) {
      std::memcpy(&value, at, field.size);
      std::printf("%llx\n", value);
      return 0;
    }
    value = std::strtoull(argv[3], nullptr, 16);
    std::memcpy(at, &value, field.size);
  }
  if (!known) return 2;
  auto* head = reinterpret_cast<HeadRecord*>(Find(image, NoteType::kHead));
  head->meta_xxh3 = 0;
  head->meta_xxh3 = ckpt::image::Xxh3(image, head->meta_size);
  return 0;
}
