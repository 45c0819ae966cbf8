"""Stock docutils with rstdown's vocabulary: what the fast parser is compared with, in result and in time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from docutils import nodes
from docutils.parsers.rst import Parser, directives, roles, states
from docutils.readers.standalone import Reader
from docutils.transforms import Transform
from docutils.utils import new_document

from rstdown.constructs.vocabulary import Vocabulary
from rstdown.rst import parser as fast
from rstdown.rst.env import Env


def parse(env: Env, vocabulary: Vocabulary, transforms: Sequence[type[Transform]] = ()) -> nodes.document:
    """Parse and transform the environment's document with docutils' own state machine and inliner."""
    document = new_document(fast.source_path(env), fast.settings(env))
    document.reporter.attach_observer(fast.observer(env))
    parser = Parser()
    with _vocabulary(env, vocabulary):
        parser.parse(fast.source_text(env), document)
        document.transformer.populate_from_components((Reader(parser), parser))
        document.transformer.add_transforms(transforms)
        document.transformer.apply_transforms()
    return document


@contextmanager
def _vocabulary(env: Env, vocabulary: Vocabulary) -> Iterator[None]:
    """Hand our directives and roles to docutils, process-wide, for the time of one parse."""
    saved = directives.directive, roles.role, states.Struct

    def directive(name: str, *_: Any) -> Any:
        return vocabulary.directive(name, env), []

    def role(name: str, *_: Any) -> Any:
        return vocabulary.role(name, env), []

    def memo(**fields: Any) -> SimpleNamespace:
        return SimpleNamespace(vocabulary=vocabulary, **fields)

    directives.directive, roles.role, states.Struct = directive, role, memo
    states.RSTState.nested_sm_cache.clear()
    try:
        yield
    finally:
        directives.directive, roles.role, states.Struct = saved
