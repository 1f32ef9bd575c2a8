"""A client of a language server, for tests: requests, answers and notifications over the server's pipes."""

from __future__ import annotations

import json
import queue
import subprocess
import threading


class Server:
    """A running `gradcheck lsp`; used with `with`, it must end in order."""

    def __init__(self, program: str, seconds: float = 20) -> None:
        self.seconds = seconds
        self.process = subprocess.Popen([program, "lsp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.messages: queue.Queue = queue.Queue()
        self.kept: list[dict] = []
        self.last = 0
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        stream = self.process.stdout
        while True:
            length = None
            while line := stream.readline().strip():
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            if length is None:
                self.messages.put(None)
                return
            self.messages.put(json.loads(stream.read(length)))

    def send_bytes(self, data: bytes) -> None:
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def send(self, message: dict) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.send_bytes(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))

    def notify(self, method: str, **params: object) -> None:
        self.send({"method": method, "params": params})

    def wait(self, wanted) -> dict:
        """The first message, of those kept and those that come, for which `wanted` holds."""
        for number, message in enumerate(self.kept):
            if wanted(message):
                return self.kept.pop(number)
        while True:
            message = self.messages.get(timeout=self.seconds)
            assert message is not None, "the server ended"
            if wanted(message):
                return message
            self.kept.append(message)

    def request(self, method: str, **params: object) -> dict:
        """The whole answer, with `result` or `error`."""
        self.last += 1
        number = self.last
        self.send({"id": number, "method": method, "params": params})
        return self.wait(lambda message: message.get("id") == number)

    def initialize(self) -> dict:
        answer = self.request("initialize", processId=None, rootUri=None, capabilities={})
        self.notify("initialized")
        return answer["result"]

    def open(self, uri: str, text: str) -> None:
        self.notify("textDocument/didOpen", textDocument={"uri": uri, "languageId": "gradcheck-expr", "version": 1, "text": text})

    def change(self, uri: str, text: str, version: int) -> None:
        self.notify("textDocument/didChange", textDocument={"uri": uri, "version": version}, contentChanges=[{"text": text}])

    def diagnostics(self, uri: str, wanted=lambda items: True, version: int | None = None) -> list[dict]:
        """The next diagnostics of a document, in a version where one is given, for which `wanted` holds."""
        message = self.wait(
            lambda message: message.get("method") == "textDocument/publishDiagnostics"
            and message["params"]["uri"] == uri
            and version in (None, message["params"]["version"])
            and wanted(message["params"]["diagnostics"])
        )
        return message["params"]["diagnostics"]

    def end(self) -> int:
        self.request("shutdown")
        self.notify("exit")
        return self.process.wait(self.seconds)

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, kind: object, *rest: object) -> None:
        if kind is None and self.process.poll() is None:
            assert self.end() == 0
        self.process.kill()
        self.process.wait()
