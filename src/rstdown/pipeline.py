"""The stages put together: documents → pages → linked pages → Markdown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module

from .errors import UsageError
from .model import Document, Page, Project
from .options import ConvertOptions, LinkOptions

ENGINES = {"docutils": "docutils_", "pandoc": "pandoc"}


def engine(name: str) -> Callable[[Document, Project, ConvertOptions], Page]:
    """Return the ``convert`` function of the engine *name*.

    Raises `UsageError` for an unknown name, `EngineUnavailable` where what it needs is not installed.
    """
    if name not in ENGINES:
        raise UsageError(f"unknown engine {name!r}; there are: {', '.join(ENGINES)}")
    found: Callable[[Document, Project, ConvertOptions], Page] = import_module(
        f".engines.{ENGINES[name]}", __package__
    ).convert
    return found


def convert_page(document: Document, project: Project, options: ConvertOptions) -> Page:
    """Convert one document to a page whose references are still open."""
    return engine(options.engine)(document, project, options)


def link_page(page: Page, project: Project, options: LinkOptions) -> Page:
    """Link a page that stands alone."""
    try:
        from .link import Folder, Inventory, link_pages
    except ImportError:
        return replace(page, root=_closed(page.root))

    result = link_pages(
        [page], inventory=Inventory.from_pages([page]), project=project, options=options, layout=Folder()
    )
    return result.pages[0]


def _closed(node):
    from .markdown import nodes as md
    if isinstance(node, tuple):
        out = []
        for n in node:
            if isinstance(n, md.Xref):
                out.extend(_closed(n.children))
            elif isinstance(n, (md.Anchor, md.Toctree)):
                continue
            else:
                out.append(_closed(n))
        return tuple(out)
    from dataclasses import fields, is_dataclass
    if is_dataclass(node):
        return replace(node, **{f.name: _closed(getattr(node, f.name)) for f in fields(node) if isinstance(getattr(node, f.name), tuple)})
    return node
