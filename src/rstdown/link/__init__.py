"""Linking: open references of pages become links, code or text; toctrees become lists of links."""

from .anchors import Folder, Layout, OneDocument
from .inventory import Inventory
from .objects_inv import ObjectsInv, read_objects_inv
from .pages import LinkPlan, LinkResult, apply_links, link_pages, plan_links
from .report import LinkReport, Unresolved
from .surface import Surface, detached, surface_of
from .toctree import order_by_toctree

__all__ = [
    "Folder",
    "Inventory",
    "Layout",
    "LinkPlan",
    "LinkReport",
    "LinkResult",
    "ObjectsInv",
    "OneDocument",
    "Surface",
    "Unresolved",
    "apply_links",
    "detached",
    "link_pages",
    "order_by_toctree",
    "plan_links",
    "read_objects_inv",
    "surface_of",
]
