"""The lexer."""

from __future__ import annotations

from pathlib import Path

import pytest

pygments = pytest.importorskip("pygments")

from pygments.lexers import get_lexer_by_name, get_lexer_for_filename  # noqa: E402
from pygments.token import Comment, Error, Keyword, Name, Number  # noqa: E402

EXAMPLES = Path(__file__).resolve().parents[2] / "Examples"


def test_it_is_found_by_name_and_by_suffix() -> None:
    assert get_lexer_by_name("gradcheck").name == "gradcheck"
    assert get_lexer_for_filename("layer.expr").name == "gradcheck"


def test_tokens() -> None:
    tokens = list(
        get_lexer_by_name("gradcheck").get_tokens("param W: [n, n] spd  # weights\ncheck dW = inv(W) * 1e-5\n")
    )
    for expected in [
        (Keyword, "param"), (Keyword.Type, "spd"), (Comment.Single, "# weights"), (Keyword, "check"),
        (Name.Function, "inv"), (Number, "1e-5"), (Name, "dW"),
    ]:  # fmt: skip
        assert expected in tokens


def test_a_value_may_be_called_like_a_statement() -> None:
    assert (Keyword, "loss") not in list(get_lexer_by_name("gradcheck").get_tokens("loss = x + input\n"))


@pytest.mark.skipif(not EXAMPLES.is_dir(), reason="the examples stand in the repository only")
def test_every_example_is_read_whole() -> None:
    lexer = get_lexer_by_name("gradcheck")
    for path in sorted(EXAMPLES.glob("**/*.expr")):
        text = path.read_text()
        tokens = list(lexer.get_tokens(text))
        assert not [value for kind, value in tokens if kind is Error], path
        assert "".join(value for _, value in tokens) == text, path
