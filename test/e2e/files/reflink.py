# Intent: where image and file are on one file system that has reflinks, the
# content of a file in an image is a clone: it takes no room, and is still what
# it was when the file has changed.
# REQUIRES: reflink
# RUN: %ckpt_cc -std=gnu11 -D_GNU_SOURCE -pthread -I %behave \
# RUN:   %behave/Inputs/output.c -o %t
# RUN: rm -rf %t.run && mkdir %t.run && truncate -s 400M %t.run/disk
# RUN: mkfs.xfs -q -m reflink=1 %t.run/disk && mkdir %t.run/mount
# RUN: unshare -m sh -e -c 'mount -o loop %t.run/disk %t.run/mount; \
# RUN:   exec %py %s %t.run/mount/run %ckpt %t'
"""Room on the disk, before and after."""

import hashlib
import os

import generations

kBig = (64 << 20) + 1234


def used():
    os.sync()
    disk = os.statvfs(setup.dir)
    return (disk.f_blocks - disk.f_bfree) * disk.f_frsize


def checksum():
    with open(big, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


setup = generations.scenario()
options = ["-d", setup.images, "-v", "--files", "content=data/*"]
os.mkdir(os.path.join(setup.work, "data"))
big = os.path.join(setup.work, "data", "big")
with open(big, "wb") as file:
    file.write(os.urandom(kBig))
before = checksum()
program = setup.start(options)
program.wait_ready()
room = used()
image = program.checkpoint_now()
program.check(os.stat(image).st_size > kBig, "the content is not there")
program.check(used() < room + (16 << 20), "not a clone")
program.kill()
generations.subprocess.run([setup.ckpt, "verify", image], check=True,
                           timeout=generations.kPatience)
for again in range(3):
    with open(big, "r+b") as file:
        file.seek((again << 20) + 17)
        file.write(os.urandom(1 << again * 8))
        file.truncate(kBig - again * 5000)
    if again == 2:
        os.unlink(big)
    program = setup.start(["-r", image, *options])
    program.wait_restarted()
    program.check(checksum() == before, "the content is another one")
    program.kill()
