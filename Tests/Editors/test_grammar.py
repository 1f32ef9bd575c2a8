"""The grammar that editors colour files by."""

from __future__ import annotations

import json
import pathlib
import re
import shutil
import subprocess

import pytest
from textmate import Grammar

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / "Editors/vscode"
GRAMMAR = Grammar(FOLDER / "syntaxes/gradcheck.tmLanguage.json")


def scopes(line: str) -> list[tuple[str, str]]:
    return [(text, scope.removesuffix(".gradcheck")) for text, scope in GRAMMAR.tokens(line)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("dims B=4, H in 5..9", [("dims", "keyword.control"), ("B", "variable.other"), ("=", "keyword.operator"),
          ("4", "constant.numeric"), ("H", "variable.other"), ("in", "keyword.other"), ("5", "constant.numeric"),
          ("..", "keyword.operator"), ("9", "constant.numeric")]),
        ("param W: [I, O] symmetric  # a note", [("param", "storage.type"), ("W", "variable.other"), ("I", "variable.other"),
          ("O", "variable.other"), ("symmetric", "storage.modifier.structure"), ("# a note", "comment.line.number-sign")]),
        ("check dW = x.T @ dz", [("check", "keyword.control.claim"), ("dW", "variable.other.gradient"), ("=", "keyword.operator"),
          ("x", "variable.other"), ("T", "variable.other"), ("@", "keyword.operator"), ("dz", "variable.other")]),
        ('check from "grads.json"', [("check", "keyword.control.claim"), ("from", "keyword.control.claim"),
          ('"grads.json"', "string.quoted.double")]),
        ("def f(a) = a * sigmoid(1e-5)", [("def", "keyword.declaration.function"), ("f", "entity.name.function"),
          ("a", "variable.other"), ("=", "keyword.operator"), ("a", "variable.other"), ("*", "keyword.operator"),
          ("sigmoid", "support.function"), ("1e-5", "constant.numeric")]),
        # Words of statements are names where they are used as such.
        ("loss = sum(input)", [("loss", "variable.other"), ("=", "keyword.operator"), ("sum", "support.function"),
          ("input", "variable.other")]),
        ("y[p] += x[2*p+k] for k in range(3)", [("y", "variable.other"), ("p", "variable.other"), ("+=", "keyword.operator"),
          ("x", "variable.other"), ("2", "constant.numeric"), ("*", "keyword.operator"), ("p", "variable.other"),
          ("+", "keyword.operator"), ("k", "variable.other"), ("for", "keyword.other"), ("k", "variable.other"),
          ("in", "keyword.other"), ("range", "support.function"), ("3", "constant.numeric")]),
        ("Ȳ = 0.5 * x2", [("Ȳ", "variable.other"), ("=", "keyword.operator"), ("0.5", "constant.numeric"),
          ("*", "keyword.operator"), ("x2", "variable.other")]),
    ],
)  # fmt: skip
def test_lines(line, expected):
    assert scopes(line) == expected


def constants(name: str) -> set[str]:
    text = (ROOT / "Python/src/gradcheck/lexer.py").read_text()
    body = re.search(rf"^{name} = \((.*?)\)", text, re.MULTILINE | re.DOTALL).group(1)
    return set(re.findall(r'"(\w+)"', body))


def test_every_word_of_a_statement_is_coloured():
    words = constants("STATEMENTS")
    assert len(words) >= 10
    for word in words:
        (first, scope) = scopes(f"{word} q")[0]
        assert first == word and scope.startswith(("keyword", "storage.type")), word


def test_every_word_of_structure_is_coloured():
    words = constants("STRUCTURES")
    assert len(words) >= 12
    for word in words:
        assert (word, "storage.modifier.structure") in scopes(f"param S: [n, n] {word}"), word


def test_examples_have_no_letter_without_a_scope():
    files = sorted((ROOT / "Examples").glob("*.expr"))
    assert len(files) > 20
    for file in files:
        for line in file.read_text().splitlines():
            rest = line
            for text, _ in GRAMMAR.tokens(line):
                before, found, rest = rest.partition(text)
                assert found and not re.search(r"[\w\"]", before), (file.name, line, before)
            assert not re.search(r"[\w\"]", rest), (file.name, line, rest)


def test_the_files_that_the_extension_names_are_there():
    package = json.loads((FOLDER / "package.json").read_text())
    contributed = package["contributes"]
    (language,) = contributed["languages"]
    (grammar,) = contributed["grammars"]
    assert grammar["language"] == language["id"] and language["extensions"] == [".expr"]
    assert json.loads((FOLDER / grammar["path"]).read_text())["scopeName"] == grammar["scopeName"]
    configuration = json.loads((FOLDER / language["configuration"]).read_text())
    assert configuration["comments"]["lineComment"] == "#"
    assert (FOLDER / package["main"]).exists()
    assert f"onLanguage:{language['id']}" in package["activationEvents"]


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no Node here")
def test_the_extension_starts_the_server(tmp_path):
    stub = tmp_path / "node_modules"
    (stub / "vscode").mkdir(parents=True)
    (stub / "vscode/index.js").write_text('exports.workspace = {getConfiguration: () => ({get: (name, other) => other})};\n')
    (stub / "vscode-languageclient").mkdir()
    (stub / "vscode-languageclient/node.js").write_text(
        "exports.LanguageClient = class {\n"
        "  constructor(...given) { this.given = given; }\n"
        "  start() { console.log(JSON.stringify(this.given)); }\n"
        "  stop() { console.log('stopped'); }\n};\n"
    )
    shutil.copy(FOLDER / "extension.js", tmp_path)
    script = "const e = require('./extension.js'); e.activate(); e.deactivate();"
    done = subprocess.run(["node", "-e", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    started, stopped = done.stdout.splitlines()
    _, _, server, client = json.loads(started)
    assert server == {"command": "gradcheck", "args": ["lsp"]}
    assert client["documentSelector"] == [{"language": "gradcheck-expr"}]
    assert stopped == "stopped"
