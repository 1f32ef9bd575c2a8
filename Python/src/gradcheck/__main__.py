"""``python -m gradcheck …`` is ``gradcheck …``."""

from __future__ import annotations

import os
import subprocess
import sys

from ._errors import ProgramNotFound
from ._program import find_program


def main() -> int:
    """Becomes the program, or waits for it where a process cannot become another."""
    try:
        program = find_program()
    except ProgramNotFound as error:
        print(f"gradcheck: {error}", file=sys.stderr)
        return 64
    if os.name == "posix":
        os.execv(program, [program, *sys.argv[1:]])
    return subprocess.call([program, *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
