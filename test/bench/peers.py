"""Other tools of the kind, if they are installed: measured in the same run."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import time

import measure


def found():
    """Names and versions of those that are here and work."""
    here = {}
    if shutil.which("dmtcp_launch") and shutil.which("dmtcp_command"):
        here["DMTCP"] = _version(["dmtcp_launch", "--version"])
    if shutil.which("criu") and os.geteuid() == 0:
        if subprocess.run(["criu", "check"], capture_output=True).returncode == 0:
            here["CRIU"] = _version(["criu", "--version"])
    return here


def _version(command):
    out = subprocess.run(command, capture_output=True, text=True).stdout
    return next((word for word in out.split() if word[:1].isdigit()), "?")


def variants(app):
    """{name: function(threads)}: one run of the plain program under each."""
    here = found()
    functions = {}
    if "DMTCP" in here:
        functions["dmtcp"] = lambda n: _dmtcp(app, n, checkpoint=False)
        functions["dmtcp_one"] = lambda n: _dmtcp(app, n, checkpoint=True)
    if "CRIU" in here:
        functions["criu_one"] = lambda n: _criu(app, n)
    return functions


def _moment(app, threads):
    if threads not in app.plain_wall:
        app.plain(threads)
    return 0.5 * measure.median(app.plain_wall[threads])


def _start(app, command, environment, out):
    prefix = ["taskset", "-c", app.cpus] if app.cpus else []
    return subprocess.Popen(
        prefix + [str(c) for c in command], env=environment,
        stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.DEVNULL,
        start_new_session=True)


def _cost(process, start, out):
    usage = measure.wait(process, 300)
    wall = time.monotonic() - start
    out.seek(0)
    if process.returncode != 0:
        raise measure.Failed("%s ended with %s" % (process.args,
                                                   process.returncode))
    return measure.Cost(usage.ru_utime, usage.ru_stime, wall,
                        out.read().decode())


def _criu(app, threads):
    """The plain program, with one dump that leaves it running."""
    moment = _moment(app, threads)
    with tempfile.TemporaryFile() as out, \
            tempfile.TemporaryDirectory(dir=app.work) as images:
        start = time.monotonic()
        process = _start(app, app.command("plain", threads),
                         measure.clean_environment(), out)
        time.sleep(moment)
        dump = subprocess.run(
            ["criu", "dump", "-t", str(process.pid), "-D", images,
             "--leave-running", "--shell-job"], capture_output=True)
        cost = _cost(process, start, out)
        if dump.returncode != 0:
            raise measure.Failed("criu dump: " + dump.stderr.decode()[-300:])
        return cost


def _dmtcp(app, threads, checkpoint):
    """Under a coordinator of its own, with one checkpoint or none."""
    moment = _moment(app, threads)
    with tempfile.TemporaryFile() as out, \
            tempfile.TemporaryDirectory(dir=app.work) as directory:
        port = pathlib.Path(directory) / "port"
        environment = measure.clean_environment(DMTCP_GZIP="0")
        start = time.monotonic()
        process = _start(app, [
            "dmtcp_launch", "--quiet", "--new-coordinator", "--coord-port", "0",
            "--port-file", port, "--ckptdir", directory, "--no-gzip",
            *app.command("plain", threads)], environment, out)
        if checkpoint:
            time.sleep(moment)
            subprocess.run(
                ["dmtcp_command", "--quiet", "--coord-port",
                 port.read_text().strip(), "--bcheckpoint"],
                env=environment, check=True, capture_output=True)
        return _cost(process, start, out)
