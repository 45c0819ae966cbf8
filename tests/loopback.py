"""A real HTTP server on loopback that serves files and injects faults; it logs every request.

with Loopback({"/a.rst": b"text"}) as server:
    server.faults["/a.rst"] = [status(500), truncated]     # first try, second try; then all is well
    …
    assert [r.path for r in server.log] == […]
"""

from __future__ import annotations

import email.utils
import gzip
import hashlib
import socket
import struct
import threading
import time
import zlib
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Request:
    at: float
    path: str
    headers: dict[str, str]
    status: int = 0


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Any

    def setup(self) -> None:
        super().setup()
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def log_message(self, *arguments: object) -> None:
        pass

    def do_GET(self) -> None:
        loopback: Loopback = self.server.loopback
        headers = {name.lower(): value for name, value in self.headers.items()}
        with loopback.lock:
            loopback.log.append(Request(time.time(), self.path, headers))
            queue = loopback.faults.get(self.path)
            fault = queue.pop(0) if queue else loopback.always.get(self.path)
        if fault is not None:
            fault(self)
            return
        body = loopback.files.get(self.path)
        if body is None:
            self.answer(404, b"not found")
            return
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if loopback.etags and headers.get("if-none-match") == tag:
            self.send_response(304)
            self.send_header("ETag", tag)
            self.end_headers()
            return
        self.answer(200, body, {"ETag": tag} if loopback.etags else {})

    def body(self) -> bytes:
        return self.server.loopback.files.get(self.path, b"x" * 1000)

    def answer(self, status: int, body: bytes = b"", headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def raw(self, head: str, body: bytes = b"") -> None:
        """Send bytes as they are and close the connection."""
        self.wfile.write(head.replace("\n", "\r\n").encode("latin-1") + b"\r\n\r\n" + body)
        self.wfile.flush()
        self.close_connection = True


Fault = Callable[[Handler], None]


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass  # clients that hang up are part of the game


class Loopback:
    def __init__(self, files: Mapping[str, bytes] | None = None, *, etags: bool = True) -> None:
        self.files: dict[str, bytes] = dict(files or {})
        self.faults: dict[str, list[Fault]] = defaultdict(list)
        self.always: dict[str, Fault] = {}
        self.etags = etags
        self.log: list[Request] = []
        self.lock = threading.Lock()
        self._server = Server(("127.0.0.1", 0), Handler)
        self._server.loopback = self  # type: ignore[attr-defined]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    def __enter__(self) -> Loopback:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def paths(self) -> list[str]:
        return [request.path for request in self.log]

    def times(self, path: str) -> list[float]:
        return [request.at for request in self.log if request.path == path]


# Faults


def status(code: int, **headers: str) -> Fault:
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler: handler.answer(code, b"no", fields)


def retry_after(seconds: float, code: int = 429) -> Fault:
    return status(code, Retry_After=f"{seconds:g}")


def retry_after_date(seconds: float) -> Fault:
    def fault(handler: Handler) -> None:
        moment = email.utils.formatdate(int(time.time() + seconds), usegmt=True)
        handler.answer(429, b"no", {"Retry-After": moment})

    return fault


def rate_limited(seconds: float) -> Fault:
    def fault(handler: Handler) -> None:
        reset = str(int(time.time() + seconds))
        handler.answer(403, b"no", {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset})

    return fault


def redirect(url: str, code: int = 302) -> Fault:
    return status(code, Location=url)


def truncated(handler: Handler) -> None:
    body = handler.body()
    handler.raw(f"HTTP/1.1 200 OK\nContent-Length: {len(body)}", body[: len(body) // 2])


def too_long(handler: Handler) -> None:
    """More bytes than announced."""
    body = handler.body()
    handler.raw(f"HTTP/1.1 200 OK\nContent-Length: {len(body) // 2}", body)


def two_lengths(handler: Handler) -> None:
    body = handler.body()
    handler.raw(f"HTTP/1.1 200 OK\nContent-Length: 5\nContent-Length: {len(body)}", body)


def chunked_cut(handler: Handler) -> None:
    body = handler.body()[:100]
    handler.raw("HTTP/1.1 200 OK\nTransfer-Encoding: chunked", f"{len(body):x}\r\n".encode() + body + b"\r\n")


def reset(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Le")
    handler.wfile.flush()
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()
    handler.close_connection = True


def gzipped(handler: Handler) -> None:
    handler.answer(200, gzip.compress(handler.body()), {"Content-Encoding": "gzip"})


def gzip_cut(handler: Handler) -> None:
    handler.answer(200, gzip.compress(handler.body())[:-12], {"Content-Encoding": "gzip"})


def gzip_bad_checksum(handler: Handler) -> None:
    data = bytearray(gzip.compress(handler.body()))
    data[-6] ^= 0xFF
    handler.answer(200, bytes(data), {"Content-Encoding": "gzip"})


def bomb_bytes(size: int) -> bytes:
    """Return gzip data that unpack to *size* zeros."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    piece = bytes(1 << 20)
    return b"".join(packer.compress(piece) for _ in range(size >> 20)) + packer.flush()


def bomb(size: int) -> Fault:
    data = bomb_bytes(size)
    return lambda handler: handler.answer(200, data, {"Content-Encoding": "gzip"})


def endless(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    handler.close_connection = True
    while True:
        handler.wfile.write(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")


def drip(seconds: float) -> Fault:
    """One byte at a time, for so long, then the end of the connection."""

    def fault(handler: Handler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        handler.close_connection = True
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.05)

    return fault


def drip_head(seconds: float) -> Fault:
    def fault(handler: Handler) -> None:
        handler.close_connection = True
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.05)

    return fault


def big_head(size: int) -> Fault:
    return lambda handler: handler.raw("HTTP/1.1 200 OK\nContent-Length: 2\nX-Big: " + "x" * size, b"ok")
