"""Parse RST with docutils, fast, with our vocabulary in place of docutils' process-wide registries.

docutils' configuration files and ``DOCUTILSCONFIG`` are never read: the settings are made here.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from functools import cache
from itertools import repeat
from operator import attrgetter
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from docutils import nodes
from docutils.frontend import get_default_settings
from docutils.parsers.rst import Parser
from docutils.transforms import Transform
from docutils.utils import new_document

if TYPE_CHECKING:
    from ..constructs.vocabulary import Vocabulary
from ..model import Severity
from . import states as _states  # noqa: F401  (gives the machines their states)
from .env import Env
from .inline import Inliner
from .limits import Budget, Limits
from .lines import Lines, lines_of, without_nul
from .machine import STATE_CLASSES, Machine
from .prolog import spared, whole
from .quick import plain_id
from .transforms import apply_transforms

LEVELS = (Severity.INFO, Severity.INFO, Severity.WARNING, Severity.ERROR, Severity.ERROR)
MAX_DUPLICATES = 1000
"""How many messages about duplicate names stand in the doctree."""
SETTINGS = {
    "report_level": 2,
    "halt_level": 5,
    "warning_stream": False,
    "file_insertion_enabled": False,
    "raw_enabled": True,
    "sectsubtitle_xform": False,
    "line_length_limit": 100_000_000,
    "smart_quotes": False,
    "language_code": "en",
    "_disable_config": True,
}
"""What differs from docutils' own defaults."""
PROLOG, EPILOG = "<rst_prolog>", "<rst_epilog>"
FRONT_MATTER = ("doctitle_xform", "docinfo_xform")
"""Transforms that Sphinx switches off, and so do we."""


def parse(
    env: Env,
    vocabulary: Vocabulary,
    transforms: Sequence[type[Transform]] = (),
    inliner: type[Inliner] = Inliner,
    *,
    spare: bool = False,
) -> nodes.document:
    """Parse the environment's document; the doctree has had docutils' transforms and *transforms* applied.

    With the *inliner* `PhrasedInliner`, it is a tree to be lowered: runs of inline markup are `Phrased`.
    *spare* leaves out definitions of the project's that the document does not name.  Losses and doubts are
    in ``env.diagnostics`` afterwards.  Raises `ConversionError` where a limit is hit, `DefinitionNeededError`
    where something left out is needed after all.
    """
    document = new_document(source_path(env), settings(env))
    document.reporter.attach_observer(observer(env))
    document.reporter.attach_observer(document.note_parse_message)
    _note_targets(document)
    if "\0" in env.document.text:
        found = env.document.text.count("\0")
        env.diagnose("control-character", f"{found} NUL characters are shown as U+FFFD")
    budget = Budget(env.docname, Limits.of_size(len(env.document.text)))
    env.gate.on_read = budget.extend
    machine = Machine(STATE_CLASSES, "Body")
    machine.run_over_document(
        source_lines(env, document["source"], spare),
        document,
        inliner(vocabulary, env),
        vocabulary,
        budget,
    )
    document.reporter.detach_observer(document.note_parse_message)
    apply_transforms(document, transforms)
    return document


def _note_targets(document: Any) -> None:
    """Let *document* note targets that are new without detours.

    And let docutils put no more messages about duplicate names into the tree than so many: with each it
    validates all that stands beside the message.
    """
    left = [MAX_DUPLICATES]
    known, name_ids, name_types = document.ids, document.nameids, document.nametypes
    is_simple = not hasattr(document, "names")  # docutils 0.23 notes names first, and their elements, too

    def noting(note: Any, explicit: bool) -> Any:
        def note_target(node: Any, msgnode: Any = None) -> None:
            ids, names = node.attributes["ids"], node.attributes["names"]
            if is_simple and names and not ids and (made := plain_id(names[0])) and made not in known:
                ids.append(made)
            if is_simple and len(ids) == 1 and known.setdefault(ids[0], node) is node:
                if not names:
                    return
                if len(names) == 1 and names[0] not in name_ids:
                    name_ids[names[0]], name_types[names[0]] = ids[0], explicit
                    return
            left[0] -= any(map(document.has_name, names))
            note(node, msgnode if left[0] >= 0 else None)

        return note_target

    document.note_implicit_target = noting(document.note_implicit_target, False)
    document.note_explicit_target = noting(document.note_explicit_target, True)


def discard(document: nodes.document) -> None:
    """Take *document* apart: it is full of circles, which only the garbage collector would free, and late."""
    for elements in document.search.elements().values():  # type: ignore[attr-defined]
        deque(map(list.clear, map(attrgetter("children"), elements)), 0)
    document.reporter.__dict__.clear()
    document.__dict__.clear()


class Settings(SimpleNamespace):
    """What docutils asks of its settings (``optparse.Values``)."""

    def setdefault(self, key: str, default: Any) -> Any:
        """Return a setting; set it to *default* if it is missing or None."""
        if getattr(self, key, None) is None:
            setattr(self, key, default)
        return getattr(self, key)


@cache
def _defaults() -> dict[str, Any]:
    return {**vars(get_default_settings(Parser)), **SETTINGS}


def settings(env: Env) -> Any:
    """Return docutils' settings for the document; the project may ask for docutils' front matter."""
    asked = {name: bool(env.project.setting(name)) for name in FRONT_MATTER}
    return Settings(**(_defaults() | asked), env=env)


def source_path(env: Env) -> str:
    """Return what messages call the document."""
    return env.document.path.as_posix() if env.document.path else env.docname


def source_text(env: Env) -> str:
    """Return the document's text with what the project puts before and after each."""
    parts = filter(None, (env.project.rst_prolog, env.document.text, env.project.rst_epilog))
    return without_nul("\n\n".join(parts))


def source_lines(env: Env, path: str, spare: bool = False) -> Lines:
    """Return the lines of `source_text`, each with where it comes from (Sphinx: ``prepend_prolog``).

    *spare* leaves out what `spared` leaves out.
    """
    lines = Lines()
    text = env.document.text
    if spare:
        prolog, epilog, env.unread = spared(env.project, text)
    else:
        prolog, epilog = whole(env.project.rst_prolog), whole(env.project.rst_epilog)
    _append(lines, PROLOG, *prolog)
    texts = lines_of(without_nul(text))
    _append(lines, path, range(len(texts)), texts)
    _append(lines, EPILOG, *epilog)
    return lines


def _append(lines: Lines, source: str, numbers: Sequence[int], texts: list[str]) -> None:
    """Append *texts*, lines of *source*, so that no block runs on into them."""
    if texts and lines.data:
        lines.append("", EPILOG, 0)
    lines.data += texts
    lines.items += zip(repeat(source), numbers)


def observer(env: Env) -> Any:
    """Return the listener that turns docutils' messages into diagnostics."""

    def observe(message: nodes.system_message) -> None:
        level = int(message["level"])
        if level >= 2:
            text = " ".join(message.children[0].astext().split())
            if (source := message.get("source")) in (PROLOG, EPILOG):
                text = f"{text} (line {message.get('line')} of conf.py's {source[1:-1]})"
                env.diagnose("rst-syntax", text, 0, LEVELS[level])
            else:
                env.diagnose("rst-syntax", text, message.get("line"), LEVELS[level])

    return observe
