// loader.h - a restart from the command line: finds the image, refuses what
// cannot work with one line while nothing has happened yet, arranges the ids,
// and hands over to the restorer. Runs before the program's constructors.

#ifndef CKPT_RESTORE_LOADER_H
#define CKPT_RESTORE_LOADER_H

namespace ckpt::restore {

// Carries out -r of g_state.options. Returns only for `-r auto` when there is
// no image to go on from.
void Restart();

}  // namespace ckpt::restore

#endif
