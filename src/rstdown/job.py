"""Job files: sources and the options of every stage, in TOML.

    title = "Concurrency in Python"
    sources = ["asyncio.rst", "queue.rst", {github = "psf/requests@main", globs = ["docs/*.rst"]}]

    [fetch]
    base = "https://raw.githubusercontent.com/python/cpython/refs/heads/main/Doc/library/"

    [link]
    inventories = ["https://docs.python.org/3/objects.inv=https://docs.python.org/3/"]

    [project]
    name = "Python"

The tables ``fetch``, ``convert``, ``link``, ``bundle`` and ``run`` have the keys of the options classes in
`rstdown.options`, ``project`` those of `rstdown.model.Project`.  Paths count from the job file's folder.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import MISSING, Field, field, fields, replace
from pathlib import Path
from typing import Any

from .errors import UsageError
from .fetching.model import (
    ArchiveSource,
    GitHubSource,
    LocalSource,
    PypiSource,
    Source,
    SphinxSource,
    UrlSource,
)
from .fetching.parse import parse_source, parse_sources
from .files import read_regular
from .frozen import dataclass
from .model import Project
from .options import BundleOptions, ConvertOptions, FetchOptions, LinkOptions, RunOptions

STAGES: Mapping[str, type] = {
    "fetch": FetchOptions,
    "convert": ConvertOptions,
    "link": LinkOptions,
    "bundle": BundleOptions,
    "run": RunOptions,
}
MAX_BYTES = 10_000_000
"""How large a job file may be."""
_TOP = ("title", "sources", "project", *STAGES)
_KINDS = ("url", "path", "list", "github", "archive", "pypi", "sphinx")
_EXTRAS = {
    "url": ("docname",),
    "path": ("globs", "exclude", "docname", "root"),
    "list": (),
    "github": ("globs", "exclude", "docname"),
    "archive": ("globs", "exclude", "sha256"),
    "pypi": ("globs", "exclude"),
    "sphinx": ("globs", "exclude"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job file, read and checked.  *project* holds the settings given, by their names in `Project`."""

    path: Path
    title: str = ""
    sources: tuple[Source, ...] = ()
    fetch: FetchOptions = field(default_factory=FetchOptions)
    convert: ConvertOptions = field(default_factory=ConvertOptions)
    link: LinkOptions = field(default_factory=LinkOptions)
    bundle: BundleOptions = field(default_factory=BundleOptions)
    run: RunOptions = field(default_factory=RunOptions)
    project: Mapping[str, Any] = field(default_factory=dict)

    @property
    def inventories(self) -> tuple[str, ...]:
        """The inventories to resolve references with."""
        return self.link.inventories


def load_job(path: str | Path) -> Job:
    """Read a job file.  Raises `UsageError` that names the key at fault and the nearest valid one."""
    import tomllib

    path = Path(path)
    try:
        data = tomllib.loads(read_regular(path, MAX_BYTES).decode("utf-8-sig"))
    except OSError as error:
        raise UsageError(f"{path}: cannot read this job file: {error.strerror or error}") from None
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path}: no valid TOML: {error}") from None
    reader = _Reader(path)
    reader.check_keys(data, _TOP, "")
    stages = {name: reader.options(cls, data.get(name, {}), name) for name, cls in STAGES.items()}
    sources = data.get("sources", [])
    if not isinstance(sources, list):
        raise reader.error("sources", "must be a list")
    stages["link"] = replace(
        stages["link"], inventories=tuple(reader.inventory(spec) for spec in stages["link"].inventories)
    )
    return Job(
        path=path,
        title=reader.value(data.get("title", ""), "", "title"),
        sources=tuple(reader.sources(sources, stages["fetch"])),
        project=reader.project(data.get("project", {})),
        **stages,
    )


def resolve_sources(items: Iterable[str]) -> tuple[list[Source | str], FetchOptions]:
    """Replace job files among *items* by their sources; return also the first job's fetch options."""
    found: list[Source | str] = []
    options: FetchOptions | None = None
    for item in items:
        if item.endswith(".toml") and "://" not in item:
            job = load_job(item)
            found += job.sources
            options = options or job.fetch
        else:
            found.append(item)
    return found, options or FetchOptions()


class _Reader:
    """Checks a job file's values and says where one is wrong."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.folder = path.parent

    def error(self, key: str, problem: str) -> UsageError:
        return UsageError(f"{self.path}: {key}: {problem}")

    def check_keys(self, table: Any, valid: Collection[str], where: str) -> None:
        """Refuse anything but a table with *valid* keys."""
        if not isinstance(table, dict):
            raise self.error(where, "must be a table")
        for key in table:
            name = key.replace("-", "_")
            if name not in valid:
                import difflib

                near = difflib.get_close_matches(name, valid, n=1, cutoff=0.5)
                hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(valid)}"
                raise self.error(f"{where}.{key}" if where else key, f"unknown key; {hint}")

    def value(self, value: Any, default: Any, key: str, choices: Sequence[str] = ()) -> Any:
        """Return *value* in the type that *default* has."""
        if isinstance(default, tuple):
            return self.texts(value, key)
        if isinstance(default, float) and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if type(value) is not type(default):
            kind = {str: "a text", bool: "true or false", int: "a whole number", float: "a number"}[
                type(default)
            ]
            raise self.error(key, f"must be {kind}, not {value!r}")
        if isinstance(value, (int, float)) and value < 0:
            raise self.error(key, f"must not be negative, as {value} is")
        if choices and value not in choices:
            raise self.error(key, f"must be one of {', '.join(choices)}, not {value!r}")
        return value

    def texts(self, value: Any, key: str) -> tuple[str, ...]:
        """Return a list of texts; a single text stands for a list of one."""
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, list) or not all(isinstance(each, str) for each in values):
            raise self.error(key, "must be a list of texts")
        return tuple(values)

    def options(self, cls: type, table: Any, name: str) -> Any:
        """Return an options class's values from the table of its stage."""
        known = {each.name: each for each in fields(cls)}
        self.check_keys(table, known, name)
        given = {}
        for key, value in table.items():
            each = known[key.replace("-", "_")]
            given[each.name] = self.value(
                value, _default(each), f"{name}.{key}", each.metadata.get("choices", ())
            )
        for key in ("lock", "cache_dir"):
            if given.get(key) and cls is FetchOptions:
                given[key] = self.local(given[key])
        return cls(**given)

    def local(self, path: str) -> str:
        """Return *path*, counted from the job file's folder."""
        return os.path.normpath(self.folder / os.path.expanduser(path))  # noqa: PTH111  (a Path raises for no user)

    def inventory(self, spec: str) -> str:
        """Return an inventory's ``FILE_OR_URL[=BASE]`` with the file counted from the job file's folder."""
        location, equals, base = spec.partition("=")
        return spec if "://" in location else f"{self.local(location)}{equals}{base}"

    def project(self, table: Any) -> dict[str, Any]:
        """Return the project's settings, in the types that `Project` has."""
        known = {each.name: each for each in fields(Project)}
        self.check_keys(table, known, "project")
        given: dict[str, Any] = {}
        for key, value in table.items():
            each = known[key.replace("-", "_")]
            default = _default(each)
            if isinstance(default, Mapping):
                given[each.name] = self.mapping(
                    value, f"project.{key}", texts=each.name in ("directives", "roles")
                )
            elif each.name in ("object_types", "crossref_types"):
                given[each.name] = _frozen(value)
            else:
                given[each.name] = self.value(value, default, f"project.{key}")
        return given

    def mapping(self, value: Any, key: str, *, texts: bool) -> dict[str, Any]:
        """Return a table of any keys; with *texts* its values are texts."""
        if not isinstance(value, dict):
            raise self.error(key, "must be a table")
        for name, each in value.items():
            if texts and not isinstance(each, str):
                raise self.error(f"{key}.{name}", 'must be a text such as "note" or "drop"')
        return {name: _frozen(each) for name, each in value.items()}

    def sources(self, items: Sequence[Any], options: FetchOptions) -> list[Source]:
        """Return the sources, in order."""
        found: list[Source] = []
        for at, item in enumerate(items):
            key = f"sources[{at}]"
            if isinstance(item, str):
                found += parse_sources([f"@{self.local(item[1:])}" if item[:1] == "@" else item], options)
            elif isinstance(item, dict):
                found += self.table(item, options, key)
            else:
                raise self.error(key, "must be a text or a table")
        return [self.anchored(source) for source in found]

    def table(self, item: dict[str, Any], options: FetchOptions, key: str) -> list[Source]:
        """Return the source that a table names by one of the keys *url*, *path*, *github*, …"""
        kinds = [kind for kind in _KINDS if kind in item]
        if len(kinds) != 1:
            raise self.error(key, f"must have one of the keys {', '.join(_KINDS)}")
        kind = kinds[0]
        self.check_keys(item, (kind, *_EXTRAS[kind]), key)
        named = self.value(item[kind], "", f"{key}.{kind}")
        more: dict[str, Any] = {}
        for name in _EXTRAS[kind]:
            if name in item:
                default: Any = () if name in ("globs", "exclude") else ""
                more[name] = self.value(item[name], default, f"{key}.{name}")
        return self.made(kind, named, more, options)

    def made(self, kind: str, named: str, more: dict[str, Any], options: FetchOptions) -> list[Source]:
        """Return the sources of one *kind*."""
        if kind == "list":
            return parse_sources([f"@{self.local(named)}"], options)
        if kind == "url":
            return [UrlSource(url=named, base="" if "://" in named else options.base, **more)]
        if kind == "path":
            return [LocalSource(path=named, **more)]
        if kind == "archive":
            return [ArchiveSource(location=named, **more)]
        source = parse_source(f"{kind}:{named}", options)
        assert isinstance(source, (GitHubSource, PypiSource, SphinxSource))
        return [replace(source, **more)]

    def anchored(self, source: Source) -> Source:
        """Let a source's local path count from the job file's folder."""
        if isinstance(source, LocalSource):
            return replace(
                source, path=self.local(source.path), root=self.local(source.root) if source.root else ""
            )
        if isinstance(source, ArchiveSource) and "://" not in source.location:
            return replace(source, location=self.local(source.location))
        return source


def _default(each: Field[Any]) -> Any:
    if each.default is not MISSING:
        return each.default
    return each.default_factory() if each.default_factory is not MISSING else None


def _frozen(value: Any) -> Any:
    return tuple(_frozen(each) for each in value) if isinstance(value, list) else value
