"""rstdown: reStructuredText and Sphinx documentation as clean Markdown, for language models and people.

>>> import rstdown
>>> print(rstdown.convert("Use :func:`asyncio.run`, not ``loop.run``.").markdown, end="")
Use `asyncio.run()`, not `loop.run`.

Everything public is here; other modules are ours to change.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ._version import __version__

if TYPE_CHECKING:
    from .bundling import Bundle
    from .errors import (
        ConversionError,
        EngineUnavailable,
        FetchError,
        InventoryError,
        RstdownError,
        SourceError,
        UsageError,
        VerificationError,
    )
    from .fetching import FetchResult, fetch
    from .job import Job, load_job
    from .model import Diagnostic, Document, Page, Project, Provenance, Severity, Target
    from .options import BundleOptions, ConvertOptions, FetchOptions, LinkOptions, RunOptions
    from .pipeline import (
        bundle,
        convert,
        convert_documents,
        convert_file,
        convert_files,
    )
    from .results import BundleRun, Conversion, ConversionSet, Settings

# Name → module: read on first use, so that `import rstdown` costs next to nothing.
_PUBLIC = {
    "Bundle": "bundling",
    "BundleOptions": "options",
    "BundleRun": "results",
    "Conversion": "results",
    "ConversionError": "errors",
    "ConversionSet": "results",
    "ConvertOptions": "options",
    "Diagnostic": "model",
    "Document": "model",
    "EngineUnavailable": "errors",
    "FetchError": "errors",
    "FetchOptions": "options",
    "FetchResult": "fetching",
    "InventoryError": "errors",
    "Job": "job",
    "LinkOptions": "options",
    "Page": "model",
    "Project": "model",
    "Provenance": "model",
    "RstdownError": "errors",
    "RunOptions": "options",
    "Settings": "results",
    "Severity": "model",
    "SourceError": "errors",
    "Target": "model",
    "UsageError": "errors",
    "VerificationError": "errors",
    "bundle": "pipeline",
    "convert": "pipeline",
    "convert_documents": "pipeline",
    "convert_file": "pipeline",
    "convert_files": "pipeline",
    "fetch": "fetching",
    "load_job": "job",
}

__all__ = [
    "Bundle",
    "BundleOptions",
    "BundleRun",
    "Conversion",
    "ConversionError",
    "ConversionSet",
    "ConvertOptions",
    "Diagnostic",
    "Document",
    "EngineUnavailable",
    "FetchError",
    "FetchOptions",
    "FetchResult",
    "InventoryError",
    "Job",
    "LinkOptions",
    "Page",
    "Project",
    "Provenance",
    "RstdownError",
    "RunOptions",
    "Settings",
    "Severity",
    "SourceError",
    "Target",
    "UsageError",
    "VerificationError",
    "__version__",
    "bundle",
    "convert",
    "convert_documents",
    "convert_file",
    "convert_files",
    "fetch",
    "load_job",
]


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        value = getattr(import_module(f".{_PUBLIC[name]}", __name__), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
