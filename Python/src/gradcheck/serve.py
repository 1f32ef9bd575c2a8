"""``python -m gradcheck.serve``: a page on this machine that checks what one types.

It answers only on 127.0.0.1, and only requests that name this machine as their host and come from this page: no other
page that is open in the browser can use it, by whatever name it has this machine's address.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import resources
from threading import BoundedSemaphore
from typing import Any

from ._api import NOTATIONS
from ._errors import GradcheckError
from ._program import find_program, run

#: What may be sent, in bytes.
LARGEST_REQUEST = 256 * 1024

#: How long one run of the program may take, in seconds.
LONGEST_RUN = 20.0

#: How many runs there may be at once.
MOST_RUNS = 2

_TYPES = {"index.html": "text/html", "page.css": "text/css", "page.js": "text/javascript"}

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
    " img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}

EXAMPLES = (
    (
        "two layers",
        "dims B=4, I=3, H=5\n"
        "input x: [B, I]\n"
        "param W: [I, H], b: [H]\n"
        "z = x @ W + b\n"
        "a = relu(z)\n"
        "loss L = sum(a**2) / 2\n\n"
        "check da = a\n"
        "check dz = da * (z > 0)\n"
        "check dW = dz.T @ x\n"
        "check db = sum(dz, axis=0)\n",
    ),
    (
        "convolution",
        "dims N=2, C=3, O=4, H=8, W=8\n"
        "input x: [N, C, H, W]\n"
        "param w: [O, C, 3, 3]\n"
        "y = conv2d(x, w, stride=2, padding=1)\n",
    ),
    (
        "softmax and cross entropy",
        "dims B=4, K=5\ninput z: [B, K]\nconst t: [B, K] one_hot(1)\n"
        "loss L = cross_entropy(z, t)\ncheck dz = (softmax(z) - t) / B\n",
    ),
)


class LivePage(ThreadingHTTPServer):
    """The server of the page."""

    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.runs = BoundedSemaphore(MOST_RUNS)

    @property
    def hosts(self) -> frozenset[str]:
        """The hosts that a request may name."""
        return frozenset({f"127.0.0.1:{self.server_port}", f"localhost:{self.server_port}"})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"


class _Handler(BaseHTTPRequestHandler):
    server: LivePage
    server_version = "gradcheck"
    sys_version = ""
    timeout = 30

    def do_GET(self) -> None:
        if not self._is_welcome():
            return
        if self.path == "/start":
            return self._send_json({"notations": NOTATIONS, "examples": EXAMPLES})
        name = "index.html" if self.path == "/" else self.path[1:]
        if name not in _TYPES:
            return self._refuse(HTTPStatus.NOT_FOUND)
        content = (resources.files("gradcheck") / "page" / name).read_bytes()
        return self._send(content, _TYPES[name])

    def do_POST(self) -> None:
        if not self._is_welcome():
            return
        if self.path != "/check":
            return self._refuse(HTTPStatus.NOT_FOUND)
        # A form of another page can send no JSON, whatever else it can do.
        if self.headers.get_content_type() != "application/json":
            return self._refuse(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        length = self.headers.get("Content-Length", "")
        if not length.isdigit():
            return self._refuse(HTTPStatus.LENGTH_REQUIRED)
        if int(length) > LARGEST_REQUEST:
            return self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        try:
            asked = json.loads(self.rfile.read(int(length)))
            text, notation = asked["text"], asked["notation"]
        except (ValueError, TypeError, KeyError, RecursionError):
            return self._refuse(HTTPStatus.BAD_REQUEST)
        if not isinstance(text, str) or notation not in NOTATIONS:
            return self._refuse(HTTPStatus.BAD_REQUEST)
        with self.server.runs:
            answer = answer_to(text, notation)
        return self._send_json(answer)

    def _is_welcome(self) -> bool:
        """Whether the request names this machine, and comes from this page or from none.

        A page elsewhere whose name leads to 127.0.0.1 sends its own name as the host.
        """
        hosts = self.headers.get_all("Host") or []
        origins = self.headers.get_all("Origin") or []
        own = {f"http://{host}" for host in self.server.hosts}
        if len(hosts) == 1 and hosts[0] in self.server.hosts and all(origin in own for origin in origins):
            return True
        self._refuse(HTTPStatus.FORBIDDEN)
        return False

    def _refuse(self, status: HTTPStatus) -> None:
        self.close_connection = True
        self._send(status.phrase.encode(), "text/plain", status)

    def _send_json(self, value: Any) -> None:
        self._send(json.dumps(value).encode(), "application/json")

    def _send(self, content: bytes, kind: str, status: HTTPStatus = HTTPStatus.OK) -> None:
        self.send_response(status)
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Nothing is logged: what one types is one's own."""


def answer_to(text: str, notation: str) -> dict[str, Any]:
    """The report, the formulas and the backward pass in a notation, for what was typed."""
    begun = time.monotonic()
    answer: dict[str, Any] = {"report": "", "formulas": [], "notation": ""}
    if not text.strip():
        return answer
    text = text if text.endswith("\n") else text + "\n"
    try:
        report = run(["check", "-"], stdin=text, timeout=LONGEST_RUN)
        answer["report"] = report.text + report.errors
        if report.status != 2:
            formulas = run(["derive", "--notation", "mathml", "-"], stdin=text, timeout=LONGEST_RUN)
            answer["formulas"] = formulas.text.splitlines()
            shown = run(["derive", "--notation", notation, "-"], stdin=text, timeout=LONGEST_RUN)
            answer["notation"] = shown.text + shown.errors
    except subprocess.TimeoutExpired:
        answer["report"] += f"not finished after {LONGEST_RUN:g} s; smaller sizes are checked faster\n"
    except GradcheckError as error:
        answer["report"] = str(error)
    answer["seconds"] = round(time.monotonic() - begun, 2)
    return answer


def main(arguments: list[str] | None = None) -> int:
    """Serves until it is interrupted."""
    parser = argparse.ArgumentParser(prog="python -m gradcheck.serve", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--port", type=int, default=0, help="the port; a free one where nothing is said")
    parser.add_argument("--no-browser", action="store_true", help="open no browser")
    options = parser.parse_args(arguments)
    try:
        find_program()
        server = LivePage(options.port)
    except (GradcheckError, OSError, OverflowError) as error:
        print(f"gradcheck.serve: {error}", file=sys.stderr)
        return 64
    print(f"{server.url}   (Ctrl-C ends it)", flush=True)
    if not options.no_browser:
        import webbrowser

        webbrowser.open(server.url)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
