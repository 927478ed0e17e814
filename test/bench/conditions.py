"""What a run was made on."""

import os
import pathlib
import platform
import re
import subprocess
import time

import peers


def _first(pattern, text):
    match = re.search(pattern, text, re.M)
    return match[1].strip() if match else "?"


def _output(*command):
    return subprocess.run(command, capture_output=True, text=True).stdout


def describe():
    distribution = pathlib.Path("/etc/os-release").read_text()
    return {
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "cpu": _first(r"^model name\s*: (.*)",
                      pathlib.Path("/proc/cpuinfo").read_text()),
        "virtual": "hypervisor" in pathlib.Path("/proc/cpuinfo").read_text(),
        "processors": len(os.sched_getaffinity(0)),
        "kernel": platform.release().split("-")[0],
        "distribution": _first(r'^PRETTY_NAME="(.*)"', distribution),
        "libc": " ".join(platform.libc_ver()),
        "compiler": "clang " + _first(r"version (\S+)",
                                      _output("clang-19", "--version")),
        "peers": peers.found(),
    }


def load():
    return os.getloadavg()[0]
