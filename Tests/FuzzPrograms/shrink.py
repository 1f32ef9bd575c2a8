"""Makes a failing file small: lines that nothing needs go, and expressions are exchanged for parts of themselves."""
import ast
import re

from readback import is_claim

TRIES = 400


def shrunk_whole(text, fails, tries):
    """As `shrunk` for a file that does not end well, of which any claims may be needed."""
    lines, tries = text.strip().splitlines(), [tries]
    while True:
        dropped = (lines[:i] + lines[i + 1:] for i in reversed(range(len(lines))))
        smaller = next((new for new in dropped if attempt(new, fails, tries)), None)
        smaller = smaller or next((new for new in candidates(lines) if attempt(new, fails, tries)), None)
        if smaller is None:
            return join(lines)
        lines = smaller


def shrunk(text, place, fails):
    """The smallest file found in which the claim at a place (counted among the claims) still fails, alone."""
    lines = text.strip().splitlines()
    claims = [i for i, line in enumerate(lines) if is_claim(line)]
    alone = [line for i, line in enumerate(lines) if not is_claim(line) or i == claims[place]]
    if not fails(join(alone)):
        return text
    tries = [TRIES]
    while True:
        smaller = next((new for new in candidates(alone) if attempt(new, fails, tries)), None)
        if smaller is None:
            return join(alone)
        alone = smaller


def attempt(lines, fails, tries):
    if tries[0] <= 0:
        return False
    tries[0] -= 1
    return fails(join(lines))


def join(lines):
    return "\n".join(lines) + "\n"


def candidates(lines):
    """Files with one line less, then with one expression simpler."""
    for place in reversed(range(len(lines))):
        if not is_claim(lines[place]):
            yield lines[:place] + lines[place + 1:]
    for place, line in enumerate(lines):
        if re.match(r"(dims|budget|output)\b", line) or line.startswith("#"):
            continue
        if re.match(r"(input|param|const)\b", line):
            yield from (lines[:place] + [new] + lines[place + 1:] for new in simpler_declarations(line))
            continue
        match = re.match(r"(.*?[^=<>+]\+?=)(?!=)\s*(.*)", line)
        if match and " for " not in match[2]:
            for new in simpler(match[2]):
                yield lines[:place] + [f"{match[1]} {new}"] + lines[place + 1:]


def simpler_declarations(line):
    if match := re.match(r"(.*\]) \w+", line):
        yield match[1]


def simpler(text):
    """The expression with one node exchanged for an operand of it, the shortest first."""
    try:
        tree = ast.parse(text, mode="eval")
    except SyntaxError:
        return
    found = []
    for node in ast.walk(tree):
        for field, value in ast.iter_fields(node):
            for place, child in enumerate(value if isinstance(value, list) else [value]):
                if isinstance(child, ast.expr):
                    found += exchanged(tree, node, field, value, place, child)
    yield from sorted(set(found), key=len)


def exchanged(tree, node, field, value, place, child):
    for operand in [*operands(child), *ones(child)]:
        put(node, field, value, place, operand)
        try:
            yield ast.unparse(tree.body)
        finally:
            put(node, field, value, place, child)


def operands(node):
    if isinstance(node, ast.Attribute):
        return [node.value]
    return [
    child for child in ast.iter_child_nodes(node) if isinstance(
        child, ast.expr) and not isinstance(
            child, (ast.Slice, ast.Tuple))]


def ones(node):
    """A number for a part that has operands."""
    return [ast.Constant(1)] if isinstance(node, (ast.BinOp, ast.Compare, ast.Call)) else []


def put(node, field, value, place, new):
    if isinstance(value, list):
        value[place] = new
    else:
        setattr(node, field, new)
