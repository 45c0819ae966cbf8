"""What our directives have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, ClassVar, NamedTuple, cast

from docutils import nodes
from docutils.parsers.rst import Directive, directives

from .env import Env, env_of
from .quick import element, maker

new_paragraph = maker(nodes.paragraph)


class Later(NamedTuple):
    """A directive that is imported when a document has it, as its module brings much that few need."""

    module: str
    name: str

    def load(self) -> type[Directive]:
        """Return the directive."""
        found: type[Directive] = getattr(import_module(self.module), self.name)
        return found


class Refused(NamedTuple):
    """The value of an option that means nothing to its directive, and why."""

    why: str


class Lenient(dict[str, Callable[[str], Any]]):
    """An option specification that refuses single options, where docutils would refuse the directive."""

    def __init__(self, spec: Mapping[str, Callable[[str], Any]]) -> None:
        super().__init__({name: _lenient(convert) for name, convert in spec.items()})

    def __missing__(self, name: str) -> Callable[[str], Any]:
        return _unknown

    def __bool__(self) -> bool:
        return True


def _lenient(convert: Callable[[str], Any]) -> Callable[[str], Any]:
    def converted(value: str) -> Any:
        try:
            return None if convert is directives.flag else convert(value)
        except (ValueError, TypeError, AttributeError) as error:
            return Refused(f"has a value that is not understood ({error})")

    return converted


def _unknown(value: str) -> Refused:
    return Refused("is not known")


class LenientDirective(Directive):
    """A directive that knows its `Env`; single options that are wrong are left out and reported."""

    def __init_subclass__(cls, **more: Any) -> None:
        super().__init_subclass__(**more)
        spec = cls.__dict__.get("option_spec")
        if spec is not None and not hasattr(spec, "__missing__"):
            cls.option_spec = Lenient(spec)

    @property
    def block_text(self) -> str:  # type: ignore[override]
        """The directive as it stands in the source; given in lines, as hardly any directive asks for it."""
        lines = self.block_lines
        return lines if isinstance(lines, str) else "\n".join(lines)

    def __init__(
        self,
        name: str,
        arguments: list[str],
        options: dict[str, Any],
        content: Any,
        lineno: int,
        content_offset: int,
        block_text: str | list[str],
        state: Any,
        state_machine: Any,
    ) -> None:
        # docutils' own does no more, and this is run for every directive.
        self.name = name
        self.arguments = arguments
        self.options = options
        self.content = content
        self.lineno = lineno
        self.content_offset = content_offset
        self.block_lines = block_text
        self.state = state
        self.state_machine = state_machine
        self.reporter = state_machine.reporter
        self.env: Env = env_of(state.document)
        for option, value in list(options.items()) if options else ():
            if isinstance(value, Refused):
                del options[option]
                message = f"{name}: the option {option!r} {value.why}; it has no effect"
                self.env.diagnose("option-ignored", message, self.lineno)


def lenient(cls: type[Directive]) -> type[Directive]:
    """Return the directive *cls*, lenient about options."""
    if issubclass(cls, LenientDirective):
        return cls
    return type(cls.__name__, (LenientDirective, cls), {"option_spec": cls.option_spec})


class RstDirective(LenientDirective):
    """A directive with what most of ours need (Sphinx: ``SphinxDirective``)."""

    has_content: ClassVar[bool] = True
    final_argument_whitespace = True

    def parse_content(self, into: nodes.Element | None = None) -> list[nodes.Node]:
        """Parse the content as body elements (no sections), *into* an element; return what is then in it."""
        container = element(nodes.Element, "", []) if into is None else into
        if self.content:
            self.state.nested_parse(self.content, self.content_offset, container)
        return container.children

    def parse_content_with_sections(self, into: nodes.Element | None = None) -> list[nodes.Node]:
        """Parse the content, in which sections may stand (Sphinx: ``nested_parse_with_titles``)."""
        container = element(nodes.Element, "", []) if into is None else into
        if not self.content:
            return container.children
        memo = self.state.memo
        titles, level = memo.title_styles, memo.section_level
        memo.title_styles, memo.section_level = [], 0
        try:
            self.state.nested_parse(self.content, self.content_offset, container, match_titles=True)
        finally:
            memo.title_styles, memo.section_level = titles, level
        return container.children

    def parse_inline(self, text: str) -> list[nodes.Node]:
        """Parse *text* as inline markup; messages about it go where they belong."""
        found, messages = self.state.inline_text(text, self.lineno)
        return [*found, *messages]

    def parse_paragraph(self, text: str) -> nodes.paragraph:
        """Parse *text* as a paragraph; messages about it stand in it."""
        inliner = self.state.inliner
        read = getattr(inliner, "paragraph", inliner.parse)  # docutils' own has no such method
        found, messages = read(text, self.lineno, self.state.memo, self.state.parent)
        return new_paragraph(text, [*found, *messages])

    def set_source(self, node: nodes.Element) -> None:
        """Note where *node* comes from."""
        node.source, node.line = self.state_machine.get_source_and_line(self.lineno)

    def add_name(self, node: nodes.Node) -> None:
        """Make the ``:name:`` option a target that leads to *node*."""
        super().add_name(cast(nodes.Element, node))
