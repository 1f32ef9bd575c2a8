"""What `derive` prints, put back into the file as claims."""
import re

from source import lines


def statements_of(text):
    return lines(text, indented=True)


def is_claim(line):
    return line.startswith(("check ", "assert "))


def file_of_printed(text, printed):
    """The file with its printed forward lines, and every printed gradient as a claim."""
    own = [line for line in statements_of(text) if not is_claim(line)]
    before, mark, after = printed.partition("# backward")
    forward, backward = (statements_of(before), statements_of(after)) if mark else ([], statements_of(before))
    declared = [line for line in own if re.match(r"(dims|budget|input|param|const|def)\b", line)]
    base = [*declared, *forward] if forward else forward_part(own)
    if forward and not any(line.startswith(("output ", "loss ")) for line in forward):
        base += [line for line in own if line.startswith("output ")]
    known = defined(base)
    return "\n".join([*base, *(as_claim(line, known) for line in backward)]) + "\n"


def forward_part(own):
    """The file's own statements without those that read a gradient."""
    known, late, found = defined(own), set(), []
    for line in own:
        words = set(re.findall(r"[A-Za-z_]\w*", line.partition("=")[2]))
        name = re.match(r"(?:loss )?(\w+)", line)[1]
        if any(w in late or w.startswith("d") and w[1:] in known and w not in known for w in words):
            late.add(name)
        else:
            found.append(line)
    return [line for line in found if re.match(r"(\w+)", line)[1] not in late]


def defined(statements):
    names = set()
    for line in statements:
        if re.match(r"(input|param|const)\b", line):
            names |= set(re.findall(r"(\w+)\s*:", line))
        elif match := re.match(r"\s*(?:loss )?(\w+)\s*(?::|\[|\+?=(?!=))", line):
            names.add(match[1])
    return names


def as_claim(line, known):
    match = re.match(r"(\s*)(d(\w+)\s*(?:\[|\+?=(?!=)).*)", line)
    return f"{match[1]}check {match[2]}" if match and match[3] in known else line
