"""Code that other tools run to make output or pictures: the code is shown, as nothing is run here.

IPython's directive, jupyter-sphinx, nbsphinx, matplotlib's ``plot``, programs and their output, and the like.
"""

from __future__ import annotations

from typing import Any, ClassVar

from docutils import nodes

from ..patterns import lazy
from ..rst.gate import GateError
from .code import code_node
from .include import missing, read_file
from .recipes import Recipe

MARK = lazy(r"^\s*@(?:savefig|doctest|verbatim|okexcept|okwarning|suppress|suppress_?\w*)\b")
SUPPRESS = lazy(r"^\s*@suppress\b")


class RunCode(Recipe):
    """Show code that would be run; *detail* is its language, *hidden* names options that hide it."""

    hidden: ClassVar[frozenset[str]] = frozenset({"suppress", "hide-code", "hide_code", "hide_input"})

    def run(self) -> list[nodes.Node]:
        """Return the code, from the content or the file that the argument names."""
        if self.hidden & self.options.keys():
            self.env.record(
                self.name.lower(), "dropped: its code is hidden, its output would have to be made"
            )
            return []
        lines = list(self.content)
        if not lines and self.argument:
            try:
                lines = read_file(self, self.argument)[0].splitlines()
            except GateError as error:
                return missing(self, self.argument, str(error))
        return [code_node(self, "\n".join(self.shown(lines)), self.detail or "python")]

    def shown(self, lines: list[str]) -> list[str]:
        """Return the lines that readers see."""
        return lines


class IPython(RunCode):
    """Show a session of IPython, without the marks for the tool that runs it."""

    def shown(self, lines: list[str]) -> list[str]:
        """Leave out marks, and statements that are marked as suppressed."""
        found: list[str] = []
        hiding = ""
        for line in lines:
            if MARK.match(line):
                hiding = "statement" if SUPPRESS.match(line) else ""
            elif hiding == "statement" or (hiding and line[:1] in {" ", "\t"}):
                hiding = "continuation"
            else:
                found.append(line)
                hiding = ""
        return found


class Plot(RunCode):
    """Show the code of a picture (matplotlib's ``plot``); with a file, the content is the caption."""

    def run(self) -> list[nodes.Node]:
        """Return the code and the caption."""
        caption = self.parse_content() if self.argument else []
        if self.argument:
            self.content = self.content[:0]
            self.arguments = [self.argument.split()[0]]
        return [*super().run(), *caption]


class Command(Recipe):
    """Show the command whose output would stand here (sphinxcontrib-programoutput)."""

    def run(self) -> list[nodes.Node]:
        """Return the command as typed."""
        self.env.diagnose("output-needed", f"{self.name}: no command is run; it is shown itself", self.lineno)
        command = [code_node(self, f"$ {self.argument}", "console")] if self.argument else []
        return [*command, *self.parse_content()]


class Prompt(Recipe):
    """Show commands to type (sphinx-prompt): ``prompt:: language prompts modifiers``."""

    def run(self) -> list[nodes.Node]:
        """Return the commands as code."""
        language, _, modifiers = self.argument.partition(" ")
        prompted = "auto" in modifiers and language in {"bash", "sh", "shell"}
        return [code_node(self, "\n".join(self.content), "console" if prompted else language or "bash")]


class SubstitutionCode(Recipe):
    """Show code in which substitutions count (sphinx-substitution-extensions)."""

    def run(self) -> list[nodes.Node]:
        """Return the code."""
        known = {name: node.astext() for name, node in self.state.document.substitution_defs.items()}
        known = {"version": self.env.project.version, "release": self.env.project.release} | known
        text = "\n".join(self.content)
        self.env.need_definitions(*text.split("|"))
        for name, value in known.items():
            text = text.replace(f"|{name}|", value)
        return [code_node(self, text, self.argument)]


def run_code(language: str, base: type[RunCode] = RunCode) -> type[RunCode]:
    """Return the directive for code in *language*."""
    return type(base.__name__, (base,), {"__doc__": base.__doc__, "detail": language})


DIRECTIVES: dict[str, Any] = {
    "ipython": run_code("python", IPython),
    "plot": run_code("python", Plot),
    "pyplot": run_code("python", Plot),
    "altair-plot": run_code("python"),
    "bokeh-plot": run_code("python"),
    "pyvista-plot": run_code("python", Plot),
    "exec_code": run_code("python"),
    "exec": run_code("python"),
    "execute_code": run_code("python"),
    "pyscript": run_code("python"),
    "jupyter-execute": run_code("python"),
    "jupyter-input": run_code("python"),
    "jupyter-output": run_code("text"),
    "jupyter-kernel": "drop:chooses what runs the code",
    "jupyter-download": "content",
    "thebe-button": "drop:a button of the web page",
    "nbinput": "code:python",
    "nboutput": "code:text",
    "nbinfo": "note",
    "nbwarning": "warning",
    "nbgallery": "toctree",
    "nblinkgallery": "toctree",
    "program-output": Command,
    "command-output": Command,
    "runblock": run_code("pycon"),
    "prompt": Prompt,
    "substitution-code-block": SubstitutionCode,
    "substitution-prompt": Prompt,
    "jinja": "code:jinja",
}
ROLES: dict[str, Any] = {
    "substitution-code": "code",
    "jupyter-download:notebook": "text",
    "jupyter-download:script": "text",
}
