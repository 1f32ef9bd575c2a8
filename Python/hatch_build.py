"""Puts the static program into the wheel's scripts, and gives the wheel the tag of what the program needs.

The program is the one that ``$GRADCHECK_PROGRAM`` names, or the one that ``Scripts/static-binary`` left.
"""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

#: ELF's number of a machine, and its name in tags.
MACHINES = {62: "x86_64", 183: "aarch64"}

_INTERPRETER = 3
_DYNAMIC = 2
_NEEDED = 1


class StaticProgram(BuildHookInterface):  # type: ignore[type-arg]
    """The hook that hatchling calls before a wheel is built."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        named = os.environ.get("GRADCHECK_PROGRAM")
        program = Path(named) if named else Path(self.root).parent / ".build" / "static" / "gradcheck"
        if not program.is_file():
            raise FileNotFoundError(f"{program} is not there: Scripts/static-binary makes it")
        machine = machine_of_static(program.read_bytes())
        build_data["shared_scripts"] = {str(program): "gradcheck"}
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{platform_tag(machine)}"


def platform_tag(machine: str) -> str:
    """The tag of a program that needs no library at all.

    Tags say which C library a system must have at least. A static program asks for none, and runs beside glibc and
    beside musl alike. But the C library inside it asks for Linux 3.2, which systems of manylinux_2_5 and 2_12 lack and
    all of manylinux_2_17 have: hence that tag, though `auditwheel`, which looks at libraries only, allows older ones.
    """
    return f"manylinux2014_{machine}.manylinux_2_17_{machine}.musllinux_1_1_{machine}"


def machine_of_static(program: bytes) -> str:
    """The machine that a program is for.

    :raises ValueError: unless it is a 64-bit little-endian ELF file that asks for no dynamic linker and no library.
    """
    if program[:6] != b"\x7fELF\x02\x01":
        raise ValueError("the program is not a 64-bit ELF file")
    (machine,) = struct.unpack_from("<H", program, 18)
    (offset,) = struct.unpack_from("<Q", program, 32)
    size, count = struct.unpack_from("<HH", program, 54)
    for number in range(count):
        kind, _, at, _, _, length = struct.unpack_from("<IIQQQQ", program, offset + number * size)
        if kind == _INTERPRETER:
            raise ValueError("the program asks for a dynamic linker; Scripts/static-binary makes one that does not")
        if kind == _DYNAMIC and _NEEDED in (tag for tag, _ in struct.iter_unpack("<QQ", program[at : at + length])):
            raise ValueError("the program asks for shared libraries")
    if machine not in MACHINES:
        raise ValueError(f"there is no tag for ELF machine {machine}")
    return MACHINES[machine]
