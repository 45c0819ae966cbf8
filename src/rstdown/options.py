"""Options: one frozen dataclass per stage.

CLI flags, job-file keys and the reference in ``docs/`` derive from these fields: ``help`` in a
field's metadata is the text that a person reads, ``flag`` overrides the flag's name, ``choices`` lists
the values allowed.
"""

from __future__ import annotations

from dataclasses import field
from typing import Any

from .frozen import dataclass


def _option(default: Any, help: str, **more: Any) -> Any:
    return field(default=default, metadata={"help": help, **more})


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvertOptions:
    """How documents become pages, and pages Markdown."""

    engine: str = _option("docutils", "What parses RST.", choices=("docutils", "pandoc"))
    object_style: str = _option(
        "heading",
        "Show object descriptions as headings or as list items.",
        choices=("heading", "list"),
    )
    admonition_style: str = _option(
        "quote",
        "Show admonitions as block quotes with a bold title or as GitHub alerts.",
        choices=("quote", "alert"),
    )
    tables: str = _option(
        "auto",
        "Tables that pipes cannot hold: auto chooses HTML; records makes lists.",
        choices=("auto", "html", "records"),
    )
    heading_offset: int = _option(0, "Shift all headings this many levels down.")


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkOptions:
    """What becomes of cross-references."""

    links: str = _option(
        "",
        "all: every reference that can be resolved is a link; external: only addresses that the author gave; "
        "none: text only.  [default: all; in a bundle: external]",
        choices=("all", "external", "none"),
    )
    inventories: tuple[str, ...] = _option(
        (),
        "An objects.inv (file or address) to resolve references with, and what its addresses begin with.",
        flag="--inventory",
        metavar="WHERE[=BASE]",
    )
    intersphinx: bool = _option(False, "Also fetch the inventories that conf.py's intersphinx_mapping names.")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """How a conversion runs."""

    jobs: int = _option(0, "Worker processes; 0 means one per core.")
    cache: bool = _option(True, "Reuse pages converted before.")
    strict: bool = _option(False, "Fail (exit code 1) if there is any warning.")


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchOptions:
    """Where documents are fetched from, how patiently, within which limits.  Times: seconds; sizes: bytes."""

    base: str = _option(
        "", "Address that relative names of documents count from (overrides the job's).", metavar="URL"
    )
    mirrors: tuple[str, ...] = _option(
        (), "Fetch addresses that begin with OLD from NEW instead.", flag="--mirror", metavar="OLD=NEW"
    )
    exclude: tuple[str, ...] = _option(
        (), "Leave out paths that match this pattern.", flag="--exclude", metavar="GLOB"
    )
    # Keys of a job only: the project's conf.py (read, never run), and what it reads, such as a version file.
    conf: str = ""
    companions: tuple[str, ...] = ()
    includes: bool = _option(True, "Also fetch the files that documents include.")
    offline: bool = _option(False, "Use the cache only; never the network.")
    refresh: bool = _option(False, "Ask for everything anew, whatever the cache holds.")
    lock: str = _option(
        "", "Lock file: use what it names, and add what it does not name yet.", metavar="FILE"
    )
    locked: bool = _option(False, "Use the lock file only, and fail where anything differs from it.")
    update: bool = _option(False, "Renew the lock file (rstdown.lock, or that of --lock).")
    cache_dir: str = _option(
        "", "Folder of the cache (default: RSTDOWN_CACHE_DIR, or the user's cache folder).", metavar="DIR"
    )
    connections: int = _option(8, "Downloads at a time.")
    per_host: int = _option(4, "Downloads at a time from one host.")
    tries: int = _option(4, "Tries per document on passing errors.")
    backoff: float = _option(
        1.0, "Wait before the second try; it doubles with each further one.", hidden=True
    )
    max_wait: float = _option(300.0, "Longest wait that a server may ask for.", hidden=True)
    connect_timeout: float = _option(10.0, "Longest wait for a connection.", hidden=True)
    read_timeout: float = _option(30.0, "Longest silence of a server.", hidden=True)
    total_timeout: float = _option(120.0, "Longest time per document, waits between tries aside.")
    max_size: int = _option(20_000_000, "Largest document, unpacked.")
    max_archive: int = _option(300_000_000, "Largest archive, packed.")
    max_unpacked: int = _option(2_000_000_000, "Largest archive, unpacked.", hidden=True)
    max_headers: int = _option(65_536, "Largest head of an answer.", hidden=True)
    max_redirects: int = _option(5, "Redirects to follow.", hidden=True)
    max_includes: int = _option(1_000, "Most included files to fetch.", hidden=True)
    allow_private: bool = _option(False, "Follow redirects from public to private addresses.")
    tokens: bool = _option(True, "Send GH_PAT, GH_TOKEN or GITHUB_TOKEN to GitHub.")
    token_origins: tuple[str, ...] = _option((), "Further origins the GitHub token may go to.", hidden=True)
    raw_limit: int = _option(
        50, "Most files to fetch from GitHub one by one; more: one archive.", hidden=True
    )
    github: str = _option("https://github.com", "Address of GitHub's pages.", hidden=True)
    github_api: str = _option("https://api.github.com", "Address of GitHub's API.", hidden=True)
    github_raw: str = _option(
        "https://raw.githubusercontent.com", "Address of GitHub's raw files.", hidden=True
    )
    github_archive: str = _option("https://codeload.github.com", "Address of GitHub's archives.", hidden=True)
    pypi: str = _option("https://pypi.org", "Address of the package index.", metavar="URL")


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleOptions:
    """What goes into a bundle, in which order and form, and how large it may be."""

    format: str = _option(
        "md",
        "md: one Markdown document; xml: tagged documents; jsonl: chunks; llms-txt: a folder.",
        choices=("md", "xml", "jsonl", "llms-txt"),
    )
    title: str = _option("", "Title of the bundle (default: the project's name, or the job's).")
    order: str = _option(
        "auto",
        "Order of documents: as listed, or by the project's toctrees; auto: by toctree where the root "
        "document is among them.",
        choices=("auto", "list", "toctree"),
    )
    encoding: str = _option(
        "o200k_base", "What tokens are counted in.", choices=("o200k_base", "cl100k_base")
    )
    include: tuple[str, ...] = _option(
        (), "Keep only documents whose name matches this pattern.", flag="--include-docs", metavar="GLOB"
    )
    exclude: tuple[str, ...] = _option(
        (), "Leave out documents whose name matches this pattern.", flag="--exclude-docs", metavar="GLOB"
    )
    objects: tuple[str, ...] = _option(
        (),
        "Keep only this object (asyncio.TaskGroup) and what --depth adds.",
        flag="--object",
        metavar="NAME",
    )
    depth: int = _option(0, "With --object: also keep what it refers to, this many steps away.")
    deprecated: bool = _option(True, "Keep objects that are deprecated as a whole.")
    drop: tuple[str, ...] = _option(
        (),
        "Leave out content of these kinds, in this order where --over trim decides: audit-events, seealso, "
        "history, examples, availability, notes, footnotes, images, code.",
        metavar="KIND[,KIND...]",
    )
    compact: bool = _option(
        True,
        "Spare tokens in md and xml: no marks where the text itself says the same, no module before members.",
    )
    duplicates: bool = _option(False, "Keep documents and long passages that repeat others word for word.")
    max_tokens: int = _option(0, "Most tokens that the bundle (each volume) may have; 0: any number.")
    over: str = _option(
        "fail",
        "A bundle over --max-tokens: fail; split it into volumes; trim it by --drop, then from its end.",
        choices=("fail", "split", "trim"),
    )
    chunk_tokens: int = _option(1000, "Most tokens that a jsonl chunk should have.")
