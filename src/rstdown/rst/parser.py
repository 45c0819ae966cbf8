"""Parse RST with docutils, with our vocabulary in place of docutils' process-wide registries."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from docutils import nodes
from docutils.frontend import get_default_settings
from docutils.parsers.rst import Parser, directives, roles
from docutils.readers.standalone import Reader
from docutils.utils import new_document

if TYPE_CHECKING:
    from ..constructs.vocabulary import Vocabulary
from ..model import Severity
from .env import Env

LEVELS = (Severity.INFO, Severity.INFO, Severity.WARNING, Severity.ERROR, Severity.ERROR)


def parse(env: Env, vocabulary: Vocabulary) -> nodes.document:
    """Parse the environment's document; the doctree has had docutils' transforms applied.

    Losses and doubts are in ``env.diagnostics`` afterwards.
    """
    document = new_document(
        env.document.path.as_posix() if env.document.path else env.docname, _settings(env)
    )
    document.reporter.attach_observer(_observer(env))
    text = "\n".join(filter(None, (env.project.rst_prolog, env.document.text, env.project.rst_epilog)))
    parser = Parser()
    with _vocabulary(env, vocabulary):
        parser.parse(text, document)
        reader = Reader(parser)
        document.transformer.populate_from_components((reader, parser))
        document.transformer.apply_transforms()
    return document


def _settings(env: Env) -> Any:
    settings = get_default_settings(Parser)
    settings.env = env
    settings.report_level = 2
    settings.halt_level = 5
    settings.warning_stream = False
    settings.file_insertion_enabled = False
    settings.raw_enabled = True
    settings.doctitle_xform = False
    settings.sectsubtitle_xform = False
    settings.docinfo_xform = False
    settings.line_length_limit = 100_000_000
    settings.smart_quotes = False
    settings.language_code = "en"
    settings._disable_config = True
    return settings


def _observer(env: Env) -> Any:
    def observe(message: nodes.system_message) -> None:
        level = int(message["level"])
        if level >= 2:
            env.diagnose("rst-syntax", message.children[0].astext(), message.get("line"), LEVELS[level])

    return observe


@contextmanager
def _vocabulary(env: Env, vocabulary: Vocabulary) -> Iterator[None]:
    """Hand our directives and roles to docutils for the time of one parse."""
    saved = directives.directive, roles.role

    def directive(name: str, language_module: Any, document: nodes.document) -> Any:
        return vocabulary.directive(name, env), []

    def role(name: str, language_module: Any, lineno: int, reporter: Any) -> Any:
        return vocabulary.role(name, env), []

    directives.directive, roles.role = directive, role
    try:
        yield
    finally:
        directives.directive, roles.role = saved
