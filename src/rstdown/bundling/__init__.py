"""The bundle: linked pages as one document for a language model, in one of several formats."""

from .assemble import assemble
from .making import reserved_anchors
from .model import Bundle, BundleDocument, LeftOut
from .render import files, render, volume_parts

__all__ = [
    "Bundle",
    "BundleDocument",
    "LeftOut",
    "assemble",
    "files",
    "render",
    "reserved_anchors",
    "volume_parts",
]
