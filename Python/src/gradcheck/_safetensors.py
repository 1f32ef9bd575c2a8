"""Files of tensors as bytes: what the program writes for a kernel, and what it reads back."""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

#: Bytes of an entry, by the name of its format in the file.
WIDTHS = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4}

#: Headers beyond this are no headers.
_LONGEST_HEADER = 16 * 1024 * 1024


@dataclass(frozen=True)
class Tensor:
    """A tensor as it lies in a file: little-endian, the last axis fastest."""

    format: str
    shape: tuple[int, ...]
    data: bytes

    def __post_init__(self) -> None:
        if self.format not in WIDTHS:
            raise ValueError(f"there is no format {self.format!r}: one of {', '.join(WIDTHS)}")
        if len(self.data) != math.prod(self.shape) * WIDTHS[self.format]:
            raise ValueError(f"{len(self.data)} bytes are not a tensor {list(self.shape)} of {self.format}")


def read(path: Path) -> dict[str, Tensor]:
    """The tensors of a file, in its order.

    :raises ValueError: when it is no such file.
    """
    content = path.read_bytes()
    if len(content) < 8:
        raise ValueError(f"{path} is too short")
    (length,) = struct.unpack_from("<Q", content)
    if length > min(_LONGEST_HEADER, len(content) - 8):
        raise ValueError(f"the header of {path} is longer than the file")
    header = json.loads(content[8 : 8 + length])
    body = content[8 + length :]
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        start, end = entry["data_offsets"]
        if not 0 <= start <= end <= len(body):
            raise ValueError(f"{name} lies outside {path}")
        tensors[name] = Tensor(entry["dtype"], tuple(entry["shape"]), body[start:end])
    return tensors


def write(path: Path, tensors: Mapping[str, Tensor]) -> None:
    """Writes a file of tensors."""
    header = {}
    offset = 0
    for name, tensor in tensors.items():
        end = offset + len(tensor.data)
        header[name] = {"dtype": tensor.format, "shape": list(tensor.shape), "data_offsets": [offset, end]}
        offset = end
    encoded = json.dumps(header).encode()
    # Data begins at a multiple of 8, as readers that map files like it.
    encoded += b" " * (-len(encoded) % 8)
    path.write_bytes(b"".join([struct.pack("<Q", len(encoded)), encoded, *(each.data for each in tensors.values())]))
