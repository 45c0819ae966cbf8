"""What goes into a run and what comes out of it: options of all stages, conversions, bundles."""

from __future__ import annotations

from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import RstdownError, UsageError
from .frozen import dataclass
from .model import Diagnostic, Page, Severity
from .options import BundleOptions, ConvertOptions, FetchOptions, LinkOptions, RunOptions

if TYPE_CHECKING:
    from .bundling import Bundle
    from .fetching import FetchFailure
    from .job import Job
    from .link import LinkReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The options of all stages."""

    fetch: FetchOptions = field(default_factory=FetchOptions)
    convert: ConvertOptions = field(default_factory=ConvertOptions)
    link: LinkOptions = field(default_factory=LinkOptions)
    bundle: BundleOptions = field(default_factory=BundleOptions)
    run: RunOptions = field(default_factory=RunOptions)

    @classmethod
    def of(cls, job: Job) -> Settings:
        """Return the options that a job file gives."""
        return cls(fetch=job.fetch, convert=job.convert, link=job.link, bundle=job.bundle, run=job.run)


@dataclass(frozen=True, slots=True)
class Conversion:
    """One document as Markdown."""

    docname: str
    markdown: str
    page: Page

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Every loss or doubt about this document."""
        return self.page.diagnostics


@dataclass(frozen=True, slots=True)
class ConversionSet:
    """What became of several documents: conversions in the order asked, failures, the report on links."""

    conversions: tuple[Conversion, ...]
    failures: tuple[RstdownError | FetchFailure, ...] = ()
    links: LinkReport | None = None
    notices: tuple[Diagnostic, ...] = ()

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Every loss or doubt, of all documents."""
        return (*self.notices, *(d for c in self.conversions for d in c.diagnostics))

    def summary(self) -> str:
        """Return one line for a person."""
        doubts = sum(d.severity is not Severity.INFO for d in self.diagnostics)
        parts = [
            f"{len(self.conversions)} document{'s' * (len(self.conversions) != 1)}",
            f"{len(self.failures)} failed",
            f"{doubts} warnings",
        ]
        if self.links is not None:
            parts.append(str(self.links))
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class BundleRun:
    """A bundle, and what became of everything that was to go into it."""

    bundle: Bundle
    pages: tuple[Page, ...]
    failures: tuple[RstdownError | FetchFailure, ...] = ()
    links: LinkReport | None = None
    notices: tuple[Diagnostic, ...] = ()

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Every loss or doubt, of all documents."""
        return (*self.notices, *(d for page in self.pages for d in page.diagnostics))

    @property
    def text(self) -> str:
        """The bundle as one text.  Raises `UsageError` where it has several files; `save` writes those."""
        from .bundling import render

        found = render(self.bundle)
        if not isinstance(found, str):
            raise UsageError(f"the bundle has several files ({', '.join(list(found)[:3])}, …): save it")
        return found

    def save(self, path: str | Path) -> tuple[Path, ...]:
        """Write the bundle to the file *path*; return the files written.

        Volumes go beside one another as ``STEM-1.md``, ``STEM-2.md``, …; the format ``llms-txt`` is a folder.
        Raises `OutputError`.
        """
        from .atomic import write_parts, write_tree
        from .bundling import render, volume_parts

        path, folder = Path(path), self.bundle.options.format == "llms-txt"
        if not folder and len(self.bundle.volumes) == 1:
            write_parts(path, volume_parts(self.bundle))
            return (path,)
        files, top = render(self.bundle, path.stem), path if folder else path.parent
        assert isinstance(files, dict)
        write_tree(top, files)
        return tuple(top / name for name in files)

    def summary(self) -> str:
        """Return one line for a person."""
        doubts = sum(d.severity is not Severity.INFO for d in self.diagnostics)
        parts = [self.bundle.summary(), f"{len(self.failures)} failed", f"{doubts} warnings"]
        if self.links is not None:
            parts.append(str(self.links))
        return ", ".join(parts)
