import os

import pytest


@pytest.fixture(scope="session")
def program() -> str:
    found = os.environ.get("GRADCHECK_PROGRAM")
    assert found, "GRADCHECK_PROGRAM is the program to test"
    return os.path.abspath(found)
