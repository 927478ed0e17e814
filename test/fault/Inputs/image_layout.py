# image_layout.py - where the pieces of an image are (runtime/image/format.h),
# read the way any ELF tool would.
"""Sections of an image."""

import struct


class Section:
    def __init__(self, name, start, end):
        self.name, self.start, self.end = name, start, end

    def __repr__(self):
        return "%s [0x%x, 0x%x)" % (self.name, self.start, self.end)


kNotes = {0x434b0000 + 1 + i: name for i, name in enumerate(
    ["head", "strings", "process", "threads", "locks", "vmas", "modules",
     "blocks", "fds", "signals"])}


def _align(n):
    return (n + 7) & ~7


def sections(data):
    """All of them in the order of the file, without a hole."""
    phoff = struct.unpack_from("<Q", data, 32)[0]
    count = struct.unpack_from("<H", data, 56)[0]
    found = [Section("ELF header", 0, 64)]
    notes = None
    for i in range(count):
        at = phoff + 56 * i
        kind, = struct.unpack_from("<I", data, at)
        found.append(Section("segment %d" % i, at, at + 56))
        if kind == 4:
            offset, = struct.unpack_from("<Q", data, at + 8)
            size, = struct.unpack_from("<Q", data, at + 32)
            notes = offset, offset + size
    blocks = []
    at, end = notes
    while at < end:
        namesz, descsz, kind = struct.unpack_from("<III", data, at)
        descriptor = _align(at + 12 + namesz)
        owner = data[at + 12:at + 12 + namesz - 1].decode()
        name = "note %s" % kNotes.get(kind, "%s %d" % (owner, kind))
        after = _align(descriptor + descsz)
        found.append(Section(name + " header", at, descriptor))
        if descsz:
            found.append(Section(name, descriptor, descriptor + descsz))
        if kNotes.get(kind) == "blocks":
            blocks = list(struct.iter_unpack(
                "<QQQQ", data[descriptor:descriptor + descsz]))
        if after > descriptor + descsz:
            found.append(Section(name + " padding", descriptor + descsz, after))
        at = after
    meta = min(block[1] for block in blocks)
    if meta > end:
        found.append(Section("padding", end, meta))
    for i, (_, offset, size, _) in enumerate(blocks):
        found.append(Section("block %d" % i, offset, offset + size))
    found.sort(key=lambda s: s.start)
    for one, next_one in zip(found, found[1:]):
        assert one.end == next_one.start, (one, next_one)
    assert found[-1].end == len(data)
    return found
