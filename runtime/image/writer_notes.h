// writer_notes.h - the notes of an image: the standard ones of a core file for
// debuggers, then ours. Freestanding; runs with the world stopped.

#ifndef CKPT_IMAGE_WRITER_NOTES_H
#define CKPT_IMAGE_WRITER_NOTES_H

#include "image/writer.h"

namespace ckpt::image {

// Bytes that BuildNotes will write.
uint64_t NotesSize(const Parts& parts);

// Writes all notes at `out`; the first is the head.
void BuildNotes(const Parts& parts, char* out);

// The head in the notes that begin at `notes`.
HeadRecord* HeadOf(char* notes);

// Computes the checksum of the whole of `meta` and stores it in the head, whose
// note begins at `notes`.
void SetMetaChecksum(char* notes, char* meta, uint64_t meta_size);

}  // namespace ckpt::image

#endif
