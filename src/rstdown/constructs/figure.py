"""The directive ``figure``, apart from others: docutils' brings an HTTP client that few pages need."""

from __future__ import annotations

from docutils import nodes
from docutils.parsers.rst.directives.images import Figure as DocutilsFigure
from docutils.statemachine import StringList


class Figure(DocutilsFigure):
    """A figure whose ``:name:`` leads to the figure, not to its image (Sphinx: ``Figure``)."""

    def run(self) -> list[nodes.Node]:
        """Return the figure."""
        name = self.options.pop("name", None)
        options = dict(self.options)
        try:
            found = list(super().run())
        except UnboundLocalError:  # docutils does not expect content that comes to nothing (``index``)
            self.options, self.content = options, StringList()
            found = list(super().run())
        if name and found and isinstance(found[0], nodes.figure):
            self.options["name"] = name
            self.add_name(found[0])
        return found
