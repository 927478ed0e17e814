# Intent: checkpoint_init in a forked child makes it a run of its own, with
# checkpoints by the options of its parent; its images are restarted by name,
# `-r auto` takes only those of the parent.
# RUN: %ckpt_cc -D_GNU_SOURCE -O2 -pthread -I %behave %behave/Inputs/forks.c \
# RUN:   -o %t
# RUN: %py %s %t.run %ckpt %t
# RUN: %ckpt_cc -D_GNU_SOURCE -O2 -static -pthread -I %behave \
# RUN:   %behave/Inputs/forks.c -o %t
# RUN: %py %s %t.run %ckpt %t
import json
import os
import re
import signal
import subprocess

import generations


def images_of(setup, forks):
    """Of the parent (0) or its child (1), oldest first."""
    listed = json.loads(subprocess.run(
        [setup.ckpt, "ls", "--json", setup.images], capture_output=True,
        check=True, timeout=generations.kPatience).stdout)
    return sorted((one["sequence"], os.path.join(setup.images, one["name"]),
                   one["run_id"])
                  for one in listed if one.get("forks") == forks)


def said(program, what):
    program.wait_until(lambda: re.search(what + r" \d+\n", program.out), what)
    return int(re.search(what + r" (\d+)\n", program.out)[1])


def restart(setup, forks, options, generation, turns, token, ids):
    """Some generations of the parent (0) or its child (1), by name."""
    who = ("parent", "child")[forks]
    for turn in range(turns):
        image = images_of(setup, forks)[-1][1]
        program = setup.start(["-r", image, "-v", "--ids", ids, *options])
        program.wait_restarted()
        program.wait_checkpoints(1)
        if turn == turns - 1:
            with open(token, "w", encoding="ascii"):
                pass
            program.check(program.wait() == 0, "its end")
            program.check("%s: OK %d\n" % (who, generation + turns) in program.out,
                          "its last word")
            os.unlink(token)
        else:
            program.kill()
    program.check_streams()
    generations.reap_all()


for ids, user in (("same", None), ("ns", "nobody"), ("new", None),
                  ("new", "nobody")):
    if user is not None and os.geteuid() != 0:
        continue
    setup = generations.scenario(user=user)
    setup.note = "--ids %s, %s" % (ids, user)
    child_token = os.path.join(setup.dir, "child-go")
    setup.command.append(child_token)
    options = ["-d", setup.images, "-t", "0.03", "-k", "2"]
    program = setup.start(["-v", *options])
    said(program, "parent: ready")
    child = said(program, "child: ready")
    program.wait_until(lambda: len(images_of(setup, 1)) == 2, "two images")
    # The parent has a living child: none of it yet. The child answers.
    program.check(images_of(setup, 0) == [], "an image of the parent")
    asked = subprocess.run([setup.ckpt, "now", str(child)], check=True,
                           capture_output=True, text=True,
                           timeout=generations.kPatience).stdout.strip()
    program.check(asked.startswith(setup.images), "where?")
    os.kill(child, signal.SIGKILL)
    program.wait_until(lambda: len(images_of(setup, 0)) == 2, "two images")
    program.kill()
    of_child, of_parent = images_of(setup, 1), images_of(setup, 0)
    program.check(len(of_child) >= 2, "-k has removed another run's")
    program.check(len({run for _, _, run in of_child}) == 1, "several runs")
    program.check(of_child[0][2] != of_parent[0][2], "the same run")

    # Named: the child, whose newest is newer than the parent's then.
    restart(setup, 1, options, 0, 3, child_token, ids)
    program.check(images_of(setup, 1)[-1][0] > of_parent[-1][0], "not newer")
    again = setup.start(["-r", "auto", "-v", "--ids", ids, *options])
    again.wait_restarted()
    again.check(of_parent[-1][1] in again.lines(generations.kRestarted)[0],
                "not the parent's newest")
    again.check(len(again.lines("ckpt: passing over .*forked child")) ==
                len(images_of(setup, 1)), "it has not passed over the child's")
    again.wait_checkpoints(1)
    again.kill()
    restart(setup, 0, options, 1, 1, setup.token, ids)
