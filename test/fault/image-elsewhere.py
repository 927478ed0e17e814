# Intent: an image of another build, CPU or kernel, or whose files and directory
# are not what they were, is refused with one line that names what differs, and
# goes on when that is as it was.
# RUN: %fault %s %t
"""The world is another one at the restart."""

import os
import shutil
import subprocess

import harness as h


def patched(image, field, value):
    shutil.copy(image, "patched")
    os.chmod("patched", 0o600)
    subprocess.run([h.patch_tool, "patched", field, value], check=True,
                   timeout=20)
    return "patched"


def field(image, name):
    return int(subprocess.run([h.patch_tool, image, name], check=True,
                              capture_output=True, timeout=20).stdout, 16)


def refused(image, why, words=("file",), **more):
    h.restart(image, words, **more).refuse("restart refused: .*" + why)


def machine(image):
    # Any leaf-1 ecx bit that is not set here: 31 (a hypervisor) toggled stands
    # for an instruction.
    cpuid = field(image, "cpuid")
    missing = next(b for b in reversed(range(32)) if not cpuid >> b & 1)
    refused(patched(image, "cpuid", "%x" % (cpuid | 1 << missing)),
            "this CPU lacks instructions the program may be using: "
            "CPUID-word-0-bit-%d$" % missing)
    # Of no CPU that is made today.
    cpuid = field(image, "cpuid6")
    refused(patched(image, "cpuid6", "%x" % (cpuid | 1 << 11 | 1 << 21)),
            "this CPU lacks instructions the program may be using: xop tbm$")
    refused(patched(image, "xcr0", "%x" % (field(image, "xcr0") | 1 << 40)),
            "this CPU or kernel saves fewer registers .*XCR0")
    refused(patched(image, "xsave_size", "fffff"),
            "this CPU or kernel saves fewer registers")
    offset = field(image, "xsave_offset")
    refused(patched(image, "xsave_offset", "%x" % (offset + 64)),
            "this CPU lays out the registers that it saves in another way "
            r"\(feature 2\)$")
    # Another kernel's vdso leads to this one's.
    h.check_restarts(patched(image, "vdso_xxh3", "1"), ["file"])
    refused(patched(image, "vdso_part_count", "0"),
            "damaged: process: wrong size of the vdso$")
    # A smaller set of features is a smaller set of needs.
    h.check_restarts(patched(image, "cpuid", "0"), ["file"])


def other_build(image):
    other = h.compile_worker(os.path.abspath("other/worker"), "-DOTHER=1",
                             "-O0")
    refused(image, "taken from another build of worker$", program=other)
    run = h.restart("auto", ["file"], ["-d", "images", "-v"], program=other)
    run.wait_for("passing over .*: taken from another build of worker$")
    run.wait_for("no checkpoint to go on from; starting afresh")
    run.wait_started()
    run.finish()
    # The same build, moved: the image does not mind.
    shutil.copy(h.worker, "moved")
    h.check_restarts(image, ["file"], program=os.path.abspath("moved"))


def other_arguments():
    run = h.restart("auto", ["file2"], ["-d", "images", "-v"])
    run.wait_for("passing over .*: taken with other arguments$")
    run.wait_started()
    run.finish()


def files(image):
    os.rename("file", "away")
    refused(image, r"/file: no such file or directory \(errno 2\)$")
    h.write("file", b"first")
    refused(image, r"/file has 5 bytes, the checkpoint was at offset 6 of 12 "
                   r"\(--files offset goes on\)$")
    os.unlink("file")
    os.mkdir("file")
    refused(image, "/file is another kind of file than it was$")
    os.rmdir("file")
    os.mkfifo("file")
    refused(image, "/file is another kind of file than it was$")
    os.unlink("file")
    os.rename("away", "file")
    h.check_restarts(image, ["file"])
    # Longer is no loss.
    h.write("file", b"first second third")
    h.check_restarts(image, ["file"])


def directory():
    os.mkdir("home")
    image = h.take_image(os.path.abspath("of-home"), cwd="home")
    h.check_restarts(image)
    os.rmdir("home")
    refused(image, r"/home: no such file or directory \(errno 2\)$", [])
    h.write("home", b"")
    refused(image, r"/home: not a directory \(errno 20\)$", [])
    os.unlink("home")
    os.mkdir("home")
    h.check_restarts(image)


def test():
    h.write("file", b"first second")
    h.write("file2", b"first second")
    image = h.take_image("images", ["file"])
    os.mkdir("other")
    machine(image)
    other_build(image)
    other_arguments()
    files(image)
    directory()


h.main(test)
