# Intent: a checkpoint whose content of files does not fit on the disk fails with
# one line, nothing of it stays behind, and the program goes on.
# REQUIRES: root-mounts
# RUN: unshare -m %fault %s %t
"""A file larger than the disk for the images."""

import os
import subprocess

import harness as h


def test():
    program = h.compile_worker(os.path.abspath("writer"), "-D_GNU_SOURCE",
                               source="writer.c")
    os.mkdir("disk")
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=9m,mode=755", "none",
                    "disk"], check=True, timeout=20)
    for fault in (None, "image_nameless=95@1+"):
        run = h.Program([], ["-d", "disk", "-v", "-t", "0.02", "-k", "1",
                             "--files", "content=data/*"],
                        program=program, fault=fault)
        run.wait_for("KiB", count=2)
        with open("data/big", "wb") as file:
            file.write(os.urandom(8 << 20))
        pattern = r"checkpoint failed: cannot save the content of .*/data/big" \
                  r": no space left on device \(errno 28\)$"
        run.wait_for(pattern)
        os.unlink("data/big")
        run.wait_for("KiB", count=len(run.lines("KiB")) + 2)
        run.finish()
        run.check(len(run.lines(pattern)) + len(run.lines("KiB")) ==
                  len(run.lines()), "another line")
        run.check(h.temporaries("disk") == [], "a temporary file is left")
        h.check_good(*h.images("disk", "writer"))
    subprocess.run(["umount", "disk"], check=True, timeout=20)


h.main(test)
