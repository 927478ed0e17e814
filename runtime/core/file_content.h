// file_content.h - what an image remembers about the files that the program
// writes: names, identities, sizes, the end of what it has written, and the
// content of some (docs/restart.md, "Files"). Coordinator only, world stopped
// unless it says otherwise; no libc. Partner: restore/rollback.

#ifndef CKPT_CORE_FILE_CONTENT_H
#define CKPT_CORE_FILE_CONTENT_H

#include "base/arena.h"
#include "base/line.h"
#include "image/writer.h"
#include "track/program_files.h"
#include "track/strings.h"

namespace ckpt::core {

// Fills parts->files, file_blocks (without offsets in the image and checksums)
// and file_sources. Needs parts->fds, vmas and modules. False with *reason.
bool CollectFiles(const track::ProgramFiles& files, const char* rules,
                  Arena* arena, Arena* blocks, track::Strings* strings,
                  image::Parts* parts, Line* reason);

// Brings the blocks into the image `fd`, by reflink where that can be had.
// `buffer` has room for a block. 0 or -errno, with *failed naming the file.
long WriteFileBlocks(int fd, image::Parts* parts, char* buffer,
                     const char** failed);

// The threads run again: the checksums that WriteFileBlocks has left out, from
// what is in the image, into its finished metadata. 0 or -errno.
long FinishFileBlocks(int fd, const image::Parts& parts, Span<char> meta,
                      char* buffer);

}  // namespace ckpt::core

#endif
