"""Connections: httpcore's pools with our rules about where to connect, how long, and how much head to read.

There are two pools.  The *open* one connects wherever the user said.  The *guarded* one, for whatever a
public server redirects to, connects to public addresses only: the name is resolved once, the addresses
are checked, and exactly those are connected to, so that a second look-up cannot differ.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
import time
import urllib.request
import weakref
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from typing import Any

import httpcore2
import httpx2

deadline: ContextVar[float] = ContextVar("deadline", default=float("inf"))
"""When the transfer under way in this thread must be over, on the monotonic clock."""


class RefusedAddress(Exception):  # noqa: N818  (a decision, not an error of the network)
    """A public server's redirect led to a private address."""


class OversizedHead(Exception):  # noqa: N818
    """The head of an answer is larger than allowed."""


def is_public(address: str) -> bool:
    """Tell whether an IP address is on the public internet, IPv4 inside IPv6 included."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in ipaddress.ip_network("64:ff9b::/96"):
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast


def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of *host*; raises `httpcore2.ConnectError` if there are none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore2.ConnectError(str(error)) from error
    return list(dict.fromkeys(str(each[4][0]) for each in found))


class Stream(httpcore2.NetworkStream):
    """A connection that minds the deadline, the size of heads, and bytes beyond a body's end."""

    def __init__(
        self, inner: httpcore2.NetworkStream, max_head: int, register: Callable[[Stream], None]
    ) -> None:
        self._inner = inner
        self._max_head = max_head
        self._register = register
        register(self)
        self._head = b""
        self._in_head = True
        self._body = 0

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Receive some bytes; raises `OversizedHead`, or a timeout of httpcore's."""
        data = self._inner.read(max_bytes, _left(timeout))
        if self._in_head:
            self._read_head(data)
        else:
            self._body += len(data)
        return data

    def _read_head(self, data: bytes) -> None:
        self._head += data
        while self._in_head and (end := self._head.find(b"\r\n\r\n")) >= 0:
            if end > self._max_head:
                break
            informational = self._head[8:10] == b" 1"
            self._head = self._head[end + 4 :]
            if not informational:
                self._in_head, self._body, self._head = False, len(self._head), b""
        if len(self._head) > self._max_head:
            raise OversizedHead(f"the head of the answer is larger than {self._max_head:,} bytes")

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send a request, or a part of one; what is received next is the head of an answer."""
        self._head, self._in_head, self._body = b"", True, 0
        self._inner.write(buffer, _left(timeout))

    def close(self) -> None:
        """Close the connection."""
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        """Return this connection with TLS."""
        inner = self._inner.start_tls(ssl_context, server_hostname, _left(timeout))
        return Stream(inner, self._max_head, self._register)

    def get_extra_info(self, info: str) -> Any:
        """Return a property of the connection; ``body_received``: the bytes that came after the last head."""
        return self._body if info == "body_received" else self._inner.get_extra_info(info)


def _left(timeout: float | None) -> float:
    left = deadline.get() - time.monotonic()
    if left <= 0:
        raise httpcore2.ReadTimeout("the time for this document is over")
    return left if timeout is None else min(timeout, left)


class Backend(httpcore2.NetworkBackend):
    """Connects; *guarded*: to public addresses only."""

    def __init__(self, max_head: int, *, guarded: bool) -> None:
        self._max_head = max_head
        self._guarded = guarded
        self._inner = httpcore2.SyncBackend()
        self._streams: weakref.WeakSet[Stream] = weakref.WeakSet()
        self._lock = threading.Lock()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect to *host*; raises `RefusedAddress` where only public addresses may be."""
        error: Exception = httpcore2.ConnectError(f"{host} has no address")
        for address in self._addresses(host, port):
            try:
                inner = self._inner.connect_tcp(address, port, _left(timeout), local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as problem:
                error = problem
                continue
            return Stream(inner, self._max_head, self._register)
        raise error

    def _register(self, stream: Stream) -> None:
        with self._lock:
            self._streams.add(stream)

    def _addresses(self, host: str, port: int) -> list[str]:
        if not self._guarded:
            return [host]
        addresses = resolve(host, port)
        if refused := [each for each in addresses if not is_public(each)]:
            raise RefusedAddress(f"{host} is {refused[0]}")
        return addresses

    def abort(self) -> None:
        """End all transfers at once: blocked readers wake up with an error."""
        with self._lock:
            streams = list(self._streams)
        for stream in streams:
            sock = stream.get_extra_info("socket")
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except (OSError, AttributeError):
                continue


class Network:
    """The pools of one run: direct or through the proxy that the environment names for a host."""

    def __init__(self, connections: int, max_head: int) -> None:
        self._connections = connections
        self._max_head = max_head
        self._context: ssl.SSLContext | None = None
        self._pools: dict[tuple[str, bool], httpcore2.ConnectionPool] = {}
        self._backends: list[Backend] = []
        self._proxies = urllib.request.getproxies()
        self._lock = threading.Lock()

    def pool(self, url: httpx2.URL, *, guarded: bool) -> tuple[httpcore2.ConnectionPool, bool]:
        """Return the pool for *url*, and whether it goes through a proxy.

        Raises `RefusedAddress` where a proxy would resolve a private name for us.
        """
        proxy = self._proxies.get(url.scheme) or self._proxies.get("all") or ""
        if proxy and urllib.request.proxy_bypass(url.host):
            proxy = ""
        if proxy and guarded:
            _refuse_private(url.host, url.port or 443)
        key = (proxy, guarded and not proxy)
        with self._lock:
            if key not in self._pools:
                self._pools[key] = self._open(*key)
            return self._pools[key], bool(proxy)

    def _open(self, proxy: str, guarded: bool) -> httpcore2.ConnectionPool:
        if self._context is None:
            self._context = httpx2.create_ssl_context()
        backend = Backend(self._max_head, guarded=guarded)
        self._backends.append(backend)
        if not proxy:
            return httpcore2.ConnectionPool(
                ssl_context=self._context,
                max_connections=self._connections,
                keepalive_expiry=5.0,
                network_backend=backend,
            )
        at = httpx2.Proxy(proxy if "://" in proxy else f"http://{proxy}")
        return httpcore2.HTTPProxy(
            proxy_url=httpcore2.URL(
                scheme=at.url.raw_scheme, host=at.url.raw_host, port=at.url.port, target=b"/"
            ),
            proxy_auth=at.raw_auth,
            ssl_context=self._context,
            max_connections=self._connections,
            keepalive_expiry=5.0,
            network_backend=backend,
        )

    def abort(self) -> None:
        """End all transfers at once."""
        for backend in self._backends:
            backend.abort()

    def close(self) -> None:
        """Close all connections."""
        for pool in self._pools.values():
            pool.close()


def _refuse_private(host: str, port: int) -> None:
    """Refuse a name that is private as far as can be seen from here; else the proxy is to know."""
    try:
        addresses = resolve(host, port)
    except httpcore2.ConnectError:
        return
    for address in addresses:
        if not is_public(address):
            raise RefusedAddress(f"{host} is {address}")
