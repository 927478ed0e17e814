// files.cpp - doors of opening and closing: the flags of the call go into the
// file table (the paper, section 3.4); everything else about a descriptor the
// kernel tells at the checkpoint.

#include <stdarg.h>

#include "hooks/libc.h"
#include "track/appended_files.h"
#include "track/file_table.h"

namespace {

using ckpt::hooks::Real;
using ckpt::track::NoteAppending;
using ckpt::track::NoteClose;
using ckpt::track::NoteDup;
using ckpt::track::NoteOpen;
using ckpt::track::NoteSeek;

int Opened(int fd, int flags) {
  NoteOpen(fd, flags);
  if ((flags & O_APPEND) != 0) NoteAppending(fd);
  return fd;
}

// fopen(3): what its mode means to open(2).
int ModeFlags(const char* mode) {
  int flags = mode[0] == 'w'   ? O_CREAT | O_TRUNC
              : mode[0] == 'a' ? O_CREAT | O_APPEND
                               : 0;
  for (const char* p = mode; *p != '\0' && *p != ','; ++p) {
    if (*p == 'x') flags |= O_EXCL;
  }
  return flags;
}

FILE* OpenedStream(FILE* stream, const char* mode) {
  if (stream != nullptr) Opened(fileno(stream), ModeFlags(mode));
  return stream;
}

// Asking where it is, and going to the end, is what plain writers do as well.
bool Moves(int64_t offset, int whence) {
  return offset != 0 || (whence != SEEK_CUR && whence != SEEK_END);
}

}  // namespace

// The mode is there only with O_CREAT or O_TMPFILE; reading it always is
// harmless and what the C library does.
#define CKPT_MODE(last)      \
  va_list arguments;         \
  va_start(arguments, last); \
  const mode_t mode = va_arg(arguments, mode_t); \
  va_end(arguments)

int __ckpt_open(const char* path, int flags, ...) {
  CKPT_MODE(flags);
  return Opened(Real().open(path, flags, mode), flags);
}
int __ckpt_open64(const char* path, int flags, ...) {
  CKPT_MODE(flags);
  return Opened(Real().open64(path, flags, mode), flags);
}
int __ckpt_openat(int dir, const char* path, int flags, ...) {
  CKPT_MODE(flags);
  return Opened(Real().openat(dir, path, flags, mode), flags);
}
int __ckpt_openat64(int dir, const char* path, int flags, ...) {
  CKPT_MODE(flags);
  return Opened(Real().openat64(dir, path, flags, mode), flags);
}
int __ckpt___open_2(const char* path, int flags) {
  return Opened(Real().__open_2(path, flags), flags);
}
int __ckpt___open64_2(const char* path, int flags) {
  return Opened(Real().__open64_2(path, flags), flags);
}
int __ckpt___openat_2(int dir, const char* path, int flags) {
  return Opened(Real().__openat_2(dir, path, flags), flags);
}
int __ckpt___openat64_2(int dir, const char* path, int flags) {
  return Opened(Real().__openat64_2(dir, path, flags), flags);
}
int __ckpt_creat(const char* path, mode_t mode) {
  return Opened(Real().creat(path, mode), O_CREAT | O_TRUNC);
}
int __ckpt_creat64(const char* path, mode_t mode) {
  return Opened(Real().creat64(path, mode), O_CREAT | O_TRUNC);
}

int __ckpt_close(int fd) {
  NoteClose(fd);
  return Real().close(fd);
}
int __ckpt_dup(int fd) __THROW {
  const int copy = Real().dup(fd);
  NoteDup(fd, copy);
  return copy;
}
int __ckpt_dup2(int from, int to) __THROW {
  const int copy = Real().dup2(from, to);
  NoteDup(from, copy);
  return copy;
}
int __ckpt_dup3(int from, int to, int flags) __THROW {
  const int copy = Real().dup3(from, to, flags);
  NoteDup(from, copy);
  return copy;
}

FILE* __ckpt_fopen(const char* path, const char* mode) {
  return OpenedStream(Real().fopen(path, mode), mode);
}
FILE* __ckpt_fopen64(const char* path, const char* mode) {
  return OpenedStream(Real().fopen64(path, mode), mode);
}
FILE* __ckpt_freopen(const char* path, const char* mode, FILE* stream) {
  return OpenedStream(Real().freopen(path, mode, stream), mode);
}
FILE* __ckpt_freopen64(const char* path, const char* mode, FILE* stream) {
  return OpenedStream(Real().freopen64(path, mode, stream), mode);
}
FILE* __ckpt_fdopen(int fd, const char* mode) __THROW {
  return Real().fdopen(fd, mode);
}
int __ckpt_fclose(FILE* stream) {
  NoteClose(fileno(stream));
  return Real().fclose(stream);
}

off_t __ckpt_lseek(int fd, off_t offset, int whence) __THROW {
  if (Moves(offset, whence)) NoteSeek(fd);
  return Real().lseek(fd, offset, whence);
}
off64_t __ckpt_lseek64(int fd, off64_t offset, int whence) __THROW {
  if (Moves(offset, whence)) NoteSeek(fd);
  return Real().lseek64(fd, offset, whence);
}
ssize_t __ckpt_pwrite(int fd, const void* data, size_t size, off_t offset) {
  NoteSeek(fd);
  return Real().pwrite(fd, data, size, offset);
}
ssize_t __ckpt_pwrite64(int fd, const void* data, size_t size,
                        off64_t offset) {
  NoteSeek(fd);
  return Real().pwrite64(fd, data, size, offset);
}
ssize_t __ckpt_pwritev(int fd, const iovec* parts, int count, off_t offset) {
  NoteSeek(fd);
  return Real().pwritev(fd, parts, count, offset);
}
ssize_t __ckpt_pwritev64(int fd, const iovec* parts, int count,
                         off64_t offset) {
  NoteSeek(fd);
  return Real().pwritev64(fd, parts, count, offset);
}
ssize_t __ckpt_pwritev2(int fd, const iovec* parts, int count, off_t offset,
                        int flags) {
  NoteSeek(fd);
  return Real().pwritev2(fd, parts, count, offset, flags);
}
ssize_t __ckpt_pwritev64v2(int fd, const iovec* parts, int count,
                           off64_t offset, int flags) {
  NoteSeek(fd);
  return Real().pwritev64v2(fd, parts, count, offset, flags);
}
int __ckpt_ftruncate(int fd, off_t size) __THROW {
  NoteSeek(fd);
  return Real().ftruncate(fd, size);
}
int __ckpt_ftruncate64(int fd, off64_t size) __THROW {
  NoteSeek(fd);
  return Real().ftruncate64(fd, size);
}

int __ckpt_fseek(FILE* stream, long offset, int whence) {
  if (Moves(offset, whence)) NoteSeek(fileno(stream));
  return Real().fseek(stream, offset, whence);
}
int __ckpt_fseeko(FILE* stream, off_t offset, int whence) {
  if (Moves(offset, whence)) NoteSeek(fileno(stream));
  return Real().fseeko(stream, offset, whence);
}
int __ckpt_fseeko64(FILE* stream, off64_t offset, int whence) {
  if (Moves(offset, whence)) NoteSeek(fileno(stream));
  return Real().fseeko64(stream, offset, whence);
}
void __ckpt_rewind(FILE* stream) {
  NoteSeek(fileno(stream));
  Real().rewind(stream);
}
int __ckpt_fsetpos(FILE* stream, const fpos_t* position) {
  NoteSeek(fileno(stream));
  return Real().fsetpos(stream, position);
}
int __ckpt_fsetpos64(FILE* stream, const fpos64_t* position) {
  NoteSeek(fileno(stream));
  return Real().fsetpos64(stream, position);
}
