"""Colours for the expression language, for Pygments: documentation, notebooks, ``pygmentize layer.expr``."""

from __future__ import annotations

from pygments.lexer import RegexLexer, bygroups, words
from pygments.token import Comment, Keyword, Name, Number, Operator, Punctuation, String, Text, Whitespace

#: Words that begin a statement.
STATEMENTS = ("assert", "budget", "check", "const", "def", "dims", "input", "loss", "output", "param")

#: Words after a shape.
STRUCTURES = (
    "diagonal", "integer", "lower", "nonnegative", "nonsingular", "one_hot", "orthogonal", "positive", "simplex", "spd",
    "symmetric", "unit",
)  # fmt: skip


class ExprLexer(RegexLexer):
    """Lexer of the expression language of gradcheck."""

    name = "gradcheck"
    aliases = ["gradcheck", "expr"]
    filenames = ["*.expr"]
    mimetypes = ["text/x-gradcheck"]

    tokens = {
        "root": [
            (r"[ \t\r\n]+", Whitespace),
            (r"#.*$", Comment.Single),
            (r"(check)([ \t]+)(from)\b", bygroups(Keyword, Whitespace, Keyword)),
            (r"(def)([ \t]+)([A-Za-z_]\w*)", bygroups(Keyword, Whitespace, Name.Function)),
            (words(STATEMENTS, prefix=r"^[ \t]*", suffix=r"\b(?![ \t]*[=(\[])"), Keyword),
            (words(("for", "in"), suffix=r"\b"), Keyword),
            (words(STRUCTURES, suffix=r"\b(?![ \t]*=)"), Keyword.Type),
            (r'"[^"\n]*"|\'[^\'\n]*\'', String),
            (r"(\d+\.\d*|\.\d+|\d+)([eE][+-]?\d+)?", Number),
            (r"[A-Za-z_]\w*(?=\()", Name.Function),
            (r"[^\W\d]\w*", Name),
            (r"\*\*|//|\+=|==|<=|>=|[-+*/@<>=]", Operator),
            (r"[\[\](){},:.;]", Punctuation),
            (r".", Text),
        ],
    }
