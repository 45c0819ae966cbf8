"""Read ``objects.inv``, the inventory that every Sphinx build publishes (formats 1 and 2).

The format: four lines of header, then zlib data with a line ``name domain:type priority uri title`` for each
object.  A name may hold spaces, a uri that ends in ``$`` is completed by the name, a title ``-`` is the name.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

from ..errors import InventoryError
from ..frozen import dataclass
from .index import Index, Place

MAX_BYTES = 100_000_000  # unpacked; the largest known inventories have some 10 MB
MAX_LINE = 4_000

_SIMPLE = re.compile(r"(\S+) ([^\s:]+:\S+) -?\d+ (\S+) (.*)")


@dataclass(frozen=True, slots=True)
class ObjectsInv:
    """An inventory: its *project* and *version*, the address *base* that its places count from, its *index*.

    *key* is the name that ``:external+key:`` references and ``intersphinx_mapping`` call it by.
    """

    index: Index
    project: str = ""
    version: str = ""
    base: str = ""
    key: str = ""


def read_objects_inv(data: bytes, base: str = "", key: str = "") -> ObjectsInv:
    """Read an inventory.

    *base* is the address of the documentation; without it places are known but have no address.
    Raises `InventoryError` where *data* is no inventory, is damaged or too large.
    """
    header, _, rest = data.partition(b"\n")
    header = header.rstrip()
    lines = rest.split(b"\n", 2)
    if not header.startswith(b"# Sphinx inventory version ") or len(lines) < 3:
        raise InventoryError(f"{_label(key, base)}: not an objects.inv file (it has no header)")
    project, version = (line.rstrip()[11:].decode("utf-8", "replace") for line in lines[:2])
    prefix = base.rstrip("/") + "/" if base else ""
    if header.endswith(b" 2"):
        places = _version_2(lines[2], prefix, _label(key, base))
    elif header.endswith(b" 1"):
        places = _version_1(lines[2], prefix)
    else:
        raise InventoryError(f"{_label(key, base)}: unknown version of objects.inv: {header[27:].decode()!r}")
    index = Index()
    for place in places:
        index.add(place)
    return ObjectsInv(index, project, version, prefix, key)


def _label(key: str, base: str) -> str:
    return key or base or "objects.inv"


def _version_1(data: bytes, prefix: str) -> Iterator[Place]:
    for line in data.decode("utf-8", "replace").splitlines():
        parts = line.split(None, 2)
        if len(parts) == 3:
            name, kind, uri = parts
            role = "py:module" if kind == "mod" else f"py:{kind}"
            place = f"module-{name}" if kind == "mod" else name
            yield Place(role, name, uri=f"{prefix}{uri}#{place}" if prefix else "")


def _version_2(data: bytes, prefix: str, label: str) -> Iterator[Place]:
    note, _, packed = data.partition(b"\n")
    if b"zlib" not in note:
        raise InventoryError(f"{label}: the objects.inv file does not say that it is compressed with zlib")
    for line in _unpack(packed, label).splitlines():
        if len(line) > MAX_LINE:
            continue
        match = _SIMPLE.match(line)
        found = match.groups() if match else _split(line)
        if found is None:
            continue
        name, role, uri, title = found
        if uri.endswith("$"):
            uri = uri[:-1] + name
        yield Place(
            role, name, title="" if title == "-" else title.rstrip(), uri=prefix + uri if prefix else ""
        )


def _unpack(packed: bytes, label: str) -> str:
    unpacker = zlib.decompressobj()
    try:
        data = unpacker.decompress(packed, MAX_BYTES)
    except zlib.error as error:
        raise InventoryError(f"{label}: the objects.inv file is damaged ({error})") from None
    if unpacker.unconsumed_tail:
        raise InventoryError(f"{label}: the objects.inv file unpacks to more than {MAX_BYTES:,} bytes")
    if not unpacker.eof:
        raise InventoryError(f"{label}: the objects.inv file is cut off")
    return data.decode("utf-8", "replace")


def _split(line: str) -> tuple[str, str, str, str] | None:
    """Split a line whose name holds spaces: its type is the first word with a colon before a number."""
    words = line.rstrip().split(" ")
    for i in range(1, len(words) - 2):
        if ":" in words[i] and words[i + 1].lstrip("-").isdecimal():
            return " ".join(words[:i]), words[i], words[i + 2], " ".join(words[i + 3 :])
    return None
