"""The programs: where each comes from, how it is built, what it works on."""

import dataclasses
import os
import pathlib
import random
from typing import Callable, Optional

MIB = 1 << 20


@dataclasses.dataclass(frozen=True)
class Program:
    name: str
    source: str      # Debian source package
    binary: str      # where its build puts the program
    build: str       # shell commands, run in its source tree
    self_test: Optional[str] = None  # likewise
    arguments: str = ""
    output: str = ""    # what it writes; "stdout": a redirection of that
    input: str = "input"
    make_input: Optional[Callable[[pathlib.Path], None]] = None


def libraries(size):
    """The first `size` bytes of this system's libraries."""
    def write(path):
        left = size
        with open(path, "wb") as out:
            for directory, subdirectories, names in os.walk("/usr/lib"):
                subdirectories.sort()
                for name in sorted(names):
                    file = os.path.join(directory, name)
                    if os.path.islink(file) or not os.access(file, os.R_OK):
                        continue
                    with open(file, "rb") as data:
                        left -= out.write(data.read(left))
                    if left == 0:
                        return
    return write


def clip(width, height, frames):
    """A video (yuv4mpeg): noise that moves, at a speed that varies."""
    def write(path):
        texture = random.Random(1).randbytes(width)
        line = bytes(((x * x >> 6) + texture[x * 7 % width] // 8) & 255
                     for x in range(3 * width))
        with open(path, "wb") as out:
            out.write(b"YUV4MPEG2 W%d H%d F25:1 Ip A1:1 C420jpeg\n"
                      % (width, height))
            for frame in range(frames):
                out.write(b"FRAME\n")
                for y in range(height):  # luma
                    start = (3 * frame + y * (1 + frame % 5)) % (2 * width)
                    out.write(line[start:start + width])
                for y in range(height):  # both chroma planes, half as wide
                    start = (frame + y) % width
                    out.write(line[start:start + width // 2])
    return write


PROGRAMS = [
    Program(
        name="pbzip2", source="pbzip2", binary="pbzip2",
        # The flag: pbzip2 is older than C++11's literals ("..."PRIuMAX).
        build="CXXFLAGS='-O2 -Wno-reserved-user-defined-literal'"
              " make CC=ckpt-cc CXX=ckpt-c++ pbzip2",
        self_test="./pbzip2 -p2 -c pbzip2.cpp | ./pbzip2 -dc"
                  " | cmp - pbzip2.cpp",
        arguments="-p2 -k -c input", output="stdout",
        make_input=libraries(64 * MIB)),
    Program(
        name="xz", source="xz-utils", binary="src/xz/xz",
        build="./configure -q CC=ckpt-cc --disable-shared --disable-nls"
              " --disable-doc --disable-scripts --disable-xzdec"
              " --disable-lzmadec --disable-lzmainfo && make -s -j2",
        self_test="make -s -j2 check",
        arguments="-T2 --block-size=1MiB -k input", output="input.xz",
        make_input=libraries(16 * MIB)),
    Program(
        name="zstd", source="libzstd", binary="programs/zstd",
        build="make -s -j2 -C programs zstd CC=ckpt-cc",
        self_test="make -s -j2 -C tests datagen CC=ckpt-cc &&"
                  " tests/cli-tests/run.py --zstd=$PWD/programs/zstd"
                  " --datagen=$PWD/tests/datagen",
        arguments="-q -T2 -12 -B1M input -o output", output="output",
        make_input=libraries(64 * MIB)),
    Program(
        name="x264", source="x264", binary="x264",
        build="CC=ckpt-cc ./configure --disable-opencl --disable-avs"
              " --disable-swscale --disable-lavf --disable-ffms"
              " --disable-gpac --disable-lsmash --bit-depth=8"
              " --chroma-format=420 && make -s -j2 x264 checkasm8",
        self_test="./checkasm8 1",
        # Matroska: at the end it goes back and fills in the duration.
        arguments="--threads 4 --no-progress -o output.mkv input.y4m",
        output="output.mkv", input="input.y4m",
        make_input=clip(640, 360, 150)),
]
