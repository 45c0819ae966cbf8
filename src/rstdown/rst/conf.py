"""Read a project's settings from its ``conf.py``, statically: nothing in it is ever run.

Extensions that lie beside the documentation are read for what their ``setup()`` registers, modules for the
constants that ``conf.py`` imports from them.  No file outside the root is looked at.
"""

from __future__ import annotations

import os.path
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from ..model import Diagnostic, Project, Severity
from .local import directive_recipe, role_recipe
from .static import MAX_ITEMS, UNKNOWN, Interpreter, Namespace, parse
from .version import find_version, patchlevel

# Settings of other builders and of themes: nothing in a document depends on them.
OTHERS = ("latex", "epub", "man_", "texinfo", "linkcheck", "html", "coverage", "doctest", "_")
TEXTS = {
    "project": "name",
    "version": "version",
    "release": "release",
    "language": "language",
    "today": "today",
    "master_doc": "root_doc",
    "root_doc": "root_doc",
    "rst_prolog": "rst_prolog",
    "rst_epilog": "rst_epilog",
    "default_role": "default_role",
    "primary_domain": "primary_domain",
    "highlight_language": "highlight_language",
    "manpages_url": "manpages_url",
}
FLAGS = ("add_function_parentheses", "add_module_names", "numfig")
LISTS = ("exclude_patterns", "include_patterns", "extensions", "source_suffix")
MAPPINGS = ("extlinks", "intersphinx_mapping", "numfig_format")
EXTENSIONS = ("_ext", "ext", "_exts", "exts", "_extensions", "extensions")  # folders, as projects call them
REGISTRIES = {("docutils.parsers.rst", "roles"), ("docutils.parsers.rst", "directives")}
# A substitution whose text only running code could tell.
WITHOUT_TEXT = re.compile(r"^\.\. \|[^|\n]+\|[ \t]+replace::[ \t]*(?:\n|\Z)(?![ \t])", re.MULTILINE)
OURS = {*TEXTS, *FLAGS, *LISTS, *MAPPINGS}


def read_conf(
    path: Path, root: Path, overrides: Mapping[str, str] | None = None
) -> tuple[Project, tuple[Diagnostic, ...]]:
    """Return the settings in the ``conf.py`` at *path*; files below *root* may be looked at.

    *overrides* are settings known better (``version``, ``release``, …), also for what is computed from them.
    What cannot be known without running code has Sphinx's default, and an ``info`` diagnostic.
    """
    tree = parse(path)
    if tree is None:
        error = Diagnostic(
            "conf-unreadable", "this file cannot be read; Sphinx's defaults are used", docname=str(path)
        )
        return Project(), (error,)
    reader = Reader(path, root, overrides or {})
    found = Interpreter({"__file__": str(reader.path), "tags": reader.tags}, reader.imported, reader.assigned)
    found.run(tree.body)
    found.call("setup", reader.app)
    for extension in texts(found.names.get("extensions")) or reader.extensions_beside():
        if module := reader.module(extension):
            module.call("setup", reader.app)
    return _project(reader.app.config_values | found.names, reader), tuple(_doubts(found, path))


@dataclass
class App:
    """What ``setup(app)`` registers: object types, cross-reference types, roles, directives, settings."""

    object_types: list[tuple[str, str, str]] = field(default_factory=list)
    crossref_types: list[tuple[str, str]] = field(default_factory=list)
    roles: dict[str, Any] = field(default_factory=dict)
    directives: dict[str, Any] = field(default_factory=dict)
    config_values: dict[str, Any] = field(default_factory=dict)

    def __call__(self, method: str, arguments: list[Any], keywords: dict[str, Any]) -> Any:
        """Note a call ``app.method(…)``."""
        given = [a for a in arguments if isinstance(a, str)]
        given += [v for k in ("directivename", "rolename", "name") if isinstance(v := keywords.get(k), str)]
        if not given:
            return UNKNOWN
        if method == "add_object_type":
            index = given[2] if len(given) > 2 else str(keywords.get("indextemplate", ""))
            self.object_types.append((given[0], given[1] if len(given) > 1 else given[0], index))
        elif method == "add_crossref_type":
            self.crossref_types.append((given[0], given[1] if len(given) > 1 else given[0]))
        elif method == "add_config_value":
            self.config_values[given[0]] = arguments[1] if len(arguments) > 1 else keywords.get("default")
        elif len(arguments) > 1 and method in {"add_role", "register_local_role", "add_role_to_domain"}:
            self.roles[":".join(given).lower()] = arguments[-1]
        elif len(arguments) > 1 and method in {
            "add_directive",
            "register_directive",
            "add_directive_to_domain",
        }:
            self.directives[":".join(given).lower()] = arguments[-1]
        return UNKNOWN


class Tags:
    """Sphinx's ``tags``, of which ``html`` is set."""

    def __init__(self) -> None:
        self.names = ["html"]

    def __call__(self, method: str, arguments: list[Any], keywords: dict[str, Any]) -> Any:
        """Do ``tags.add(name)`` or ``tags.has(name)``."""
        name = arguments[0]
        if method == "has":
            return name in self
        if method == "add" and isinstance(name, str) and name not in self.names:
            self.names.append(name)
        return None

    def __contains__(self, name: object) -> bool:
        return name in self.names


class Reader:
    """Reads what belongs to one ``conf.py``: modules below *root*, paths, versions."""

    def __init__(self, path: Path, root: Path, overrides: Mapping[str, str]) -> None:
        self.path = path.resolve()
        self.root = root.resolve()
        self.overrides = overrides
        self.folders = [self.path.parent]
        self.modules: dict[str, Interpreter | None] = {}
        self.app = App()
        self.tags = Tags()

    def assigned(self, name: str, value: Any) -> Any:
        """Return what setting *name* is when set to *value*: overrides win, versions are looked up."""
        if self.overrides.get(TEXTS.get(name, name)):
            return self.overrides[TEXTS.get(name, name)]
        if value is not UNKNOWN or name not in {"version", "release"}:
            return value
        version = find_version(self.path.parent, self.root)
        if name == "version":
            version = ".".join(version.split(".")[:2])
        return version or UNKNOWN

    def imported(self, module: str, name: str) -> Any:
        """Return the value of *name* in *module*, `UNKNOWN` where that cannot be known."""
        if (module, name) == ("sys", "path"):
            return self._path_changed
        if (module, name) in REGISTRIES:
            return self.app
        if module == "patchlevel" and (numbers := patchlevel(self.path.parent, self.root)):
            shown = numbers["version"], numbers["release"]
            known = {"get_header_version_info": Namespace(numbers), "get_version_info": shown}
            return (lambda *_: known[name]) if name in known else UNKNOWN
        found = self.module(module)
        if found is None:
            return UNKNOWN
        if name == "*":
            return {k: v for k, v in found.names.items() if not k.startswith("_")}
        return found.names.get(name, UNKNOWN)

    def module(self, name: str) -> Interpreter | None:
        """Return what is known of the module *name*; None if it does not lie below the root."""
        if name not in self.modules:
            self.modules[name] = None  # modules that import each other end here
            path = self._locate(name.lstrip("."))
            if path and (tree := parse(path)):
                reader = Interpreter({"__file__": str(path)}, self.imported)
                reader.run(tree.body)
                self.modules[name] = reader
        return self.modules[name]

    def _path_changed(self, method: str, arguments: list[Any], keywords: dict[str, Any]) -> Any:
        for argument in (part for a in arguments for part in (a if isinstance(a, list) else [a])):
            if isinstance(argument, str):
                self.folders.append(Path(os.path.normpath(self.path.parent / argument)))
        return UNKNOWN

    def _locate(self, name: str) -> Path | None:
        parts = name.split(".")
        if not all(part.isidentifier() for part in parts):
            return None
        inside = "/".join(parts)
        for folder in (*self.folders, *self._around):
            for file in (f"{folder}/{inside}.py", f"{folder}/{inside}/__init__.py"):
                if not os.path.isfile(file):  # noqa: PTH113  (as nearly all; a path takes ten times as long)
                    continue
                real = Path(file).resolve()
                if real != self.path and real.is_relative_to(self.root) and real.is_file():
                    return real
        return None

    def extensions_beside(self) -> tuple[str, ...]:
        """Return the names of the extensions in the usual folders beside ``conf.py``."""
        files = (file for name in EXTENSIONS for file in sorted((self.path.parent / name).glob("*.py")))
        return tuple(file.stem for file in files)

    @cached_property
    def _around(self) -> tuple[Path, ...]:
        """Where else modules may lie: beside ``conf.py``, and in the folders around it below the root."""
        found = [self.path.parent / name for name in EXTENSIONS]
        for folder in self.path.parents:
            if not folder.is_relative_to(self.root):
                break
            found += (folder, folder / "src", folder / "lib")
        return tuple(found)


def _project(names: dict[str, Any], reader: Reader) -> Project:
    found: dict[str, Any] = {
        TEXTS[name]: value for name in TEXTS if isinstance(value := names.get(name), str)
    }
    for name in ("rst_prolog", "rst_epilog"):
        if name in found:
            found[name] = WITHOUT_TEXT.sub("", found[name])
    found |= {name: bool(value) for name in FLAGS if (value := names.get(name, UNKNOWN)) is not UNKNOWN}
    found |= {name: value for name in LISTS if (value := texts(names.get(name)))}
    if (
        not {"version", "release"} & names.keys()
        and (version := reader.assigned("version", UNKNOWN)) is not UNKNOWN
    ):
        found |= {"version": version, "release": reader.assigned("release", UNKNOWN)}
    # Sphinx reads no documents from the folders of its templates.
    found["exclude_patterns"] = (*found.get("exclude_patterns", ()), *texts(names.get("templates_path")))
    found["extlinks"] = pairs(names.get("extlinks"))
    found["intersphinx_mapping"] = pairs(names.get("intersphinx_mapping"))
    if isinstance(formats := names.get("numfig_format"), dict):
        found["numfig_format"] = {k: v for k, v in formats.items() if isinstance(v, str)}
    known = reader.app.config_values | names
    roles = {name: role_recipe(role, known) for name, role in reader.app.roles.items()}
    directives = {name: directive_recipe(directive) for name, directive in reader.app.directives.items()}
    found["local_roles"] = {name: recipe for name, recipe in roles.items() if recipe}
    found["local_directives"] = {name: recipe for name, recipe in directives.items() if recipe}
    for name, value in reader.overrides.items():
        found[name] = value
    return Project(
        **found,
        tags=tuple(reader.tags.names),
        object_types=tuple(reader.app.object_types),
        crossref_types=tuple(reader.app.crossref_types),
        settings={
            name: value
            for name, value in names.items()
            if name not in OURS and not name.startswith(OTHERS) and _is_literal(value)
        },
    )


def texts(value: Any) -> tuple[str, ...]:
    """Return the texts in a setting that is a text, a list or a dict (its keys)."""
    items = (
        [value] if isinstance(value, str) else value if isinstance(value, (list, tuple, dict, set)) else ()
    )
    return tuple(item for item in items if isinstance(item, str))


def pairs(value: Any) -> dict[str, tuple[str, str]]:
    """Return a setting of pairs, ``{name: (address, other)}``, also in the old forms; None is empty text."""
    found = {}
    for name, pair in value.items() if isinstance(value, dict) else ():
        if isinstance(pair, dict):  # intersphinx before Sphinx 1: {address: inventory}
            continue
        address, other = (*pair, None)[:2] if isinstance(pair, (list, tuple)) else (pair, None)
        if isinstance(other, (list, tuple)):
            other = next((o for o in other if isinstance(o, str)), None)
        if isinstance(name, str) and isinstance(address, str):
            found[name] = (address, other if isinstance(other, str) else "")
        elif isinstance(name, str) and "://" in name and not isinstance(address, str):
            found[name.rstrip("/").rpartition("/")[2]] = (name, "")
    return found


def _is_literal(value: Any) -> bool:
    stack, seen = [value], 0
    while stack:
        seen += 1
        item = stack.pop()
        if isinstance(item, Namespace) or seen > MAX_ITEMS:
            return False
        if isinstance(item, dict):
            stack += [*item.keys(), *item.values()]
        elif isinstance(item, (list, tuple)):
            stack += item
        elif item is not None and not isinstance(item, (str, int, float)):
            return False
    return True


def _doubts(found: Interpreter, path: Path) -> Iterator[Diagnostic]:
    for name in sorted(OURS & found.names.keys()):
        if found.names[name] is UNKNOWN:
            message = f"{name} cannot be known without running conf.py; Sphinx's default is used"
            yield Diagnostic("conf-unknown", message, Severity.INFO, str(path), found.lines.get(name, 0))
