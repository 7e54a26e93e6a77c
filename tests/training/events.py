"""Reading an event file: records of a length, its checksum, the event and its checksum."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

from tensorboardX.crc32c import crc32c
from tensorboardX.proto.event_pb2 import Event


def events(path: Path) -> list[Any]:
    """Return the events of a file whose checksums are right."""
    content, found = path.read_bytes(), []
    while content:
        length, of_length = struct.unpack("<QI", content[:12])
        data, (of_data,) = content[12 : 12 + length], struct.unpack("<I", content[12 + length : 16 + length])
        assert [of_length, of_data] == [_masked(content[:8]), _masked(data)]
        found.append(Event.FromString(data))
        content = content[16 + length :]
    return found


def _masked(data: bytes) -> int:
    checksum = crc32c(data)
    return ((checksum >> 15 | checksum << 17) + 0xA282EAD8) & 0xFFFFFFFF
