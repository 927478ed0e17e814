# Intent: on a full, read-only, unwritable or removed checkpoint directory each
# checkpoint fails with one line, the program goes on, what is there stays whole,
# and checkpoints succeed again when they can.
# REQUIRES: root-mounts
# RUN: unshare -m %fault %s %t
"""Disks that cannot take an image."""

import os
import shutil
import subprocess

import harness as h


def mount(*words):
    subprocess.run(["mount", *words], check=True, timeout=20)


def remount_read_only(run):
    """Not while an image is being written, which keeps the disk busy."""
    run.wait_until(lambda: subprocess.run(
        ["mount", "-o", "remount,ro", "disk"], stderr=subprocess.DEVNULL,
        check=False, timeout=20).returncode == 0, "a moment without an image")


def start(directory, keep="0", **more):
    return h.Program([], ["-t", "0.01", "-d", directory, "-v", "-k", keep],
                     **more)


def end(run, pattern, directory):
    run.finish()
    run.check(len(run.lines(pattern)) + len(run.lines("KiB")) ==
              len(run.lines()), "another line")
    run.check(h.temporaries(directory) == [], "a temporary file is left")
    h.check_good(*h.images(directory))


def again(run):
    """Checkpoints succeed again."""
    run.wait_for("KiB", count=len(run.lines("KiB")) + 2)


def full(nameless):
    """With and without a name, a file system of three images' size."""
    os.mkdir("disk")
    mount("-t", "tmpfs", "-o", "size=2600k,mode=755", "none", "disk")
    fault = None if nameless else "image_nameless=95@1+"
    run = start("disk", fault=fault)
    pattern = r"failed: .*/disk: no space left on device \(errno 28\)$"
    run.wait_for(pattern, count=3)
    os.unlink(h.images("disk")[0])
    count = len(h.images("disk"))
    run.wait_until(lambda: len(h.images("disk")) > count, "another image")
    run.wait_for(pattern, count=len(run.lines(pattern)) + 1)
    end(run, pattern, "disk")
    h.check_restarts("auto", options=["-d", "disk"])
    subprocess.run(["umount", "disk"], check=True, timeout=20)
    os.rmdir("disk")


def read_only():
    os.mkdir("disk")
    mount("-t", "tmpfs", "-o", "size=64m,mode=755", "none", "disk")
    run = start("disk", "3")
    again(run)
    remount_read_only(run)
    pattern = r"failed: .*: read-only file system \(errno 30\)$"
    run.wait_for(pattern, count=3)
    h.check_good(*h.images("disk"))
    mount("-o", "remount,rw", "disk")
    again(run)
    end(run, pattern, "disk")


def forbidden():
    """As a user who may not write there (any more)."""
    os.mkdir("forbidden")
    user = {"user": 65534, "group": 65534, "extra_groups": []}
    os.chown("forbidden", 65534, 65534)
    run = start("forbidden", "3", **user)
    again(run)
    os.chmod("forbidden", 0o555)
    pattern = r"failed: .*/forbidden: permission denied \(errno 13\)$"
    run.wait_for(pattern, count=3)
    os.chmod("forbidden", 0o700)
    again(run)
    end(run, pattern, "forbidden")


def removed():
    os.mkdir("removed")
    run = start("removed", "3")
    again(run)
    os.rename("removed", "elsewhere")
    pattern = r"failed: .*: no such file or directory \(errno 2\)$"
    run.wait_for(pattern, count=3)
    h.check_good(*h.images("elsewhere"))
    h.write("removed", b"")
    taken = r"failed: .*: not a directory \(errno 20\)$"
    run.wait_for(taken, count=2)
    os.unlink("removed")
    os.mkdir("removed")
    again(run)
    end(run, pattern + "|" + taken, "removed")
    shutil.rmtree("elsewhere")


def test():
    full(True)
    full(False)
    read_only()
    forbidden()
    removed()


h.main(test)
