"""The directive ``csv-table``, apart from others: docutils' brings an HTTP client that few pages need."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from docutils.parsers.rst.directives.tables import CSVTable as DocutilsCSVTable
from docutils.utils import SystemMessagePropagation

from ..rst.env import env_of
from ..rst.gate import GateError


class CSVTable(DocutilsCSVTable):
    """A table from comma-separated values; files are read through the gate, addresses never."""

    def run(self) -> list[Any]:
        """Return the table, or a line that names the data that could not be had."""
        source = self.options.get("file") or self.options.get("url")
        if not source or self.content:
            return list(super().run())
        env = env_of(self.state.document)
        try:
            if "url" in self.options:
                raise GateError(f"{source}: tables are not fetched from addresses")
            self.rows, _ = env.gate.read(source, encoding=self.options.get("encoding", "utf-8-sig"))
        except GateError as error:
            env.diagnose("file-missing", f"csv-table: {error}", self.lineno)
            env.record("csv-table", "dropped: its file could not be read")
            return [nodes.paragraph("", "", nodes.Text("Table not included: "), nodes.literal("", source))]
        settings = self.state.document.settings
        allowed, settings.file_insertion_enabled = settings.file_insertion_enabled, True
        try:
            return list(super().run())
        finally:
            settings.file_insertion_enabled = allowed

    def get_csv_data(self) -> tuple[Any, str]:
        """Return the lines of the data, and where they come from."""
        if self.content:
            return self.content, self.content.source(0) or ""
        if "file" in self.options:
            return self.rows.splitlines(), self.options["file"]
        block = nodes.literal_block(self.block_text, self.block_text)
        raise SystemMessagePropagation(
            self.reporter.warning(f'The "{self.name}" directive has no content.', block, line=self.lineno)
        )
