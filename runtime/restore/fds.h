// fds.h - opens the files of an image again and puts every descriptor at its
// number (the paper, section 3.6, step 7: "restore file state"). Runs in the
// process that will be restored, before its memory goes. Never creates or
// truncates a file.

#ifndef CKPT_RESTORE_FDS_H
#define CKPT_RESTORE_FDS_H

#include "image/reader.h"
#include "restore/rollback.h"

namespace ckpt::restore {

// Replaces the descriptor table. `image_fd` survives under the number that is
// returned. What cannot be had ends the process with one line and exit code
// 125.
int RestoreDescriptors(const image::Reader& reader, Files* files, int image_fd);

}  // namespace ckpt::restore

#endif
