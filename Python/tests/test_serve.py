"""The live page: what it answers, and what it refuses."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from threading import Thread
from typing import Any

import pytest

from gradcheck.serve import LARGEST_REQUEST, LivePage, answer_to


@pytest.fixture
def page() -> Iterator[LivePage]:
    server = LivePage()
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def ask(page: LivePage, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, bytes, dict[str, str]]:
    connection = http.client.HTTPConnection("127.0.0.1", page.server_port, timeout=30)
    data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    given = {
        "Host": f"127.0.0.1:{page.server_port}",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    if data is not None:
        given.setdefault("Content-Type", "application/json")
    connection.request(method, path, data, given)
    response = connection.getresponse()
    return response.status, response.read(), dict(response.getheaders())


def test_it_listens_on_this_machine_only(page: LivePage) -> None:
    assert page.server_address[0] == "127.0.0.1"


def test_the_page_and_its_parts(page: LivePage) -> None:
    for path, kind in [("/", "text/html"), ("/page.js", "text/javascript"), ("/page.css", "text/css")]:
        status, content, headers = ask(page, "GET", path)
        assert status == 200 and content
        assert headers["Content-Type"].startswith(kind)
        assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert b"http://" not in ask(page, "GET", "/")[1]


def test_a_layer_is_judged(page: LivePage, wrong: str) -> None:
    status, content, _ = ask(page, "POST", "/check", {"text": wrong, "notation": "numpy"}, Origin=page.url[:-1])
    answer = json.loads(content)
    assert status == 200
    assert "mean for sum" in answer["report"]
    assert all(formula.startswith("<math") for formula in answer["formulas"])
    assert "dW" in answer["notation"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "attacker.example"},
        {"Host": "127.0.0.1.attacker.example"},
        {"Host": "127.0.0.1"},
        {"Host": "localhost:1"},
        {"Origin": "http://attacker.example"},
        {"Origin": "null"},
        {"Origin": "https://127.0.0.1"},
        {"Origin": "http://localhost:1"},
    ],
)
def test_foreign_hosts_and_origins_are_refused(page: LivePage, headers: dict[str, str]) -> None:
    for method, path, body in [
        ("GET", "/", None),
        ("GET", "/start", None),
        ("POST", "/check", {"text": "", "notation": "text"}),
    ]:
        assert ask(page, method, path, body, **headers)[0] == 403


def test_a_request_without_a_host_is_refused(page: LivePage) -> None:
    with socket.create_connection(("127.0.0.1", page.server_port), timeout=10) as connection:
        connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
        assert b" 403 " in connection.recv(1000)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"[]", 400),
        (b'{"text": 1, "notation": "text"}', 400),
        (b'{"text": "", "notation": "--help"}', 400),
        (b"[" * 100_000, 400),
        (b" " * (LARGEST_REQUEST + 1), 413),
    ],
)
def test_bad_requests(page: LivePage, body: bytes, status: int) -> None:
    assert ask(page, "POST", "/check", body)[0] == status


def test_a_form_is_no_request(page: LivePage) -> None:
    assert ask(page, "POST", "/check", b"text=1", Content_Type="text/plain")[0] == 415


@pytest.mark.parametrize("path", ["/../serve.py", "/serve.py", "/page/index.html", "//etc/passwd", "/check"])
def test_there_are_no_other_files(page: LivePage, path: str) -> None:
    assert ask(page, "GET", path)[0] == 404


def test_what_cannot_be_read_is_said() -> None:
    assert "error[" in answer_to("input x [3]", "text")["report"]
    assert answer_to("  \n", "text")["report"] == ""
