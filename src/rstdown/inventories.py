"""The inventories that references are resolved with: a user or a ``conf.py`` names files and addresses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from .errors import FetchError, InventoryError
from .files import read_regular
from .link import Inventory
from .model import Diagnostic, Page, Project, Severity
from .options import FetchOptions, LinkOptions


class InventoryFile(NamedTuple):
    """An ``objects.inv`` as it came, the address that it counts from, its *key* in ``:external+key:``."""

    data: bytes
    base: str
    key: str = ""


def read_inventories(
    project: Project, options: LinkOptions, fetch: FetchOptions
) -> tuple[list[InventoryFile], list[Diagnostic]]:
    """Return the inventories that can be had, and a diagnostic for each that cannot."""
    found: list[InventoryFile] = []
    notices: list[Diagnostic] = []
    for spec, key in _named(project, options):
        try:
            found.append(InventoryFile(*read_inventory(spec, fetch), key))
        except (FetchError, InventoryError) as error:
            notices.append(_missing(error))
    return found, notices


def known_targets(
    pages: Iterable[Page], files: Sequence[InventoryFile]
) -> tuple[Inventory, list[Diagnostic]]:
    """Return all that references can lead to, and a diagnostic for each file that is no inventory."""
    inventory = Inventory.from_pages(pages)
    notices: list[Diagnostic] = []
    for file in files:
        try:
            inventory = inventory.with_file(*file)
        except InventoryError as error:
            notices.append(_missing(error))
    return inventory, notices


def read_inventory(spec: str, options: FetchOptions) -> tuple[bytes, str]:
    """Return the bytes and the base address of ``FILE_OR_URL[=BASE]``.

    Raises `InventoryError` where it cannot be had.
    """
    location, _, base = spec.partition("=")
    if location.startswith(("http://", "https://")):
        from .fetching import get_file

        data = get_file(location, options)
        return data, base or location.rsplit("/", 1)[0] + "/"
    try:
        return read_regular(Path(location), options.max_size), base
    except OSError as error:
        raise InventoryError(f"{location}: {error.strerror or error}") from None


def _named(project: Project, options: LinkOptions) -> list[tuple[str, str]]:
    """Return the inventories to read: what each is, and the key of ``:external+key:`` references to it."""
    found = [(spec, "") for spec in options.inventories]
    if options.intersphinx:
        for key, (base, file) in project.intersphinx_mapping.items():
            base = base.rstrip("/") + "/"
            found.append((f"{file or base + 'objects.inv'}={base}", key))
    return found


def _missing(error: Exception) -> Diagnostic:
    message = f"{error}; references that lead there stay text"
    return Diagnostic("inventory-missing", message, Severity.ERROR)
