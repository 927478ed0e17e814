# Intent: what is no image, or not safely the caller's own, is refused with one
# line that says why; -r auto passes over it and takes the older one.
# RUN: %fault %s %t
"""Files that -r may not use."""

import os
import shutil
import subprocess

import harness as h

kNobody = 65534


def plain_core(path):
    """A core file of this machine's kind, without our notes."""
    write = [b"\x7fELF\x02\x01\x01" + bytes(9)]
    write.append((4).to_bytes(2, "little") + (62).to_bytes(2, "little"))
    write.append((1).to_bytes(4, "little") + bytes(8))
    write.append((64).to_bytes(8, "little") + bytes(8) + bytes(4))
    write.append((64).to_bytes(2, "little") + (56).to_bytes(2, "little"))
    write.append((1).to_bytes(2, "little") + bytes(6))
    header = b"".join(write)
    note = (5).to_bytes(4, "little") + (8).to_bytes(4, "little") + \
        (1).to_bytes(4, "little") + b"CORE\0\0\0\0" + bytes(300)
    segment = (4).to_bytes(4, "little") + (4).to_bytes(4, "little") + \
        (120).to_bytes(8, "little") + bytes(16) + \
        len(note).to_bytes(8, "little") + bytes(8) + (8).to_bytes(8, "little")
    h.write(path, header + segment + note)
    subprocess.run(["readelf", "-h", path], check=True, stdout=-3, stderr=-3)


def program(path):
    shutil.copy(h.worker, path)


def change(how):
    """A copy of the good image with something done to it."""
    def make(path):
        shutil.copy(image, path)
        os.chmod(path, 0o600)
        how(path)
    return make


def symlink(path):
    os.symlink(os.path.abspath(image), path)


def remove(path):
    pass


kCases = [
    ("missing", remove, r"no such file or directory \(errno 2\)"),
    ("empty", lambda p: h.write(p, b""), "empty"),
    ("text", lambda p: h.write(p, b"nothing to see here\n" * 99),
     "not a checkpoint image: no ELF file"),
    ("program", program, "not a checkpoint image: no x86_64 ELF core file"),
    ("core", plain_core,
     "not a checkpoint image: its first note is not CKPT's head"),
    ("directory", os.mkdir, "not a regular file"),
    ("fifo", os.mkfifo, "not a regular file"),
    ("device", lambda p: os.mknod(p, 0o20600, os.makedev(1, 3)),
     "not a regular file"),
    ("symlink", symlink, r"symbolic link \(errno 40\)"),
    ("group", change(lambda p: os.chmod(p, 0o620)),
     r"can be written by others \(chmod go-w\)"),
    ("world", change(lambda p: os.chmod(p, 0o602)),
     r"can be written by others \(chmod go-w\)"),
    ("other-user", change(lambda p: os.chown(p, kNobody, kNobody)),
     "belongs to another user"),
    ("version", change(lambda p: patch(p, "version", "7")),
     r"damaged: version 7: this program reads version \d+"),
    ("abi", change(lambda p: patch(p, "abi_version", "7777")),
     "written by another version of the checkpoint runtime"),
]


def patch(path, field, value):
    subprocess.run([h.patch_tool, path, field, value], check=True, timeout=20)


def test():
    global image
    image = h.take_image("images")
    newer = os.path.abspath("images/worker.chkpt.%d" % (h.number(image) + 1))
    for name, make, why in kCases:
        if os.geteuid() != 0 and name in ("device", "other-user"):
            continue
        make(newer)
        h.restart(newer).refuse("restart refused: %s: %s$" % (newer, why))
        # Without images of its own, which would be newer ones.
        run = h.restart("auto", options=["-d", "images", "-v", "-t", "0"])
        run.wait_for("restarted from .*/" + image)
        run.check(name == "missing" or
                  run.lines("passing over %s: %s$" % (newer, why)),
                  "nothing is said about " + newer)
        run.finish()
        if os.path.isdir(newer):
            os.rmdir(newer)
        elif os.path.lexists(newer):
            os.unlink(newer)
    # A number is not an image's if it is written in another way.
    for other in ["worker.chkpt.007", "worker.chkpt.9x", "worker.chkpt.",
                  "worker.chkpt.18446744073709551615"]:
        h.write(os.path.join("images", other), b"x")
    h.check_restarts("auto", options=["-d", "images"])
    return "%d cases" % len(kCases)


h.main(test)
