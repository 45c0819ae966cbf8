"""Linking: open references of pages become links, code or text; toctrees become lists of links."""

from .anchors import Folder, Layout, OneDocument
from .inventory import Inventory
from .objects_inv import ObjectsInv, read_objects_inv
from .pages import LinkResult, link_pages
from .report import LinkReport, Unresolved
from .toctree import order_by_toctree

__all__ = [
    "Folder",
    "Inventory",
    "Layout",
    "LinkReport",
    "LinkResult",
    "ObjectsInv",
    "OneDocument",
    "Unresolved",
    "link_pages",
    "order_by_toctree",
    "read_objects_inv",
]
