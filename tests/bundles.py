"""Bundles of documents written in the tests themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rstdown.bundling import Bundle, assemble, reserved_anchors
from rstdown.engines.docutils_ import convert
from rstdown.link import Folder, Inventory, OneDocument, link_pages
from rstdown.model import Document, Page, Project, Provenance
from rstdown.options import BundleOptions, ConvertOptions, LinkOptions

TITLE = "Test bundle"
REVISION = "0123456789abcdef0123456789abcdef01234567"


def pages_of(texts: Mapping[str, str], *, one_document: bool = True) -> Sequence[Page]:
    """Convert and link documents, given as docname → RST."""
    project = Project()
    pages = []
    for docname, text in texts.items():
        source = Provenance(f"https://example.org/{REVISION}/{docname}.rst", REVISION, "a" * 64, len(text))
        pages.append(convert(Document(docname, text, source), project, ConvertOptions()))
    layout = OneDocument(1, reserved_anchors(TITLE)) if one_document else Folder()
    return link_pages(
        pages,
        inventory=Inventory.from_pages(pages),
        project=project,
        options=LinkOptions(links="all"),
        layout=layout,
    ).pages


def bundle_of(texts: Mapping[str, str], *, links: str = "external", **options: object) -> Bundle:
    """Bundle documents, given as docname → RST."""
    pages = pages_of(texts, one_document=options.get("format") != "llms-txt")
    return assemble(pages, title=TITLE, options=BundleOptions(**options), links=links)  # type: ignore[arg-type]


QUEUE = """
Queues
======

.. module:: shop

A queue of customers; see :func:`open_shop` and :ref:`people`.

.. class:: Queue(maxsize=0)

   A first in, first out queue of at most *maxsize* customers.

   .. versionadded:: 3.7

   .. method:: get()
      :async:

      Remove and return a customer, or ``None``.  See :class:`~people.Person`.

      .. versionchanged:: 3.9
         It may be *interrupted*.

   .. attribute:: size

      The number of customers.

.. function:: open_shop(door, *, quiet=False)

   Open the *door*.

   .. seealso:: :meth:`Queue.get`

.. function:: ring()

   .. deprecated:: 3.8
      Nobody listens.

Examples
--------

For example::

   >>> Queue().size
   0

A recipe [1]_::

   open_shop("front")

.. [1] From grandmother.
"""

PEOPLE = """
.. _people:

People
======

.. module:: people

.. class:: Person(name)

   Somebody called *name*; comes through :func:`shop.open_shop`.  See also `elsewhere <https://example.com/x>`_.

Customs [1]_
------------

They greet.

.. [1] In most countries.
"""

SHOP = {"shop/queue": QUEUE, "shop/people": PEOPLE}
