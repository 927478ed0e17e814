"""Servers: their sockets cannot be carried over a restart. A checkpoint is
refused with a line that says so, and the server goes on unharmed."""

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
SERVE_S = 2


def connect(directory):
    deadline = time.monotonic() + CONNECT_S
    while True:
        client = socket.socket(socket.AF_UNIX)
        try:
            client.connect(str(directory / "socket"))
            client.settimeout(CONNECT_S)
            return client.makefile("rwb", buffering=0)
        except OSError:
            client.close()
            if time.monotonic() > deadline:
                raise interrupted.Failed("does not answer") from None
            time.sleep(0.05)


def ask(client, request, *answer):
    client.write(request)
    got = [client.readline() for _ in answer]
    if got != list(answer):
        raise interrupted.Failed(f"{request} was answered with {got}")


def serve(directory):
    """Two connections that set and get until the time is over."""
    clients = [connect(directory), connect(directory)]
    end = time.monotonic() + SERVE_S
    number = 0
    while time.monotonic() < end:
        value = b"%d" % number
        size = b"%d" % len(value)
        ask(clients[number % 2], b"set k 0 0 %s\r\n%s\r\n" % (size, value),
            b"STORED\r\n")
        ask(clients[1 - number % 2], b"get k\r\n", b"VALUE k 0 %s\r\n" % size,
            value + b"\r\n", b"END\r\n")
        number += 1


def test(program, binary, directory):
    directory.mkdir()
    messages = directory / "stderr.txt"
    with open(messages, "wb") as stderr:
        process = subprocess.Popen(
            [binary, *program.arguments.split(), "--", "-t", "0.1"],
            cwd=directory, stdin=subprocess.DEVNULL, stderr=stderr)
    try:
        serve(directory)
    finally:
        process.terminate()
        code = process.wait()
    if code != 0:
        raise interrupted.Failed(f"ended with {code}")
    if b"cannot be carried over a restart" not in messages.read_bytes():
        raise interrupted.Failed("no checkpoint was refused")
    if list(directory.glob("*.chkpt.*")):
        raise interrupted.Failed("there is a checkpoint of a socket")
