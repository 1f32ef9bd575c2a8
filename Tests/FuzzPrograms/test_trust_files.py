"""Of every file in Trust the evaluator finds true what is written there."""
from pathlib import Path

import pytest

from trust_files import TrustFile, meets

FILES = sorted((Path(__file__).parent / "Trust").glob("*.expr"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_expectation_is_true(path):
    assert TrustFile(path).expected
    assert not list(TrustFile(path).doubts())


def test_a_file_can_fail():
    assert not meets("identical", "wrong") and not meets("undecided", "holds") and not meets(None, "not holds")
    assert meets("kink", "not holds") and meets("proved", "holds")
