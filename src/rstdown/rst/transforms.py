"""docutils' transforms without their quadratic and recursive parts; the doctree is the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

from docutils import nodes
from docutils.parsers.rst import Parser
from docutils.readers.standalone import Reader
from docutils.transforms import Transform, Transformer, frontmatter, misc, references, universal

from .env import env_of
from .limits import Limits
from .phrased import Phrased
from .propagate import PropagateTargets

TEXTS = frozenset({nodes.Text, Phrased})
NO_TEXT = (nodes.Titular, nodes.Bibliographic, nodes.PreBibliographic, nodes.transition)
"""What is not of the text that transitions divide."""
NOT_BEFORE = (nodes.Titular, nodes.meta, nodes.decoration, nodes.transition)
MANY = 200
"""From how many children on it pays to remember where each is."""


def apply_transforms(document: nodes.document, more: Sequence[type[Transform]]) -> None:
    """Apply docutils' transforms for a standalone document, and *more*, by priority.

    Source: ``Transformer.apply_transforms``.
    """
    transformer: Any = document.transformer
    if transformer.transforms:
        _add_transforms(transformer, more)
    else:
        transformer.transforms = list(_in_order(tuple(more)))
        transformer.serialno, transformer.sorted = len(transformer.transforms), True
    search = _Search(document)
    document.reporter.attach_observer(document.note_transform_message)
    while transformer.transforms:
        if not transformer.sorted:
            transformer.transforms.sort(reverse=True)
            transformer.sorted = True
        _, stock, pending, options = transformer.transforms.pop()
        if stock in SWITCHED and not getattr(document.settings, SWITCHED[stock]):
            continue
        search.found, search.is_live, search.moving = False, False, LIVE.get(stock)
        reported = len(document.transform_messages)
        transform = OURS.get(stock, stock)(document, startnode=pending)
        transform.apply(**options)
        if getattr(transform, "changed", True) and not _keeps(stock, search, reported):
            search.known = None
    document.reporter.detach_observer(document.note_transform_message)


def _keeps(stock: Any, search: _Search, reported: int) -> bool:
    """Tell whether *stock*, a transform of docutils, has left the list of elements as it was."""
    if stock in QUIET:
        return not search.is_live
    if stock in SEEKERS:
        return not search.found
    if stock in REPORTERS:
        return len(search.document.transform_messages) == reported
    return False


def _add_transforms(transformer: Any, more: Sequence[type[Transform]]) -> None:
    """Add docutils' transforms for a standalone document, and *more*, to those that the document asks for."""
    parser = Parser()
    transformer.populate_from_components((Reader(parser), parser))
    transformer.add_transforms(more)


@cache
def _in_order(more: tuple[type[Transform], ...]) -> list[Any]:
    """Return the transforms of a document that asks for none itself, the last to apply first."""
    nothing: Any = None
    transformer: Any = Transformer(nothing)
    _add_transforms(transformer, more)
    transformer.transforms.sort(reverse=True)
    return transformer.transforms  # type: ignore[no-any-return]


class _Search:
    """``document.findall(cls)`` without a generator for each node, and with one walk for several transforms.

    A transform that neither moves nor adds what others look for leaves the list of elements as it is; ours
    tell by ``changed`` whether they have.  One that moves what stands in elements of the class *moving* while
    it looks has to see the tree live.
    """

    def __init__(self, document: Any) -> None:
        self.document = document
        self.known: dict[type, list[Any]] | None = None
        self.found = False
        self.moving: type | None = None
        self.is_live = False
        document._fast_findall = self.find
        document.search = self

    def elements(self) -> dict[type, list[Any]]:
        """Return all elements by their class, those of a class in order."""
        if self.known is None:
            self.known = known = defaultdict(list)
            waiting: list[Any] = [self.document]
            while waiting:
                node = waiting.pop()
                kind = type(node)
                if kind in TEXTS:
                    continue
                known[kind].append(node)
                if (children := node.children) and (len(children) > 1 or type(children[0]) not in TEXTS):
                    waiting += children[::-1]
                    if len(children) > MANY and "index" not in node.__dict__:
                        node.index = _Positions(node)
        return self.known

    def find(self, cls: type) -> Iterator[Any]:
        """Yield all nodes of the class *cls* in order."""
        if issubclass(nodes.Text, cls):
            self.found = True
            return _live(self.document, cls)
        known = self.elements()
        kinds = [kind for kind in known if issubclass(kind, cls)] if cls.__subclasses__() else [cls]
        if len(kinds) > 1:
            found = list(_live(self.document, cls))
        else:
            found = known.get(kinds[0], []) if kinds else []
        self.found = self.found or bool(found)
        if self.moving and any(isinstance(node.parent, self.moving) for node in found):
            self.is_live = True
            return _live(self.document, cls)
        return iter(found)


def _live(root: nodes.Node, cls: type) -> Iterator[Any]:
    """Yield what stock ``findall`` yields while the tree changes."""
    if isinstance(root, cls):
        yield root
    stack = [iter(root.children)]
    while stack:
        for node in stack[-1]:
            if isinstance(node, cls):
                yield node
            if node.children:
                stack.append(iter(node.children))
                break
        else:
            stack.pop()


class _Positions:
    """``Element.index`` for an element with many children: remembers where they are."""

    def __init__(self, element: nodes.Element) -> None:
        self.element = element
        self.known: dict[int, int] = {}
        self.last = 0

    def __call__(self, item: nodes.Node, *span: int) -> int:
        """Return the position of *item*; `Text` is found by its value, as in docutils."""
        children = self.element.children
        if span or isinstance(item, nodes.Text):
            return children.index(item, *span)
        place = self.known.get(id(item), -1)
        if not (0 <= place < len(children) and children[place] is item):
            # What stood before it may have grown: then it comes after the one asked for last.
            for at in range(self.last, len(children) if place >= 0 else 0):
                if children[at] is item:
                    self.last = at
                    return at
            self.known = {id(child): place for place, child in enumerate(children)}
            if id(item) not in self.known:
                raise ValueError(f"{item!r} is not in {self.element.tagname}")
            place = self.known[id(item)]
        self.last = place
        return place


class _Definition(nodes.substitution_definition):
    """A definition that docutils may take away as circular once for each reference in it, or in a copy."""

    def replace_self(self, new: Any) -> None:
        """Replace the definition where it still stands."""
        if self.parent is not None and self in self.parent.children:
            super().replace_self(new)


class Substitutions(references.Substitutions):
    """Replace substitution references (docutils: the class of this name), as long as that ends.

    What each definition comes to is counted before any is put in, along the graph of the definitions, so that
    ten levels of ten references each cost nothing.
    """

    def apply(self) -> None:
        """Keep the references that would grow beyond the limits as text; replace the others."""
        document: Any = self.document
        limits = Limits.of_size(len(env_of(document).document.text))
        budget = _Cost(limits.expansions, limits.output // 2)
        costs = self._costs()
        refused = []
        for node in list(document.findall(nodes.substitution_reference)):
            cost = costs.get(self._key(node), _Cost(0, 0))
            if cost.times > budget.times or cost.size > budget.size:
                refused.append(node)
            else:
                budget = _Cost(budget.times - cost.times, budget.size - cost.size)
        if refused:
            self._keep(refused, costs)
        definitions = list(document.substitution_defs.values())
        for definition in definitions:
            definition.__class__ = _Definition
        super().apply()
        for definition in definitions:
            definition.__class__ = nodes.substitution_definition

    def _key(self, node: Any) -> str:
        name: str = node["refname"]
        return name if name in self.document.substitution_defs else name.lower()

    def _costs(self) -> dict[str, _Cost]:
        """Return what each definition comes to: references within it, characters; by both spellings."""
        definitions = self.document.substitution_defs
        names = self.document.substitution_names
        parts = {
            name: [
                names.get(ref["refname"].lower(), "")
                for ref in definition.findall(nodes.substitution_reference)
            ]
            for name, definition in definitions.items()
        }
        costs: dict[str, _Cost] = {}
        for name in definitions:
            waiting = [(name, False)]
            while waiting:
                current, done = waiting.pop()
                if done:
                    inner = [costs[part] for part in parts[current] if part in costs]
                    costs[current] = _Cost(
                        len(inner) + sum(cost.times for cost in inner),
                        len(definitions[current].astext()) + sum(cost.size for cost in inner),
                    )
                elif current not in costs:
                    costs[current] = _Cost(0, 0)  # for circles, which docutils reports
                    waiting.append((current, True))
                    waiting += [(part, False) for part in parts[current] if part and part not in costs]
        return costs | {key: costs[name] for key, name in names.items() if name in costs and key not in costs}

    def _keep(self, refused: list[Any], costs: dict[str, _Cost]) -> None:
        env = env_of(self.document)
        for node in refused:
            env.diagnose(
                "substitution-limit",
                f"|{node['refname']}| would make too much text ({costs[self._key(node)].size:,} characters); "
                "its name is kept",
                node.line,
            )
            node.replace_self(nodes.Text(node.astext()))
        tree: Any = self.document
        tree.search.known = None


class _Cost(NamedTuple):
    """What substituting comes to."""

    times: int
    size: int


class DanglingReferences(references.DanglingReferences):
    """Resolve what is left of references (docutils: the class of this name).

    docutils walks the whole tree with a visitor, and makes a message that nobody sees for each target
    without references.
    """

    CLASSES: frozenset[Any] = frozenset({nodes.reference, nodes.footnote_reference, nodes.citation_reference})

    def apply(self) -> None:
        """Visit the references, in order."""
        visitor = references.DanglingReferencesVisitor(self.document, [])
        document: Any = self.document
        found = [kind for kind in self.CLASSES if any(document.findall(kind))]
        for node in (
            list(document.findall(found[0] if len(found) == 1 else nodes.Referential)) if found else ()
        ):
            if type(node) in self.CLASSES:
                visitor.visit_reference(node)


class IndirectHyperlinks(references.IndirectHyperlinks):
    """Resolve targets that name other targets (docutils: the class of this name).

    docutils recurses along the chain; here the last target of a chain is resolved first.
    """

    def apply(self) -> None:
        """Resolve chains from their ends."""
        for target in self.document.indirect_targets:
            if not target.resolved:
                chain, again = self._chain(target)
                if again is not None:
                    self.circular_indirect_reference(again)
                for link in reversed(chain):
                    self.resolve_indirect_target(link)
            self.resolve_indirect_references(target)

    def _chain(self, target: Any) -> tuple[list[Any], Any]:
        """Return the targets that lead from one to the next, and the one that the last leads back to."""
        chain: list[Any] = []
        seen = set()
        while isinstance(target, nodes.target) and not target.resolved and "refname" in target:
            if id(target) in seen:
                return chain, target
            seen.add(id(target))
            chain.append(target)
            target = self.document.ids.get(self.document.nameids.get(target["refname"]) or "")
        return chain, None

    def resolve_indirect_references(self, target: Any) -> None:
        """Resolve the references to *target*, and those to targets among them."""
        waiting = [target]
        while waiting:
            waiting += reversed(self._resolve(waiting.pop()))

    def _resolve(self, target: Any) -> list[Any]:
        attribute = next((name for name in ("refid", "refuri") if name in target), None)
        if attribute is None:
            return []
        found: list[Any] = []
        for kind, known in (("refname", self.document.refnames), ("refid", self.document.refids)):
            for key in target["names"] if kind == "refname" else target["ids"]:
                referring: list[Any] = known.get(key, [])
                if referring:
                    target.note_referenced_by(**{"name" if kind == "refname" else "id": key})
                for node in [node for node in referring if not node.resolved]:
                    if node.resolved:
                        continue
                    del node[kind]
                    node[attribute] = target[attribute]
                    if attribute == "refid":
                        self.document.note_refid(node)
                    node.resolved = True
                    if isinstance(node, nodes.target):
                        found.append(node)
        return found


class Transitions(misc.Transitions):
    """Move transitions at the end of sections up the tree, and complain of others (docutils' class).

    Nearly all stand where they may; then there is nothing to do, and the tree stays as it is.
    """

    changed = False

    def apply(self) -> None:
        """Look at the transitions, at each again where it has been moved to."""
        if not all(map(_may_stand, self.document.findall(nodes.transition))):
            self.changed = True
            for node in _live(self.document, nodes.transition):
                self.visit_transition(node)


def _may_stand(node: Any) -> bool:
    """Tell whether a transition, and no other, divides the text of a section, in all versions of docutils."""
    siblings = node.parent.children
    place = node.parent.index(node)
    return (
        isinstance(node.parent, (nodes.document, nodes.section))
        and any(not isinstance(before, NO_TEXT) for before in siblings[:place])
        and any(not isinstance(after, NO_TEXT) for after in siblings[place + 1 :])
        and not isinstance(siblings[place - 1], NOT_BEFORE)
    )


OURS: dict[type[Transform], type[Transform]] = {
    references.DanglingReferences: DanglingReferences,
    references.IndirectHyperlinks: IndirectHyperlinks,
    references.PropagateTargets: PropagateTargets,
    references.Substitutions: Substitutions,
    misc.Transitions: Transitions,
}
LIVE: dict[type[Transform], type] = {references.PropagateTargets: nodes.figure}
SEEKERS = frozenset({references.Substitutions})
"""Those that change at most what they look for."""
REPORTERS = frozenset(
    {references.AnonymousHyperlinks, references.IndirectHyperlinks, references.DanglingReferences}
)
"""Those that replace elements only where they report something."""
SWITCHED: dict[Any, str] = {
    frontmatter.DocTitle: "doctitle_xform",
    frontmatter.SectionSubTitle: "sectsubtitle_xform",
    frontmatter.DocInfo: "docinfo_xform",
    getattr(universal, "Validate", None): "validate",  # since docutils 0.22
}
"""Those that do nothing unless a setting asks for it."""
QUIET = frozenset(
    {
        references.PropagateTargets,
        references.ExternalTargets,
        references.InternalTargets,
        references.Footnotes,
        universal.Decorations,  # this and the following do nothing with our settings
        universal.ExposeInternals,
        universal.StripComments,
        universal.SmartQuotes,
        getattr(references, "CitationReferences", None),  # since docutils 0.22
    }
)
"""Those that leave the list of elements as it is."""
