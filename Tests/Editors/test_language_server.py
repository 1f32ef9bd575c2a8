"""The language server as an editor uses it."""

from __future__ import annotations

import subprocess

import pytest
from server import Server

LAYER = "dims B=4, I=3, O=2\ninput x: [B, I]\nparam W: [I, O], b: [O]\nz = x @ W + b\ny = relu(z)\ncheck dz = dy * (z > 0)\n"
URI = "file:///layers/a%20layer.expr"


@pytest.fixture
def server(program):
    with Server(program) as running:
        running.initialize()
        yield running


def lines(items):
    return [(item["range"]["start"]["line"], item["code"]) for item in items]


def position(text: str, needle: str, occurrence: int = 0) -> dict:
    place = -1
    for _ in range(occurrence + 1):
        place = text.index(needle, place + 1)
    before = text[:place]
    last = before.rsplit("\n", 1)[-1]
    return {"line": before.count("\n"), "character": len(last.encode("utf-16-le")) // 2}


def hover(server, text, needle, occurrence=0):
    answer = server.request("textDocument/hover", textDocument={"uri": URI}, position=position(text, needle, occurrence))
    return answer["result"] and answer["result"]["contents"]["value"]


def test_what_it_can(program):
    with Server(program) as server:
        can = server.initialize()
        assert can["serverInfo"]["name"] == "gradcheck"
        assert can["capabilities"]["hoverProvider"] is True
        assert can["capabilities"]["textDocumentSync"]["change"] == 1


def test_an_error_stands_where_it_is_and_goes_away(server):
    server.open(URI, LAYER.replace("relu(z)", "relu(q)"))
    (error,) = server.diagnostics(URI)
    assert (error["code"], error["severity"], error["source"]) == ("unknown-name", 1, "gradcheck")
    assert error["range"] == {"start": {"line": 4, "character": 9}, "end": {"line": 4, "character": 10}}
    server.change(URI, LAYER, 2)
    assert server.diagnostics(URI) == []


def test_columns_are_units_of_utf16(server):
    server.open(URI, 'input x: [3]\ny = x  # \U0001d54f\nassert "\U0001d54f" == q\n')
    items = server.diagnostics(URI)
    starts = [(item["range"]["start"]["line"], item["range"]["start"]["character"]) for item in items]
    assert (2, 15) in starts, items


def test_claims_are_judged_after_a_pause(server):
    wrong = LAYER + "check dW = x.T @ dz / B\ncheck db = sum(dz, axis=0)\n"
    server.open(URI, wrong)
    assert server.diagnostics(URI) == []
    (claim,) = server.diagnostics(URI)
    assert claim["code"].startswith("wrong/") and claim["range"]["start"] == {"line": 6, "character": 11}
    assert "dW wrong" in claim["message"]
    server.change(URI, wrong.replace(" / B", ""), 2)
    assert server.diagnostics(URI) == []
    assert server.diagnostics(URI) == []


def test_a_quick_fix_makes_the_claim_hold(server):
    wrong = LAYER + "check dW = x.T @ dz / B\n"
    server.open(URI, wrong)
    server.diagnostics(URI, lambda items: lines(items) and lines(items)[0][0] == 6)
    answer = server.request(
        "textDocument/codeAction",
        textDocument={"uri": URI},
        range={"start": {"line": 6, "character": 12}, "end": {"line": 6, "character": 12}},
        context={"diagnostics": []},
    )
    (fix,) = answer["result"]
    assert fix["kind"] == "quickfix" and "proved" in fix["title"]
    repaired = apply(wrong, fix["edit"]["changes"][URI])
    server.change(URI, repaired, 2)
    assert server.diagnostics(URI) == []
    assert server.diagnostics(URI) == []
    elsewhere = server.request(
        "textDocument/codeAction",
        textDocument={"uri": URI},
        range={"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 1}},
        context={"diagnostics": []},
    )
    assert elsewhere["result"] == []


def test_a_spelling_is_mended(server):
    text = LAYER.replace("relu(z)", "rellu(z)")
    server.open(URI, text)
    (error,) = server.diagnostics(URI)
    answer = server.request(
        "textDocument/codeAction", textDocument={"uri": URI}, range=error["range"], context={"diagnostics": [error]}
    )
    (fix,) = answer["result"]
    assert apply(text, fix["edit"]["changes"][URI]) == LAYER


def test_hover_shows_shapes_and_derived_gradients(server):
    server.open(URI, LAYER)
    shown = hover(server, LAYER, "W", 1)
    assert "param W: [I, O]" in shown and "dW = x.T @ dz" in shown
    assert "z: [B, O]" in hover(server, LAYER, "z = x")
    assert "dz = dy * (z > 0)" in hover(server, LAYER, "dz")
    assert "dims B=4" in hover(server, LAYER, "B=4")
    assert "relu(x)" in hover(server, LAYER, "relu")
    assert hover(server, LAYER, "[B, I]") is None
    server.diagnostics(URI)
    server.diagnostics(URI)
    assert "proved" in hover(server, LAYER, "check")


def test_hover_while_a_line_is_half_written(server):
    server.open(URI, LAYER)
    broken = LAYER + "check dW = x.T @ (\n"
    server.change(URI, broken, 2)
    assert "dW = x.T @ dz" in hover(server, broken, "W", 1)


def test_completion(server):
    text = LAYER + "check \nq = sof\n"

    def offered(place):
        answer = server.request("textDocument/completion", textDocument={"uri": URI}, position=place)
        return {item["label"]: item for item in answer["result"]["items"]}

    server.open(URI, LAYER)
    server.change(URI, text, 2)
    claims = offered({"line": 6, "character": 6})
    assert claims["dW"]["insertText"] == "dW = " and "dW = x.T @ dz" in claims
    functions = offered({"line": 7, "character": 7})
    assert "softmax" in functions and all(label.startswith("sof") for label in functions)
    assert "param" in offered({"line": 6, "character": 0})


def test_a_derived_line_that_is_completed_is_proved(server):
    server.open(URI, LAYER)
    server.change(URI, LAYER + "check ", 2)
    answer = server.request("textDocument/completion", textDocument={"uri": URI}, position={"line": 6, "character": 6})
    formulas = [item["label"] for item in answer["result"]["items"] if item["detail"] == "derived"]
    assert formulas
    whole = LAYER + "".join(f"check {formula}\n" for formula in formulas if not formula.startswith("dz"))
    server.change(URI, whole, 3)
    assert server.diagnostics(URI, version=3) == []
    assert server.diagnostics(URI, version=3) == []
    for number in range(whole.count("check")):
        assert "proved" in hover(server, whole, "check", number)


def test_a_file_of_numbers_is_found_beside_the_document(server, tmp_path):
    (tmp_path / "grads.json").write_text('{"at": {"x": [1, 2]}, "dx": [2, 5]}')
    uri = (tmp_path / "layer.expr").as_uri()
    server.open(uri, 'input x: [2]\nloss L = sum(x**2)\ncheck from "grads.json"\n')
    (claim,) = server.diagnostics(uri, lambda items: bool(items))
    assert claim["range"]["start"]["line"] == 2 and "wrong" in claim["message"]


def test_requests_that_make_no_sense(server):
    assert server.request("textDocument/rename")["error"]["code"] == -32601
    assert server.request("textDocument/hover", textDocument={"uri": URI})["error"]["code"] == -32602
    body = b"{nonsense"
    server.send_bytes(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
    assert server.wait(lambda message: "error" in message)["error"]["code"] == -32700
    server.notify("$/cancelRequest", id=7)
    server.notify("textDocument/didChange", textDocument={"uri": "file:///not-open"}, contentChanges=[{"text": "x"}])
    server.open(URI, LAYER)
    assert server.diagnostics(URI) == []


def test_messages_in_pieces_and_together(server):
    import json

    def framed(message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)

    item = {"uri": URI, "languageId": "e", "version": 1, "text": LAYER}
    both = framed({"method": "textDocument/didOpen", "params": {"textDocument": item}}) + framed(
        {"id": 90, "method": "textDocument/hover", "params": {"textDocument": {"uri": URI}, "position": position(LAYER, "z = x")}}
    )
    for start in range(0, len(both), 7):
        server.send_bytes(both[start : start + 7])
    assert "z: [B, O]" in server.wait(lambda message: message.get("id") == 90)["result"]["contents"]["value"]


def test_before_it_is_initialized(program):
    with Server(program) as server:
        assert server.request("textDocument/hover")["error"]["code"] == -32002
        server.initialize()


def test_how_it_ends(program):
    hasty = Server(program)
    hasty.initialize()
    hasty.notify("exit")
    assert hasty.process.wait(20) == 1
    silent = subprocess.run([program, "lsp"], stdin=subprocess.DEVNULL, capture_output=True, timeout=20)
    assert silent.returncode == 1
    noise = subprocess.run([program, "lsp"], input=b"GET / HTTP/1.1\r\n\r\n", capture_output=True, timeout=20)
    assert noise.returncode == 64 and b"Content-Length" in noise.stderr


def apply(text: str, edits: list[dict]) -> str:
    rows = text.split("\n")

    def offset(place):
        before = rows[place["line"]].encode("utf-16-le")[: 2 * place["character"]].decode("utf-16-le")
        return sum(len(row) + 1 for row in rows[: place["line"]]) + len(before)

    for edit in sorted(edits, key=lambda edit: offset(edit["range"]["start"]), reverse=True):
        start, end = offset(edit["range"]["start"]), offset(edit["range"]["end"])
        text = text[:start] + edit["newText"] + text[end:]
    return text
