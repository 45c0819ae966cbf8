"""The docutils engine: RST with Sphinx's vocabulary → `Page`, without Sphinx."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from docutils import nodes

from .. import constructs
from ..constructs.exports import collect_exports
from ..constructs.lowering import Lowering
from ..constructs.vocabulary import vocabulary_of
from ..markdown import nodes as md
from ..model import Document, Page, Project
from ..options import ConvertOptions
from ..rst.env import Env
from ..rst.gate import Gate
from ..rst.parser import discard, parse
from ..rst.phrased import PhrasedInliner
from ..rst.prolog import DefinitionNeededError


def convert(document: Document, project: Project, options: ConvertOptions) -> Page:
    """Convert one document to a page whose references are still open."""
    try:
        env, doctree = _parsed(document, project, spare=True)
    except DefinitionNeededError:
        env, doctree = _parsed(document, project, spare=False)
    ctx = Lowering(env, constructs.HANDLERS, constructs.OWN_IDS)
    root = md.Root(cast(tuple[md.Flow, ...], ctx.lower(doctree)))
    collect_exports(doctree, env, root)
    discard(doctree)
    return Page(
        docname=document.docname,
        root=root,
        title=page_title(root.children),
        provenance=document.provenance,
        exports=tuple(env.exports),
        toctrees=tuple(env.toctrees),
        requires=tuple(sorted(env.gate.requires.values(), key=lambda r: r.path)),
        diagnostics=env.folded_diagnostics(),
        ledger=tuple(sorted((name, outcome, n) for (name, outcome), n in env.ledger.items())),
        engine="docutils",
        orphan=env.orphan,
        tocdepth=env.tocdepth,
    )


def _parsed(document: Document, project: Project, spare: bool) -> tuple[Env, nodes.document]:
    env = Env(document, project, Gate(document))
    vocabulary = vocabulary_of(project)
    return env, parse(env, vocabulary, constructs.TRANSFORMS, PhrasedInliner, spare=spare)


def page_title(blocks: Iterable[md.Flow]) -> str:
    """Return the title of the first section, as text; empty if there is none."""
    for block in blocks:
        if isinstance(block, md.Section):
            return md.plain_text(block.title)
    return ""
