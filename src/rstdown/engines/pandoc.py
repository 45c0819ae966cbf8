"""The pandoc engine: pandoc's JSON, read into the same tree as the docutils engine makes.

pandoc knows docutils' constructs but not Sphinx's: it hands over directives as ``Div`` and roles as ``Code``
with the role's name, both without meaning.  Roles get their meaning back from our own role table; object
descriptions, admonitions, version notes and toctrees from the classes of their ``Div``.  What pandoc loses
before we see it (the name of a ``c:function``, included files) is reported.

pandoc runs as a process of its own, with ``--sandbox``, a memory limit and a time limit.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from functools import cache
from typing import Any, TypeAlias

from docutils.utils import new_document

from .. import constructs
from ..constructs.lowering import Lowering
from ..constructs.vocabulary import Vocabulary, vocabulary_of
from ..constructs.xref import split_title
from ..errors import ConversionError, EngineUnavailable
from ..markdown import nodes as md
from ..model import Document, Page, Project, Target, TocNode
from ..options import ConvertOptions
from ..rst.env import Env
from ..rst.gate import Gate
from ..rst.parser import settings
from .docutils_ import page_title

Json: TypeAlias = Any
MEMORY = "-M1500M"
SECONDS, SECONDS_PER_MB = 10.0, 10.0
UNREAD = re.compile(
    r"^(?P<indent>[ ]*)\.\.[ ]+(?P<name>include|literalinclude)::[ ]+(?P<file>\S+)[ ]*$", re.M
)
ADMONITIONS = frozenset(
    {
        "attention",
        "caution",
        "danger",
        "error",
        "hint",
        "important",
        "note",
        "tip",
        "warning",
        "admonition",
        "seealso",
        "topic",
        "sidebar",
    }
)
VERSIONS = {
    "versionadded": "Added in version %s",
    "versionchanged": "Changed in version %s",
    "deprecated": "Deprecated since version %s",
    "versionremoved": "Removed in version %s",
}
OBJECTS = frozenset(
    {
        "function",
        "class",
        "method",
        "classmethod",
        "staticmethod",
        "attribute",
        "property",
        "data",
        "exception",
        "decorator",
        "decoratormethod",
        "describe",
        "option",
        "envvar",
        "cmdoption",
        "confval",
        "program",
        "type",
        "coroutinefunction",
        "coroutinemethod",
    }
)
INVISIBLE = frozenset(
    {"index", "highlight", "tabularcolumns", "sectionauthor", "codeauthor", "meta", "default-domain"}
)
KIND_WORDS = {
    "exception": "exception",
    "property": "property",
    "classmethod": "classmethod",
    "staticmethod": "static",
}


def convert(document: Document, project: Project, options: ConvertOptions) -> Page:
    """Convert one document with pandoc.

    Raises `EngineUnavailable` where pandoc is not installed, `ConversionError` where it fails or
    takes too long.
    """
    env = Env(document, project, Gate(document))
    tree = run_pandoc(document.docname, _visible_includes(document.text, env))
    reader = PandocReader(env, vocabulary_of(project))
    blocks = reader.sections(tree["blocks"])
    root = md.Root((*blocks, *reader.footnotes))
    title = page_title(root.children)
    env.export(Target("std:doc", document.docname, "", title, "document"))
    return Page(
        docname=document.docname,
        root=root,
        title=title,
        provenance=document.provenance,
        exports=tuple(env.exports),
        toctrees=tuple(env.toctrees),
        diagnostics=tuple(env.diagnostics),
        ledger=tuple(sorted((name, outcome, n) for (name, outcome), n in env.ledger.items())),
        engine="pandoc",
    )


@cache
def pandoc_path() -> str:
    """Return the pandoc program; raises `EngineUnavailable` if there is none."""
    try:
        import pypandoc  # type: ignore[import-untyped]

        return str(pypandoc.get_pandoc_path())
    except (ImportError, OSError):
        raise EngineUnavailable(
            'the pandoc engine needs pandoc: pip install "rstdown[pandoc]", or --engine docutils'
        ) from None


def run_pandoc(docname: str, text: str) -> Json:
    """Return pandoc's JSON for an RST text."""
    limit = SECONDS + SECONDS_PER_MB * len(text) / 1_000_000
    command = [pandoc_path(), "+RTS", MEMORY, "-RTS", "--from=rst", "--to=json", "--sandbox"]
    try:
        done = subprocess.run(command, input=text.encode(), capture_output=True, timeout=limit, check=False)
    except subprocess.TimeoutExpired:
        raise ConversionError(
            docname, f"pandoc took more than {limit:.0f} s; try --engine docutils"
        ) from None
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip().split("\n")[0]
        raise ConversionError(docname, f"pandoc failed (exit code {done.returncode}): {reason}")
    return json.loads(done.stdout)


def _visible_includes(text: str, env: Env) -> str:
    """Put the name of each included file where pandoc's sandbox would drop it without a word."""

    def visible(match: re.Match[str]) -> str:
        line = text.count("\n", 0, match.start()) + 1
        env.diagnose("include-missing", f"{match['file']}: the pandoc engine includes no files", line)
        env.record(match["name"], "dropped: the pandoc engine includes no files")
        return f"{match['indent']}[{match['name']}: ``{match['file']}``]"

    return UNREAD.sub(visible, text)


class PandocReader:
    """Reads pandoc's blocks and inlines; one per document."""

    def __init__(self, env: Env, vocabulary: Vocabulary) -> None:
        self.env = env
        self.vocabulary = vocabulary
        self.footnotes: list[md.FootnoteDefinition] = []
        self.lowering = Lowering(env, constructs.HANDLERS, constructs.OWN_IDS)
        self.inliner = _Inliner(env)

    # -- blocks ------------------------------------------------------------

    def sections(self, blocks: list[Json]) -> tuple[md.Flow, ...]:
        """Nest blocks under their headings."""
        out: list[md.Flow] = []
        at = 0
        while at < len(blocks):
            block = blocks[at]
            at += 1
            if block["t"] != "Header":
                out.extend(self.block(block))
                continue
            level, (identifier, _, _), title = block["c"]
            end = at
            while end < len(blocks) and not (blocks[end]["t"] == "Header" and blocks[end]["c"][0] <= level):
                end += 1
            shown = self.inlines(title)
            self.env.export(Target("std:label", identifier, identifier, md.plain_text(shown), "section"))
            out.append(md.Section(shown, self.sections(blocks[at:end]), (identifier,)))
            at = end
        return tuple(out)

    def blocks(self, blocks: list[Json]) -> tuple[md.Flow, ...]:
        """Read blocks in which no sections stand."""
        return tuple(node for block in blocks for node in self.block(block))

    def block(self, block: Json) -> tuple[md.Flow, ...]:
        """Read one block."""
        read = BLOCKS.get(block["t"])
        if read is None:
            self.env.diagnose("node-unknown", f"pandoc's {block['t']} is not known; it is left out")
            return ()
        return read(self, block.get("c"))

    def paragraph(self, content: Json) -> tuple[md.Flow, ...]:
        """``Para`` and ``Plain``."""
        children = self.inlines(content)
        return (md.Paragraph(children),) if children else ()

    def line_block(self, lines: Json) -> tuple[md.Flow, ...]:
        """``LineBlock``: breaks are kept."""
        children: list[md.Phrasing] = []
        for number, line in enumerate(lines):
            children += [md.Break()] * bool(number) + list(self.inlines(line))
        return (md.Paragraph(tuple(children)),)

    def code_block(self, content: Json) -> tuple[md.Flow, ...]:
        """``CodeBlock`` with its caption above."""
        (_, classes, attributes), value = content
        code = md.Code(value, next((c for c in classes if c != "sourceCode"), ""))
        caption = dict(attributes).get("caption")
        return (md.Paragraph((md.Strong((md.Text(caption),)),)), code) if caption else (code,)

    def raw_block(self, content: Json) -> tuple[md.Flow, ...]:
        """``RawBlock``: for other writers."""
        self.env.record("raw", f"dropped: for {content[0]} only")
        return ()

    def quote(self, content: Json) -> tuple[md.Flow, ...]:
        """``BlockQuote``."""
        return (md.Blockquote(self.blocks(content)),)

    def bullet_list(self, content: Json) -> tuple[md.Flow, ...]:
        """``BulletList``."""
        return (self._list(content),)

    def ordered_list(self, content: Json) -> tuple[md.Flow, ...]:
        """``OrderedList``."""
        (start, _, _), items = content
        return (self._list(items, True, start),)

    def _list(self, items: Json, ordered: bool = False, start: int = 1) -> md.List:
        spread = any(block["t"] == "Para" for item in items for block in item)
        return md.List(tuple(md.ListItem(self.blocks(item)) for item in items), ordered, start, spread)

    def definition_list(self, content: Json) -> tuple[md.Flow, ...]:
        """``DefinitionList``: definitions, and fields."""
        return (
            md.DefinitionList(
                tuple(
                    md.DefinitionItem(
                        (self.inlines(term),), tuple(n for d in definitions for n in self.blocks(d))
                    )
                    for term, definitions in content
                )
            ),
        )

    def rule(self, content: Json) -> tuple[md.Flow, ...]:
        """``HorizontalRule``."""
        return (md.ThematicBreak(),)

    def figure(self, content: Json) -> tuple[md.Flow, ...]:
        """``Figure`` with its caption below."""
        _, (_, caption), blocks = content
        return (*self.blocks(blocks), *self.blocks(caption))

    def table(self, content: Json) -> tuple[md.Flow, ...]:
        """``Table``."""
        _, (_, caption), _, (_, head), bodies, (_, foot) = content
        rows = [*head, *(row for _, _, heads, body in bodies for row in (*heads, *body)), *foot]
        grid = tuple(
            tuple(
                md.GridCell(self.blocks(blocks), colspan, rowspan) for _, _, rowspan, colspan, blocks in cells
            )
            for _, cells in rows
        )
        title = tuple(i for block in caption for i in self.inlines(block["c"]))
        return (md.Grid(grid, len(head), title=title),)

    def div(self, content: Json) -> tuple[md.Flow, ...]:
        """``Div``: a directive that pandoc has no node for."""
        (identifier, classes, attributes), blocks = content
        name = classes[0] if classes else ""
        self.env.record(name or "container", "kept")
        if name in ADMONITIONS:
            found: tuple[md.Flow, ...] = (self._admonition(name, blocks),)
        elif name in VERSIONS:
            found = (self._version_note(name, blocks),)
        elif name in OBJECTS:
            found = self._object(name, dict(attributes), blocks)
        elif name == "toctree":
            found = (self._toctree(dict(attributes), blocks),)
        elif name in ("module", "currentmodule", "py:module", "py:currentmodule"):
            self.env.ref_context["py:module"] = _lines(blocks)[0] if blocks else ""
            found = ()
        elif name in INVISIBLE:
            found = ()
        elif re.match(r"[\w.]+\(", name):
            # ``.. class:: Thread(group=None)`` is docutils' own directive to pandoc: a class attribute.
            found = self._described("py", "class", "class", [" ".join(classes)], blocks)
        else:
            found = self.blocks(blocks)
        return (md.Anchor(identifier), *found) if identifier else found

    def _admonition(self, kind: str, blocks: Json) -> md.Flow:
        title: tuple[md.Phrasing, ...] = (md.Text("See also" if kind == "seealso" else kind.capitalize()),)
        if blocks and blocks[0]["t"] == "Div" and "title" in blocks[0]["c"][0][1]:
            title = tuple(i for block in blocks[0]["c"][1] for i in self.inlines(block["c"]))
            blocks = blocks[1:]
        return md.Admonition(kind, title, self.blocks(blocks))

    def _version_note(self, kind: str, blocks: Json) -> md.Flow:
        first = list(blocks[0]["c"]) if blocks and blocks[0]["t"] in ("Para", "Plain") else []
        version = first[0]["c"] if first and first[0]["t"] == "Str" else ""
        rest = [{"t": "Para", "c": first[2:]}] * (len(first) > 2) + list(blocks[1:])
        return md.VersionNote(kind, version, VERSIONS[kind] % version, self.blocks(rest))

    def _object(self, name: str, options: dict[str, str], blocks: Json) -> tuple[md.Flow, ...]:
        if not blocks or blocks[0]["t"] not in ("Para", "Plain"):
            self.env.diagnose("signature-lost", f"pandoc lost the signature of a {name}")
            return self.blocks(blocks)
        prefix = "async" if "async" in options else KIND_WORDS.get(name, "class" if name == "class" else "")
        domain = "std" if name in {"option", "envvar", "cmdoption", "confval", "describe"} else "py"
        return self._described(domain, name, prefix, _lines(blocks[:1]), blocks[1:])

    def _described(
        self, domain: str, objtype: str, prefix: str, lines: list[str], blocks: Json
    ) -> tuple[md.Flow, ...]:
        """Return an object description whose names are qualified by the module and the enclosing object."""
        context = self.env.ref_context
        outer = context.get("py:class", "") or context.get("py:module", "")
        signatures = tuple(_signature(line, prefix, outer if domain == "py" else "") for line in lines)
        saved = context.get("py:class", "")
        if domain == "py":
            context["py:class"] = signatures[0].fullname
        children = self.blocks(blocks)
        context["py:class"] = saved
        return (md.Object(domain, objtype, signatures, children),)

    def _toctree(self, options: dict[str, str], blocks: Json) -> md.Flow:
        entries = []
        for word in _lines(blocks):
            explicit = split_title(word)
            entries.append(md.TocEntry(explicit[1], explicit[0]) if explicit else md.TocEntry(word))
        hidden = "hidden" in options
        self.env.toctrees.append(TocNode(tuple(entries), glob="glob" in options, hidden=hidden))
        depth = options.get("maxdepth", "")
        levels = int(depth) if re.fullmatch(r"[0-9]{1,3}", depth) else 0
        return md.Toctree(tuple(entries), options.get("caption", ""), levels, hidden)

    # -- inlines -----------------------------------------------------------

    def inlines(self, inlines: list[Json]) -> tuple[md.Phrasing, ...]:
        """Read inline content; neighbouring text becomes one node."""
        out: list[md.Phrasing] = []
        for inline in inlines:
            read = INLINES.get(inline["t"])
            if read is None:
                self.env.diagnose("node-unknown", f"pandoc's {inline['t']} is not known; it is left out")
                continue
            for node in read(self, inline.get("c")):
                if isinstance(node, md.Text) and out and isinstance(out[-1], md.Text):
                    out[-1] = md.Text(out[-1].value + node.value)
                else:
                    out.append(node)
        return tuple(out)

    def code(self, content: Json) -> tuple[md.Phrasing, ...]:
        """``Code``: a literal, or a role that pandoc does not know."""
        (_, _, attributes), value = content
        role = dict(attributes).get("role")
        if role is None:
            return (md.InlineCode(value),)
        function = self.vocabulary.role(role, self.env)
        found, _ = function(role, f":{role}:`{value}`", value, 0, self.inliner, {}, [])
        return self.lowering.phrasing(found)

    def link(self, content: Json) -> tuple[md.Phrasing, ...]:
        """``Link``."""
        _, children, (url, title) = content
        shown = self.inlines(children)
        if url.startswith("#"):
            return (md.Xref("id", url[1:], shown, explicit=True),)
        return (md.Link(url, shown, title),)

    def image(self, content: Json) -> tuple[md.Phrasing, ...]:
        """``Image``."""
        _, alt, (url, _) = content
        return (md.Image(url, md.plain_text(self.inlines(alt))),)

    def math(self, content: Json) -> tuple[md.Phrasing, ...]:
        """``Math``."""
        return (md.InlineMath(content[1]),)

    def note(self, content: Json) -> tuple[md.Phrasing, ...]:
        """``Note``: a footnote; pandoc keeps no labels."""
        label = str(len(self.footnotes) + 1)
        self.footnotes.append(md.FootnoteDefinition(label, self.blocks(content)))
        return (md.FootnoteReference(label),)

    def span(self, content: Json) -> tuple[md.Phrasing, ...]:
        """``Span``: an inline target, or content with classes."""
        (identifier, _, _), children = content
        anchor = (md.Anchor(identifier),) if identifier else ()
        return (*anchor, *self.inlines(children))


class _Inliner:
    """As much of docutils' inliner as role functions use."""

    def __init__(self, env: Env) -> None:
        self.document = new_document(env.docname, settings(env))
        self.reporter = self.document.reporter
        self.language = None

    def problematic(self, text: str, rawsource: str, message: Any) -> Any:
        from docutils import nodes

        return nodes.problematic(rawsource, text)


def _lines(blocks: Json) -> list[str]:
    """Return the lines of paragraphs as the author wrote them."""
    text = "\n".join("".join("\n" if i["t"] == "SoftBreak" else _text(i) for i in b["c"]) for b in blocks)
    return [line for line in text.split("\n") if line]


def _text(inline: Json) -> str:
    content = inline.get("c")
    if mark := {"Emph": "*", "Strong": "**"}.get(inline["t"]):
        return mark + "".join(map(_text, content)) + mark
    if inline["t"] in ("Str", "Space", "SoftBreak"):
        return content or " "
    if isinstance(content, list):
        return "".join(
            _text(i) if isinstance(i, dict) else i if isinstance(i, str) else "" for i in _flat(content)
        )
    return content if isinstance(content, str) else ""


def _flat(content: Json) -> Json:
    """Return what a node shows: its last list of inlines, or its last string."""
    last = content[-1]
    return last if isinstance(last, list) else [last] if isinstance(last, str) else content


def _signature(text: str, prefix: str, outer: str) -> md.Signature:
    if outer and not text.startswith(outer + "."):
        text = f"{outer}.{text}"
    return md.Signature(text, prefix, fullname=re.split(r"[(\[:= ]", text, maxsplit=1)[0])


def _wrapped(kind: Callable[[Any], md.Phrasing]) -> Callable[[PandocReader, Json], tuple[md.Phrasing, ...]]:
    return lambda reader, content: (kind(reader.inlines(content)),)


def _quoted(reader: PandocReader, content: Json) -> tuple[md.Phrasing, ...]:
    mark = "'" if content[0]["t"] == "SingleQuote" else '"'
    return (md.Text(mark), *reader.inlines(content[1]), md.Text(mark))


BLOCKS: dict[str, Callable[[PandocReader, Json], tuple[md.Flow, ...]]] = {
    "Para": PandocReader.paragraph,
    "Plain": PandocReader.paragraph,
    "LineBlock": PandocReader.line_block,
    "CodeBlock": PandocReader.code_block,
    "RawBlock": PandocReader.raw_block,
    "BlockQuote": PandocReader.quote,
    "BulletList": PandocReader.bullet_list,
    "OrderedList": PandocReader.ordered_list,
    "DefinitionList": PandocReader.definition_list,
    "HorizontalRule": PandocReader.rule,
    "Figure": PandocReader.figure,
    "Table": PandocReader.table,
    "Div": PandocReader.div,
    "Header": lambda reader, content: (md.Paragraph((md.Strong(reader.inlines(content[2])),)),),
}
INLINES: dict[str, Callable[[PandocReader, Json], tuple[md.Phrasing, ...]]] = {
    "Str": lambda reader, content: (md.Text(content),),
    "Space": lambda reader, content: (md.Text(" "),),
    "SoftBreak": lambda reader, content: (md.Text(" "),),
    "LineBreak": lambda reader, content: (md.Break(),),
    "Emph": _wrapped(md.Emphasis),
    "Strong": _wrapped(md.Strong),
    "Subscript": _wrapped(md.Subscript),
    "Superscript": _wrapped(md.Superscript),
    "Underline": lambda reader, content: reader.inlines(content),
    "SmallCaps": lambda reader, content: reader.inlines(content),
    "Strikeout": lambda reader, content: reader.inlines(content),
    "Quoted": _quoted,
    "Cite": lambda reader, content: reader.inlines(content[1]),
    "Code": PandocReader.code,
    "Math": PandocReader.math,
    "RawInline": lambda reader, content: (),
    "Link": PandocReader.link,
    "Image": PandocReader.image,
    "Note": PandocReader.note,
    "Span": PandocReader.span,
}
