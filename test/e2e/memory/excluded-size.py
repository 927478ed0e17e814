# Intent: excluded bytes take no room in an image, are nowhere in it, also where
# they share a page with others, and `ckpt info` shows them, in each generation.
# RUN: %ckpt_cc -D_GNU_SOURCE -O2 -pthread -I %behave %behave/Inputs/secret.c -o %t
# RUN: %py %s %t.run %ckpt %t
import os

import generations

# As they are in memory.
SECRET, PLAIN = (bytes(c ^ 0x20 for c in text) for text in (
    b"lamb of the vault", b"what all may know"))


def look(program):
    image = program.checkpoint_now()
    program.check(os.path.getsize(image) < 4 << 20, "the image is too large")
    with open(image, "rb") as file:
        content = file.read()
    program.check(SECRET not in content, "the secret is in the image")
    program.check(content.count(PLAIN) > 300, "other bytes are missing")
    info = generations.subprocess.run([setup.ckpt, "info", image], text=True,
                                      capture_output=True, check=True).stdout
    program.check("64.0 MiB  not saved" in info, info)
    return image


setup = generations.scenario()
program = setup.start(["-d", setup.images, "-v"])
program.wait_ready()
for ids in ("same", "ns", "new"):
    image = look(program)
    program.kill()
    program = setup.start(["-r", image, "-v", "--ids", ids])
    program.wait_restarted()
look(program)
program.kill()
