# Intent: a library that is another file at the restart than the one that was
# mapped, or gone, is named and refused; the same build elsewhere in time is not.
# An image of --self-contained goes on with the library that it has.
# RUN: %fault %s %t
"""A library is rebuilt between checkpoint and restart."""

import os
import shutil

import harness as h


def build(answer, *flags):
    h.compile_worker(os.path.abspath("new.so"), "-shared", "-fPIC",
                     "-DANSWER=%d" % answer, *flags, source="plugin.c")
    os.replace("new.so", "plugin.so")


def check(flags, same_may_move):
    build(1, *flags)
    plugin = os.path.abspath("plugin.so")
    image = h.take_image("images", [plugin], "loads", program=loads)

    def refused(why):
        h.restart(image, [plugin], program=loads).refuse(
            "restart refused: .*: %s%s$" % (plugin, why))
    h.check_restarts(image, [plugin], program=loads)
    shutil.copy2("plugin.so", "kept.so")
    build(2, *flags)
    refused(" is not the file that the checkpoint had mapped")
    os.unlink("plugin.so")
    refused(r": no such file or directory \(errno 2\)")
    h.write("plugin.so", b"short")
    refused(" is not the file that the checkpoint had mapped")
    shutil.copy2("kept.so", "plugin.so")
    h.check_restarts(image, [plugin], program=loads)
    os.utime("plugin.so", (1, 1))
    if same_may_move:
        h.check_restarts(image, [plugin], program=loads)
    else:
        refused(" is not the file that the checkpoint had mapped")
    os.unlink(image)


def check_self_contained():
    build(1)
    plugin = os.path.abspath("plugin.so")
    image = h.take_image("images", [plugin], "loads", ["--self-contained"],
                         program=loads)
    build(2)
    h.check_restarts(image, [plugin], program=loads)
    os.unlink("plugin.so")
    h.check_restarts(image, [plugin], program=loads)
    # A restored program's images are as the first one's.
    os.mkdir("later")
    run = h.restart(image, [plugin], ["-t", "0.01", "-d", "later", "-v"],
                    program=loads)
    run.wait_for("checkpoint .*KiB", count=2)
    run.kill()
    h.check_restarts(h.images("later", "loads")[0], [plugin], program=loads)


def test():
    global loads
    loads = h.compile_worker(os.path.abspath("loads"), source="loads.c")
    check(["-Wl,--build-id=sha1"], True)
    # Without a build-id, size and time of the last change tell.
    check(["-Wl,--build-id=none"], False)
    check_self_contained()


h.main(test)
