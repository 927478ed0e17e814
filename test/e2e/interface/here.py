# Intent: checkpoint_here returns 0 in the run that goes on, and 1 in each run
# that is restored from it; the image is not changed by that, and any number of
# restores of it may run, one after the other or at once.
# RUN: %ckpt_cc -D_GNU_SOURCE -O2 -pthread -I %behave %behave/Inputs/here.c -o %t
# RUN: %py %s %t.run %ckpt %t
import hashlib

import generations


def checksum(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


setup = generations.scenario()
first = setup.start(["-d", setup.images, "-v"])
first.wait_ready()
[image] = setup.image_list()
first.kill()
before = checksum(image)
for ids in ("same", "ns", "new", "auto"):
    again = setup.start(["-r", image, "-v", "--ids", ids])
    again.check(again.wait() == 0, "it did not end well")
    again.check(again.out == "OK 1\n", "not restored")
    again.check_streams()
both = [setup.start(["-r", image, "-v", "--ids", "new"]) for _ in range(2)]
for one in both:
    one.check(one.wait() == 0 and one.out == "OK 1\n", "not restored")
first.check(checksum(image) == before, "the image has changed")
first.check(setup.image_list() == [image], "other images")
