"""Bundles as text, as a stream of pieces or as files."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from .formats import jsonl, llms_txt, md, xml
from .model import Bundle

_PARTS: dict[str, Callable[[Bundle, int], Iterator[str]]] = {
    "md": md.parts,
    "xml": xml.parts,
    "jsonl": jsonl.parts,
    "llms-txt": md.parts,
}
SUFFIXES = {"md": md.SUFFIX, "xml": xml.SUFFIX, "jsonl": jsonl.SUFFIX, "llms-txt": ".txt"}


def volume_parts(bundle: Bundle, volume: int = 0) -> Iterator[str]:
    """Yield a volume (from 0) in the bundle's format, piece by piece."""
    return _PARTS[bundle.options.format](bundle, volume)


def render(bundle: Bundle, stem: str = "bundle") -> str | dict[str, str]:
    """Return the bundle's text, or its files by their relative paths where it has several.

    A split bundle has ``STEM-1.md``, ``STEM-2.md``, …; the format ``llms-txt`` a folder.
    """
    if bundle.options.format == "llms-txt":
        return dict(files(bundle))
    if len(bundle.volumes) == 1:
        return "".join(volume_parts(bundle))
    suffix = SUFFIXES[bundle.options.format]
    return {
        f"{stem}-{number}{suffix}": "".join(volume_parts(bundle, number - 1))
        for number in range(1, len(bundle.volumes) + 1)
    }


def files(bundle: Bundle) -> Iterator[tuple[str, str]]:
    """Yield the files of an ``llms-txt`` folder: path, text."""
    yield "llms.txt", llms_txt.index(bundle)
    several = len(bundle.volumes) > 1
    for number in range(len(bundle.volumes)):
        yield (
            f"llms-full-{number + 1}.txt" if several else "llms-full.txt",
            "".join(volume_parts(bundle, number)),
        )
    yield from llms_txt.twins(bundle)
