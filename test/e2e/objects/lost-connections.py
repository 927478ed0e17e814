# Intent: connections that leave the process are reset by a restart: reading,
# writing, poll and epoll say so, also to a thread that waits in read; what had
# arrived at a Unix socket is read first; sockets that listen take new ones.
# RUN: %ckpt_cc -std=gnu11 -D_GNU_SOURCE -pthread -I %behave \
# RUN:   %behave/Inputs/lost-connections.c -o %t
# RUN: %py %s %t.run %ckpt %t
"""Each kind of ids, as root and as nobody; twice."""

import os
import socket
import sys

import generations


def connect(setup, port, byte):
    """Three by TCP and a Unix one, as the program takes them."""
    clients = [socket.create_connection(("127.0.0.1", port)) for _ in range(3)]
    client = socket.socket(socket.AF_UNIX)
    client.connect(os.path.join(setup.work, "socket"))
    clients.append(client)
    for client in clients if byte == b"n" else clients[3:]:
        client.send(byte)
    return clients


for user, ids in ((None, "same"), (None, "ns"), (None, "new"),
                  ("nobody", "ns"), ("nobody", "new")):
    setup = generations.Setup(
        os.path.join(sys.argv[1], "%s-%s" % (user or "root", ids)),
        sys.argv[2], [sys.argv[3]], user=user)
    options = ["-d", setup.images, "-v"]
    program = setup.start(options)
    port_file = os.path.join(setup.work, "port")
    program.wait_until(lambda: os.path.exists(port_file), "no port")
    with open(port_file, encoding="ascii") as file:
        port = int(file.read())
    clients = connect(setup, port, b"u")
    program.wait_ready()
    for _ in range(2):
        image = program.checkpoint_now()
        program.kill()
        for client in clients:
            client.close()
        program = setup.start(["-r", image, *options, "--ids", ids])
        program.wait_restarted()
        program.check(": its connection" in program.err and
                      " has been reset\n" in program.err, "no line")
    clients = connect(setup, port, b"n")
    program.finish(2)
    for client in clients:
        client.close()
