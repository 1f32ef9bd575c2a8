"""A file of the expression language as statements. What stands right of `=` is Python, so Python reads it."""
import ast
import functools
import re
from dataclasses import dataclass, field

from scalars import number


class SourceError(Exception):
    """A statement that this reader does not know."""


@dataclass
class Declaration:
    """A tensor that the file takes from outside."""
    kind: str
    name: str
    shape: list
    words: list


@dataclass
class Statement:
    """One statement that computes, or a claim. `kind` is one of value, tensor, index, check, index check, assert."""
    kind: str
    name: str
    text: str = ""
    shape: str = ""
    target: str = ""
    ranges: str = ""


@dataclass
class Source:
    sizes: dict = field(default_factory=dict)
    declarations: list = field(default_factory=list)
    statements: list = field(default_factory=list)
    functions: dict = field(default_factory=dict)
    output: str = ""
    is_loss: bool = False

    def shape_of(self, text):
        """A shape such as `[n, m + 1]` with this file's sizes."""
        return tuple(evaluate_size(extent, self.sizes) for extent in split(text))


def lines(text, indented=False):
    """Statements without comments, those inside brackets joined; with the blanks before them where they are asked for."""
    found, open_, depth = [], "", 0
    for line in text.splitlines():
        line = line.partition("#")[0]
        depth += sum(map(line.count, "([{")) - sum(map(line.count, ")]}"))
        open_ += (line.rstrip() if indented and not open_ else line.strip()) + " "
        if depth <= 0:
            if open_.strip():
                found.append(open_.rstrip() if indented else open_.strip())
            open_ = ""
    return found


def split(text, separator=","):
    """Parts between separators that stand in no bracket."""
    parts, depth, start = [], 0, 0
    for place, c in enumerate(text):
        depth += (c in "([{") - (c in ")]}")
        if c == separator and depth == 0:
            parts.append(text[start:place].strip())
            start = place + 1
    parts.append(text[start:].strip())
    return [part for part in parts if part]


@functools.lru_cache(maxsize=4096)
def expression(text):
    """The Python tree of an expression, with every decimal exact."""
    tree = ast.parse(text.strip(), mode="eval").body
    line = text.strip().encode()        # a statement is one line, and Python counts its places in bytes
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)) and not isinstance(node.value, bool):
            node.value = number(line[node.col_offset:node.end_col_offset].decode().replace("_", ""))
    return tree


def evaluate_size(text, sizes):
    """Arithmetic on sizes, in integers."""
    return int(eval(size_code(text), {"__builtins__": {}}, dict(sizes)))


@functools.lru_cache(maxsize=4096)
def size_code(text):
    tree = ast.parse(text.strip(), mode="eval")
    allowed = (ast.Expression, ast.BinOp, ast.UnaryOp, ast.Constant, ast.Name, ast.operator, ast.unaryop, ast.Load)
    if not all(isinstance(node, allowed) for node in ast.walk(tree)):
        raise SourceError(f"no size: {text}")
    return compile(tree, "size", "eval")


def read(text):
    """The statements of a file."""
    source = Source()
    for line in lines(text):
        read_line(line, source)
    if not source.output:
        last = [s for s in source.statements if s.kind in ("value", "index")]
        source.output = last[-1].name if last else ""
    return source


def read_line(line, source):
    word = re.match(r"\w+", line)
    word = word[0] if word else ""
    rest = line[len(word):].strip()
    if word == "dims":
        for part in split(rest):
            name, _, value = part.partition("=")
            source.sizes[name.strip()] = evaluate_size(value, source.sizes)
    elif word == "budget":
        return
    elif word in ("input", "param", "const") and not rest.startswith(("=", "[", "(")):
        source.declarations += [declaration(word, part, source) for part in split(rest)]
    elif word == "def":
        name, parameters, body = re.fullmatch(r"(\w+)\s*\((.*?)\)\s*=\s*(.*)", rest).groups()
        source.functions[name] = (split(parameters), body)
    elif word == "output" and not rest.startswith("="):
        source.output = re.match(r"\w+", rest)[0]
    elif word == "loss" and not rest.startswith("="):
        statement = computing(rest)
        source.statements.append(statement)
        source.output, source.is_loss = statement.name, True
    elif word == "check":
        statement = computing(rest)
        statement.kind = "index check" if statement.kind == "index" else "check"
        source.statements.append(statement)
    elif word == "assert":
        source.statements.append(Statement("assert", "assert", rest))
    else:
        source.statements.append(computing(line))


def declaration(kind, part, source):
    match = re.fullmatch(r"(\w+)\s*:\s*\[(.*?)\]\s*(.*)", part)
    if not match:
        raise SourceError(f"no declaration: {part}")
    return Declaration(kind, match[1], source.shape_of(match[2]),
                       match[3].split() if "(" not in match[3] else [match[3]])


def computing(line):
    """`x = e`, `x: [n] = e`, `x: [n]` or `x[i] += e for i in range(2)`."""
    line = line.removeprefix("loss ")
    if match := re.fullmatch(r"(\w+)\s*:\s*\[([^\]]*)\]\s*(?:=(?!=)\s*(.*))?", line):
        name, shape, text = match.groups()
        return Statement("value" if text else "tensor", name, text or "", shape)
    if match := re.fullmatch(r"(\w+)\s*=(?!=)\s*(.*)", line):
        return Statement("value", match[1], match[2])
    if match := re.fullmatch(r"(\w+)\s*\[(.*?)\]\s*\+?=(?!=)\s*(.*)", line):
        text, _, ranges = match[3].partition(" for ")
        return Statement("index", match[1], text, target=match[2], ranges=ranges)
    raise SourceError(f"no statement: {line}")


def names_in(statement):
    """The words of a statement's right side."""
    return set(re.findall(r"[A-Za-z_]\w*", statement.text))
