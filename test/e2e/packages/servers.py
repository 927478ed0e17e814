"""Servers: killed under load and restarted. Connections with their clients are
reset; whoever connects again finds what was stored before the checkpoint."""

import re
import signal
import socket
import subprocess
import time

import interrupted
import programs

SERVERS = [
    programs.Program(
        name="memcached", source="memcached", binary="memcached",
        build="./configure -q CC=ckpt-cc --disable-docs && make -s -j2"
              " memcached",
        arguments="-s socket -t 2 -u root"),
]

CONNECT_S = 10
SERVE_S = 1
KILLS = 3


class Client:
    def __init__(self, directory):
        deadline = time.monotonic() + CONNECT_S
        while True:
            self.socket = socket.socket(socket.AF_UNIX)
            try:
                self.socket.connect(str(directory / "socket"))
                break
            except OSError:
                self.socket.close()
                if time.monotonic() > deadline:
                    raise interrupted.Failed("does not answer") from None
                time.sleep(0.05)
        self.socket.settimeout(CONNECT_S)
        self.file = self.socket.makefile("rwb", buffering=0)

    def ask(self, request, *answer):
        self.file.write(request)
        got = [self.file.readline() for _ in answer]
        if got != list(answer):
            raise interrupted.Failed(f"{request} was answered with {got}")

    def set(self, key, number):
        value = b"%d" % number
        self.ask(b"set %s 0 0 %d\r\n%s\r\n" % (key, len(value), value),
                 b"STORED\r\n")

    def get(self, key, number):
        value = b"%d" % number
        self.ask(b"get %s\r\n" % key, b"VALUE %s 0 %d\r\n" % (key, len(value)),
                 value + b"\r\n", b"END\r\n")

    def close(self):
        self.file.close()
        self.socket.close()


def images(directory):
    numbers = [int(m[1]) for path in directory.iterdir()
               if (m := re.fullmatch(r".*\.chkpt\.(\d+)", path.name))]
    return max(numbers, default=0)


def start(program, binary, directory):
    with open(directory / "stderr.txt", "ab") as stderr:
        return subprocess.Popen(
            [binary, *program.arguments.split(), "--", "-t", "0.1", "-r",
             "auto", "-v"], cwd=directory, stdin=subprocess.DEVNULL,
            stderr=stderr)


def restarts(directory):
    return (directory / "stderr.txt").read_bytes().count(
        b"ckpt: restarted from ")


def await_restart(process, directory, life):
    """It was the guardian that was killed: the server ends a moment later, and
    until then whoever connects is connected with that one."""
    deadline = time.monotonic() + CONNECT_S
    while restarts(directory) < life:
        if process.poll() is not None or time.monotonic() > deadline:
            raise interrupted.Failed(f"restart {life} has not come")
        time.sleep(0.01)


def serve(directory, life):
    """Two connections that set and get, and a third that is idle, until a
    checkpoint has been taken that knows what was stored."""
    clients = [Client(directory) for _ in range(3)]
    for earlier in range(life):
        clients[0].get(b"life-%d" % earlier, earlier)
    clients[0].set(b"life-%d" % life, life)
    before = images(directory)
    end = time.monotonic() + SERVE_S
    number = 0
    while time.monotonic() < end or images(directory) < before + 2:
        clients[number % 2].set(b"k", number)
        clients[1 - number % 2].get(b"k", number)
        number += 1
        if time.monotonic() > end + interrupted.TIMEOUT_S:
            raise interrupted.Failed("no checkpoint")
    return clients


def test(program, binary, directory):
    directory.mkdir()
    for life in range(KILLS + 1):
        process = start(program, binary, directory)
        try:
            await_restart(process, directory, life)
            clients = serve(directory, life)
            if life < KILLS:
                process.kill()
        finally:
            if life == KILLS or process.poll() is None:
                process.send_signal(signal.SIGTERM if life == KILLS
                                    else signal.SIGKILL)
            code = process.wait()
        for client in clients:
            client.close()
    if code != 0:
        raise interrupted.Failed(f"ended with {code}")
    messages = (directory / "stderr.txt").read_bytes()
    if restarts(directory) != KILLS:
        raise interrupted.Failed(
            f"{restarts(directory)} restarts after {KILLS} kills")
    if b"cannot be carried over a restart" in messages:
        raise interrupted.Failed("a checkpoint was refused")
