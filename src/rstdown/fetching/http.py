"""Downloads: one address to one file, complete or not at all."""

from __future__ import annotations

import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpcore2
import httpx2

from .._version import __version__
from ..errors import FetchError
from ..frozen import dataclass
from ..options import FetchOptions
from .credentials import Credentials, origin
from .naming import printable, redact
from .network import Network, OversizedHead, RefusedAddress, deadline, is_public
from .patience import PASSING, Gate, Interrupted, asked_wait, clock, growing_wait
from .store import copy_limited

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_SMALL = 65_536


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said: 200 with a body of *size* bytes on disk, or 304."""

    status: int
    headers: Mapping[str, str]
    size: int = 0
    sha256: str = ""


class Problem(Exception):  # noqa: N818
    """One try failed.  *passing*: another may not; *wait*: not before so many seconds."""

    def __init__(
        self,
        reason: str,
        *,
        passing: bool = False,
        wait: float | None = None,
        offline: bool = False,
        status: int = 0,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.passing = passing
        self.wait = wait
        self.offline = offline
        self.status = status


class Client:
    """Fetches addresses, with tries, limits and manners.  Safe to use from many threads."""

    def __init__(self, options: FetchOptions, notify: Callable[[str, str], None]) -> None:
        self.options = options
        self.requests = 0
        self.received = 0
        self._notify = notify
        self._credentials = Credentials(options.token_origins, use=options.tokens)
        self._network = Network(options.connections + 1, options.max_headers)
        self._stop = threading.Event()
        self._gates: dict[tuple[str, str, int], Gate] = {}
        self._lock = threading.Lock()

    def stop(self) -> None:
        """End everything under way: waits, and transfers."""
        self._stop.set()
        self._network.abort()

    def close(self) -> None:
        """Close all connections."""
        self._network.close()

    def download(
        self, url: str, target: Path, headers: Mapping[str, str], limit: int, *, patient: bool = True
    ) -> Answer:
        """Fetch *url* into the file *target*; return the answer, 200 or 304.

        Unless *patient*, there is only one try.  Raises `FetchError` with the reason, once no further try
        may help.
        """
        try:
            parsed = _checked(url)
            gate = self._gate(parsed)
            tries = self.options.tries if patient else 1
            return self._persist(parsed, gate, target, headers, limit, tries)
        except Problem as problem:
            reason = self._credentials.scrub(printable(problem.reason))
            raise FetchError(redact(url), reason, offline=problem.offline, status=problem.status) from None

    def _gate(self, url: httpx2.URL) -> Gate:
        with self._lock:
            return self._gates.setdefault(origin(url), Gate(self.options.per_host, self._stop))

    def _persist(
        self, url: httpx2.URL, gate: Gate, target: Path, headers: Mapping[str, str], limit: int, tries: int
    ) -> Answer:
        budget = self.options.total_timeout
        attempt = 0
        while True:
            attempt += 1
            with gate.slot(
                lambda left: self._notify(redact(str(url)), f"{url.host} asks to wait {left:.0f} s")
            ):
                if gate.closed:
                    raise Problem(gate.closed, offline=gate.closed_offline)
                began = time.monotonic()
                try:
                    with _translated(url.host, self._stop), _until(began + budget):
                        answer = self._follow(url, target, headers, limit)
                    gate.reached = True
                    return answer
                except Problem as problem:
                    failure = problem
                finally:
                    budget -= time.monotonic() - began
            self._after(failure, gate, tries - attempt if budget > 0 else 0, attempt, url)

    def _after(self, failure: Problem, gate: Gate, left: int, attempt: int, url: httpx2.URL) -> None:
        """Wait before the next of the tries *left*, or raise *failure* if there is to be none."""
        gate.reached |= not failure.offline
        if not gate.reached and attempt >= 2:  # a host that never answered is not worth more
            left = 0
        if not failure.passing:
            raise failure
        if failure.wait is not None and failure.wait > self.options.max_wait:
            gate.close(
                f"{failure.reason}; asks to wait until {clock(failure.wait)}: try again then"
                + self._hint(url)
            )
            raise Problem(gate.closed, status=failure.status)
        if left <= 0:
            if failure.offline and not gate.reached:
                gate.close(failure.reason, offline=True)
            failure.reason += f" (after {attempt} tries)" if attempt > 1 else ""
            raise failure
        if failure.wait is not None:
            gate.pause(failure.wait)
        else:
            gate.sleep(growing_wait(attempt, self.options.backoff))

    def _hint(self, url: httpx2.URL) -> str:
        if self._credentials.variable or not url.host.endswith(("github.com", "githubusercontent.com")):
            return ""
        return ", or set GITHUB_TOKEN"

    def _follow(self, url: httpx2.URL, target: Path, headers: Mapping[str, str], limit: int) -> Answer:
        """Make one try: follow redirects to an answer and store its body."""
        first, guarded = origin(url), False
        for _ in range(self.options.max_redirects + 1):
            pool, proxied = self._network.pool(url, guarded=guarded)
            send = self._headers(url, headers, with_token=origin(url) == first)
            with self._lock:
                self.requests += 1
            with pool.stream("GET", _core_url(url), headers=send, extensions=self._timeouts()) as response:
                fields = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in response.headers}
                location = fields.get("location", "")
                if response.status not in _REDIRECTS or not location:
                    return self._answer(url, response, fields, target, limit)
                guarded = guarded or (
                    not self.options.allow_private and (proxied or _peer_is_public(response))
                )
                _drain(response, fields)
            url = _next_hop(url, location)
        raise Problem(f"more than {self.options.max_redirects} redirects; check the address")

    def _headers(
        self, url: httpx2.URL, more: Mapping[str, str], *, with_token: bool
    ) -> list[tuple[str, str]]:
        headers = {
            "Host": url.netloc.decode("ascii"),
            "User-Agent": f"rstdown/{__version__} (reStructuredText to Markdown)",
            "Accept": "*/*",
            "Accept-Encoding": "gzip",
            **more,
        }
        if with_token and (authorization := self._credentials.authorization(url)):
            headers["Authorization"] = authorization
        return list(headers.items())

    def _timeouts(self) -> dict[str, object]:
        read = self.options.read_timeout
        connect = self.options.connect_timeout
        return {
            "timeout": {"connect": connect, "read": read, "write": read, "pool": self.options.total_timeout}
        }

    def _answer(
        self,
        url: httpx2.URL,
        response: httpcore2.Response,
        fields: Mapping[str, str],
        target: Path,
        limit: int,
    ) -> Answer:
        status = response.status
        if status in (200, 203):
            size, sha256 = self._store(response, fields, target, limit)
            return Answer(200, fields, size, sha256)
        _drain(response, fields)
        if status == 304:
            return Answer(304, fields)
        wait = asked_wait(status, fields)
        limited = status == 403 and wait is not None
        if status == 429 and wait is None and url.host.endswith(("github.com", "githubusercontent.com")):
            wait = 60.0  # GitHub's rule where it gives no time
        passing = status in PASSING or limited
        reason = f"HTTP {status} {_meaning(status, limited=limited)}" + self._refused(
            url, status, passing=passing
        )
        raise Problem(reason, passing=passing, wait=wait, status=status)

    def _refused(self, url: httpx2.URL, status: int, *, passing: bool) -> str:
        if passing or status not in (401, 403, 404) or not self._credentials.authorization(url):
            return ""
        return f" (asked with the token in {self._credentials.variable})"

    def _store(
        self, response: httpcore2.Response, fields: Mapping[str, str], target: Path, limit: int
    ) -> tuple[int, str]:
        """Write the body, unpacked, to *target*; all of it must have arrived, and nothing more."""
        length = _length(fields)
        if length is not None and length > limit:
            raise Problem(f"larger than {limit:,} bytes ({length:,}); see --max-size")
        chunks = self._counted(response, length)
        encoding = fields.get("content-encoding", "").strip().lower()
        if encoding in ("gzip", "x-gzip"):
            chunks = gunzip(chunks)
        elif encoding not in ("", "identity"):
            raise Problem(f"answers in the encoding {encoding!r}, which was not asked for")
        with target.open("wb") as file:
            try:
                return copy_limited(chunks, file, limit)
            except ValueError as error:
                raise Problem(f"{error}; see --max-size") from None

    def _counted(self, response: httpcore2.Response, length: int | None) -> Iterator[bytes]:
        received = 0
        for chunk in response.iter_stream():
            received += len(chunk)
            yield chunk
        with self._lock:
            self.received += received
        stream = response.extensions["network_stream"]
        if length is not None and (stream.get_extra_info("body_received") or 0) > length:
            stream.close()
            raise Problem("sent more bytes than it announced", passing=True)


def gunzip(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Unpack gzip in pieces of bounded size (RFC 1952: one or more members, each with its checksum)."""
    unpacker = zlib.decompressobj(wbits=31)
    started = False
    try:
        for chunk in chunks:
            while chunk:
                if unpacker.eof:
                    unpacker, started = zlib.decompressobj(wbits=31), False
                started = True
                yield unpacker.decompress(chunk, _SMALL)
                chunk = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
    except zlib.error as error:
        raise Problem(f"damaged gzip data ({error})", passing=True) from None
    while started and not unpacker.eof and (rest := unpacker.decompress(unpacker.unconsumed_tail, _SMALL)):
        yield rest
    if not started or not unpacker.eof:
        raise Problem("the gzip data end too early", passing=True)


def _checked(url: str) -> httpx2.URL:
    try:
        parsed = httpx2.URL(url)
    except (httpx2.InvalidURL, ValueError, UnicodeError):
        raise Problem("no valid address; check its spelling") from None
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise Problem("only http and https addresses can be fetched")
    if parsed.userinfo:
        raise Problem("addresses with a user name or password are not accepted: they end up in logs")
    return parsed.copy_with(fragment=None)


def _next_hop(url: httpx2.URL, location: str) -> httpx2.URL:
    try:
        following = _checked(str(url.join(location)))
    except Problem as problem:
        raise Problem(f"redirects to an address that is refused: {problem.reason}") from None
    except (httpx2.InvalidURL, ValueError):
        raise Problem("redirects to no valid address") from None
    if url.scheme == "https" and following.scheme == "http":
        raise Problem(f"redirects from https to http ({redact(str(following))}), which is refused")
    return following


def _core_url(url: httpx2.URL) -> httpcore2.URL:
    return httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)


def _peer_is_public(response: httpcore2.Response) -> bool:
    address = response.extensions["network_stream"].get_extra_info("server_addr")
    return not address or is_public(str(address[0]))


def _length(fields: Mapping[str, str]) -> int | None:
    """Return the announced length of a body, if any; one of too many digits is just huge."""
    length = fields.get("content-length", "")
    if not (length.isascii() and length.isdigit()):
        return None
    return int(length) if len(length) < 19 else 10**18


def _drain(response: httpcore2.Response, fields: Mapping[str, str]) -> None:
    """Read a small body away, so that the connection can be used again."""
    length = _length(fields)
    if length is not None and length <= _SMALL:
        for _ in response.iter_stream():
            pass


def _meaning(status: int, *, limited: bool) -> str:
    if limited or status == 429:
        return "too many requests"
    known = {
        401: "not authorized; check the token",
        403: "forbidden",
        404: "not found; check the address",
        410: "gone",
        451: "unavailable for legal reasons",
    }
    return known.get(status, "server error" if status >= 500 else "unexpected answer")


@contextmanager
def _until(moment: float) -> Iterator[None]:
    token = deadline.set(moment)
    try:
        yield
    finally:
        deadline.reset(token)


@contextmanager
def _translated(host: str, stop: threading.Event) -> Iterator[None]:
    """Turn what the layers below raise into `Problem`, or into `Interrupted` once the run is to stop."""
    try:
        yield
    except Problem:
        raise
    except RefusedAddress as error:
        raise Problem(f"redirects to a private address ({error}); --allow-private permits it") from None
    except OversizedHead as error:
        raise Problem(str(error)) from None
    except Exception as error:
        if stop.is_set():
            raise Interrupted from None
        raise _problem(error, host) from None


def _problem(error: Exception, host: str) -> Problem:
    cause = error.args[0] if error.args else None  # where httpcore keeps what it translated
    if isinstance(cause, ssl.SSLCertVerificationError):
        return Problem(
            f"the certificate of {host} is not trusted ({cause.verify_message}); see SSL_CERT_FILE"
        )
    if isinstance(error, (httpcore2.ConnectError, httpcore2.ConnectTimeout)):
        why = "no answer in time" if isinstance(error, httpcore2.ConnectTimeout) else _system_message(error)
        if isinstance(cause, ssl.SSLError):
            return Problem(f"no secure connection to {host} ({why})", passing=True)
        return Problem(f"{host} cannot be reached ({why}); check the network", passing=True, offline=True)
    if isinstance(error, httpcore2.ProxyError):
        return Problem(f"{host} cannot be reached through the proxy ({error})", offline=True)
    if isinstance(error, httpcore2.TimeoutException):
        return Problem("the server took too long", passing=True)
    if isinstance(error, httpcore2.RemoteProtocolError):
        return Problem(f"the answer is cut or damaged ({error})", passing=True)
    if isinstance(error, (httpcore2.NetworkError, httpcore2.ProtocolError)):
        return Problem(f"the connection broke ({error})", passing=True)
    if isinstance(error, (OSError, UnicodeError, ValueError)):
        return Problem(f"{type(error).__name__}: {error}")
    raise error


def _system_message(error: Exception) -> str:
    inner = error.args[0] if error.args else error
    return getattr(inner, "strerror", None) or str(error) or type(error).__name__
