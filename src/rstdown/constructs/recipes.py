"""Recipes: directives and roles described in a few words, so that vocabulary is data.

A recipe is a name, and after a colon what it needs.  They stand in our own tables, and in a job file's::

    [project.directives]
    "faq"        = "admonition:Frequently asked"
    "shell"      = "code:console"
    "feature"    = "note"
    "changelog"  = "drop"

    [project.roles]
    "ticket"     = "link:https://example.org/ticket/%s|#%s"
    "cmd"        = "code"

Recipes of directives:

``drop``              nothing is shown (``drop:because`` says why in the report)
``content``           the content; arguments are not shown
``title``             the argument as a bold line, then the content
``admonition``        an admonition whose title is the argument
``admonition:TITLE``  an admonition; the argument starts its content
``code``              the content as code in the language that the argument names
``code:LANGUAGE``     the content as code; without content, the file that the argument names
``line:LABEL``        a paragraph, ``LABEL argument``, then the content; LABEL may hold inline markup
``link:URL|TITLE``    a paragraph with a link; ``%s`` is the argument
anything else         the name of the directive that it is another name for (``note``, ``py:function``)

Recipes of roles:

``drop``              nothing is shown
``text``, ``text:TEMPLATE``    the text, ``%s`` in the template
``code``, ``emphasis``, ``strong``    the text as such
``link:URL|TITLE``    a link; ``%s`` is the target; without a TITLE the text itself is shown
``xref:DOMAIN:ROLE``  a reference as of that role, shown as text (``xref:std:ref``)
anything else         the name of the role that it is another name for (``kbd``, ``py:func``)
"""

from __future__ import annotations

from typing import Any, ClassVar

from docutils import nodes
from docutils.statemachine import StringList

from ..rst.directive import RstDirective
from ..rst.env import Env, env_of
from ..rst.gate import GateError
from .code import code_node
from .external import address_role
from .include import missing, read_file
from .inline import Role, RoleResult, text_role
from .xref import crossref_role

FORMATS: dict[str, type[nodes.TextElement]] = {
    "code": nodes.literal,
    "emphasis": nodes.emphasis,
    "strong": nodes.strong,
}


class AnyOptions(dict[str, Any]):
    """An option specification that takes every option as it stands."""

    def __missing__(self, key: str) -> Any:
        return _as_it_stands

    def __contains__(self, key: object) -> bool:
        return True

    def __bool__(self) -> bool:
        return True


def _as_it_stands(value: str | None) -> str:
    return value or ""


class Recipe(RstDirective):
    """A directive made by a recipe; *detail* is what follows the colon."""

    optional_arguments = 1
    option_spec: ClassVar[Any] = AnyOptions()
    detail: ClassVar[str] = ""

    @property
    def argument(self) -> str:
        """The directive's argument; empty if it has none."""
        return str(self.arguments[0]) if self.arguments else ""

    def begin_below(self) -> None:
        """Take what stands right below the marker for content, as it is for directives without arguments."""
        if not self.argument or not self.block_text.partition("\n")[0].rstrip().endswith("::"):
            return
        source, _ = self.state_machine.get_source_and_line(self.lineno)
        lines = [*self.argument.split("\n"), ""]
        places = [(source or "", self.lineno + n) for n in range(len(lines))]
        below: Any = self.content
        self.content = StringList([*lines, *below], items=places + below.items)
        self.content_offset, self.arguments = self.lineno, []

    def in_substitution(self) -> bool:
        """Does the directive define a substitution, so that only inline content will do?"""
        return type(self.state).__name__ == "SubstitutionDef"

    def argument_nodes(self) -> list[nodes.Node]:
        """Return the argument, its inline markup parsed."""
        return self.parse_inline(self.argument) if self.argument else []

    def inline_nodes(self) -> list[nodes.Node]:
        """Return the argument and the content as inline nodes, for a substitution."""
        said = " ".join(filter(None, (self.argument, *self.content)))
        return self.parse_inline(said) if said else []


class Drop(Recipe):
    """Show nothing; whatever stands in the directive is right."""

    option_spec: ClassVar[Any] = None

    def run(self) -> list[nodes.Node]:
        """Return nothing."""
        self.env.record(self.name.lower(), f"dropped: {self.detail or 'has nothing to show'}")
        return []


class Content(Recipe):
    """Show the content."""

    def run(self) -> list[nodes.Node]:
        """Return the content, sections in it included."""
        self.begin_below()
        return self.parse_content_with_sections()


class Title(Recipe):
    """Show the argument as a bold line, then the content."""

    def run(self) -> list[nodes.Node]:
        """Return a rubric and the content."""
        if self.in_substitution():
            return self.inline_nodes()
        found: list[nodes.Node] = []
        if self.argument:
            rubric = nodes.rubric("", "", *self.argument_nodes())
            self.set_source(rubric)
            self.add_name(rubric)
            found.append(rubric)
        return found + self.parse_content_with_sections()


class Boxed(Recipe):
    """Show an admonition."""

    def run(self) -> list[nodes.Node]:
        """Return the admonition: its title is the recipe's, or the argument."""
        content = self.parse_content()
        title = nodes.title(
            "", "", *(self.parse_inline(self.detail) if self.detail else self.argument_nodes())
        )
        if self.detail and self.argument:
            content.insert(0, nodes.paragraph("", "", *self.argument_nodes()))
        node = nodes.admonition("", title, *content)
        self.set_source(node)
        self.add_name(node)
        return [node]


class Code(Recipe):
    """Show the content, or a file, as code."""

    def run(self) -> list[nodes.Node]:
        """Return the block."""
        text = "\n".join(self.content)
        if not self.detail or text.strip() or not self.argument:
            return [code_node(self, text, self.detail or self.argument)]
        try:
            text, _ = read_file(self, self.argument)
        except GateError as error:
            return missing(self, self.argument, str(error))
        return [code_node(self, text, self.detail)]


class Line(Recipe):
    """Show a label and the argument as a paragraph, then the content."""

    def run(self) -> list[nodes.Node]:
        """Return the paragraph and the content."""
        text = f"{self.detail} {self.argument}".strip()
        line = nodes.paragraph("", "", *self.parse_inline(text))
        self.set_source(line)
        return [line, *self.parse_content()]


class LinkLine(Recipe):
    """Show a link as a paragraph."""

    def run(self) -> list[nodes.Node]:
        """Return the paragraph."""
        url, _, title = self.detail.partition("|")
        url = fill(url, self.argument)
        link = nodes.reference("", fill(title, self.argument) or url, refuri=url)
        if self.in_substitution():
            return [link, *self.parse_inline(" ".join(("", *self.content)))]
        return [nodes.paragraph("", "", link), *self.parse_content()]


DIRECTIVE_RECIPES: dict[str, type[Recipe]] = {
    "drop": Drop,
    "content": Content,
    "title": Title,
    "admonition": Boxed,
    "code": Code,
    "line": Line,
    "link": LinkLine,
}


def fill(template: str, text: str) -> str:
    """Put *text* where *template* has ``%s``; ``%%`` is a percent sign."""
    if "%%" not in template:
        return template.replace("%s", text)
    return "%".join(part.replace("%s", text) for part in template.split("%%"))


def directive_class(recipe: str) -> type[Recipe] | None:
    """Return the directive that *recipe* makes; None if it is another directive's name."""
    kind, _, detail = recipe.partition(":")
    base = DIRECTIVE_RECIPES.get(kind)
    if base is None or (kind in {"title", "content"} and detail):
        return None
    return type(base.__name__, (base,), {"__doc__": base.__doc__, "detail": detail})


def role_function(recipe: str) -> Role | None:
    """Return the role that *recipe* makes; None if it is another role's name."""
    kind, _, detail = recipe.partition(":")
    if kind == "drop":
        return dropped
    if kind == "text":
        return text_role(lambda raw, text: nodes.inline(raw, fill(detail or "%s", text)))
    if kind == "link" and detail:
        return link_role(detail)
    if kind == "xref" and ":" in detail:
        return crossref_role(detail, code=False)
    if kind in FORMATS and not detail:
        node_class = FORMATS[kind]
        return text_role(lambda raw, text: node_class(raw, text))
    return None


def link_role(detail: str) -> Role:
    """Return a role for links; *detail* is ``URL|TITLE``, without a title the text itself is shown."""
    url, _, title = detail.partition("|")
    return extlink(url, title or "%s")


def extlink(url: str, caption: str) -> Role:
    """Return a role for links with ``%s`` in *url* and *caption* (``sphinx.ext.extlinks``).

    Without a caption the address is shown; one without ``%s`` is a prefix, as it was before Sphinx 4.
    """
    template = caption if not caption or "%s" in caption else f"{caption}%s"

    def lead(shown: str, target: str, explicit: bool, env: Env) -> tuple[str, str]:
        address = fill(url, target)
        return shown if explicit else fill(template, target) or address, address

    return address_role(lead)


def dropped(
    name: str, rawtext: str, text: str, lineno: int, inliner: Any, options: Any = None, content: Any = ()
) -> RoleResult:
    """Show nothing: a role."""
    env_of(inliner.document).record(f":{name}:", "dropped: has nothing to show")
    return [nodes.inline()], []
