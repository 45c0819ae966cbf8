"""Code that is tested (``sphinx.ext.doctest``): ``doctest``, ``testcode``, ``testoutput``, their set-up."""

from __future__ import annotations

from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives

from ..rst.directive import RstDirective
from .code import code_node, trim_doctest_flags

LANGUAGES = {"doctest": "pycon", "testcode": "python", "testoutput": "none"}


class TestBlock(RstDirective):
    """Show code that is tested as readers shall see it; set-up and what is hidden are not shown."""

    optional_arguments = 1
    option_spec: ClassVar[dict[str, Any]] = {
        "hide": directives.flag,
        "options": directives.unchanged,
        "pyversion": directives.unchanged,
        "skipif": directives.unchanged,
        "trim-doctest-flags": directives.flag,
        "no-trim-doctest-flags": directives.flag,
    }

    def run(self) -> list[nodes.Node]:
        """Return the block, or nothing."""
        name = self.name.lower()
        if name not in LANGUAGES or "hide" in self.options:
            self.env.record(name, "dropped: only for running the tests")
            return []
        text = "\n".join(self.content)
        if name == "doctest" and "no-trim-doctest-flags" not in self.options:
            text = trim_doctest_flags(text)
        block = code_node(self, text, LANGUAGES[name])
        if "no-trim-doctest-flags" in self.options:
            block["trim_flags"] = False
        return [block]


DIRECTIVES: dict[str, Any] = dict.fromkeys((*LANGUAGES, "testsetup", "testcleanup"), TestBlock)
