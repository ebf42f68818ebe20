# /dev/zfs without a library: one zfs_cmd, its fields by their offsets, and
# the lists that come back.  For tests of what the stock tools and libzfs_core
# do not show.
import ctypes
import errno
import fcntl
import functools
import os
import struct

OBJSET_STATS, OBJSET_ZPLPROPS, DATASET_LIST_NEXT, SNAPSHOT_LIST_NEXT = 0x5A12, 0x5A13, 0x5A14, 0x5A15
EVENTS_NEXT, EVENTS_CLEAR, EVENTS_SEEK = 0x5A81, 0x5A82, 0x5A83
INJECT_FAULT, CLEAR_FAULT, INJECT_LIST_NEXT = 0x5A1D, 0x5A1E, 0x5A1F
USERSPACE_ONE, USERSPACE_MANY, USERSPACE_UPGRADE = 0x5A2D, 0x5A2E, 0x5A2F
NONBLOCK = 1

FIELDS = {
    "name": (0, "4096s"),
    "dst": (4112, "Q"),
    "dst_size": (4120, "Q"),
    "value": (4144, "8192s"),
    "guid": (12592, "Q"),
    "cookie": (12616, "Q"),
    "objset_type": (12624, "Q"),
    "record": (13296, "352s"),
    "cleanup_fd": (13664, "i"),
}


def open_device():
    return os.open("/dev/zfs", os.O_RDWR | os.O_CLOEXEC)


# One for all that needs no place of its own in the ring of events.
@functools.cache
def shared_device():
    return open_device()


class Command:
    def __init__(self, **fields):
        self.bytes = bytearray(13744)
        for name, value in fields.items():
            offset, form = FIELDS[name]
            struct.pack_into(form, self.bytes, offset, value)

    def __getattr__(self, name):
        offset, form = FIELDS[name]
        return struct.unpack_from(form, self.bytes, offset)[0]

    # The name of the error, or "".
    def run(self, device, request):
        try:
            fcntl.ioctl(device, request, self.bytes)
        except OSError as error:
            return errno.errorcode.get(error.errno, str(error.errno))
        return ""


# The strings, numbers and lists of a packed list in the machine's own encoding,
# and where it ends.  Lists in it follow the pair that names them.
def unpack_at(packed, place):
    found = {}
    while size := struct.unpack_from("i", packed, place)[0]:
        name_size, _, count, kind = struct.unpack_from("hhii", packed, place + 4)
        name = packed[place + 16 : place + 15 + name_size].decode()
        value = place + 16 + (name_size + 7) // 8 * 8
        place += size
        if kind == 8:
            found[name] = struct.unpack_from("Q", packed, value)[0]
        if kind == 9:
            found[name] = packed[value : packed.index(b"\0", value)].decode()
        if kind in (19, 20):
            found[name] = []
            for _ in range(count):
                inner, place = unpack_at(packed, place)
                found[name].append(inner)
    return found, place + 4


def unpack(packed):
    return unpack_at(packed, 12)[0]


class Reader:
    def __init__(self, device=None):
        self.device = open_device() if device is None else device

    # The next event with what was dropped before it, or the name of an error.
    def next(self, flags=NONBLOCK, room=65536):
        buffer = ctypes.create_string_buffer(room)
        command = Command(
            guid=flags,
            cleanup_fd=self.device,
            dst=ctypes.addressof(buffer),
            dst_size=room,
        )
        error = command.run(self.device, EVENTS_NEXT)
        if error:
            return error
        return {**unpack(buffer.raw), "dropped": command.cookie}

    def seek(self, eid):
        return Command(guid=eid, cleanup_fd=self.device).run(self.device, EVENTS_SEEK)

    def rest(self):
        events = []
        while isinstance(event := self.next(), dict):
            events.append(event)
        return events


# What zinject registers.
DATA, DEVICE, LABEL, PANIC, DELAY = 1, 2, 3, 5, 6
READ, WRITE, ANY_TYPE = 1, 2, 7
EIO, ENXIO, CHECKSUM = 5, 6, 52
FLUSH_CACHE = 2


def record(kind, **fields):
    fields = {"iotype": ANY_TYPE, "end": 2**64 - 1, **fields}
    name = fields.get("function", b"")
    places = ("objset", "object", "start", "end", "guid")
    packed = struct.pack("5Q", *(fields.get(each, 0) for each in places))
    packed += struct.pack("iIQII", 0, fields.get("error", 0), 0, 0, 0)
    packed += struct.pack("256sIi", name, fields["iotype"], 0)
    timer, lanes = fields.get("delay_ms", 0) * 1000000, fields.get("lanes", 0)
    return packed + struct.pack("QQII", timer, lanes, kind, 0)


# The number of the new fault, or the name of an error.
def inject(pool, kind, flags=0, **fields):
    command = Command(name=pool, guid=flags, record=record(kind, **fields))
    return command.run(shared_device(), INJECT_FAULT) or command.guid


def clear_fault(number):
    return Command(guid=number).run(shared_device(), CLEAR_FAULT)


# Numbers, pools and kinds.
def faults():
    found = []
    command = Command()
    while not command.run(shared_device(), INJECT_LIST_NEXT):
        kind = struct.unpack_from("I", command.record, 344)[0]
        found.append((command.guid, command.name.rstrip(b"\0").decode(), kind))
    return found


# By their numbers in the ioctl.
USER_USED, USER_QUOTA, GROUP_USED, GROUP_QUOTA = 0, 1, 2, 3


# What one owner uses or may use, or the name of an error.
def userspace_one(dataset, kind, number, domain=b""):
    command = Command(name=dataset, objset_type=kind, guid=number, value=domain)
    return command.run(shared_device(), USERSPACE_ONE) or command.cookie


# The next owners with their numbers from a place in the list, and the next place.
def userspace_many(dataset, kind, cookie=0, room=272 * 100):
    buffer = ctypes.create_string_buffer(max(room, 1))
    command = Command(
        name=dataset,
        objset_type=kind,
        cookie=cookie,
        dst=ctypes.addressof(buffer),
        dst_size=room,
    )
    error = command.run(shared_device(), USERSPACE_MANY)
    if error:
        return error
    entries = [buffer.raw[i : i + 272] for i in range(0, command.dst_size, 272)]
    found = [(*struct.unpack_from("I", e, 256), *struct.unpack_from("Q", e, 264)) for e in entries]
    return found, command.cookie


def clear_events():
    command = Command()
    return command.run(shared_device(), EVENTS_CLEAR) or command.cookie
