"""No pattern of ours takes quadratic time, and no number is too large, wherever a document puts them."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

import rstdown
from rstdown.markdown.words import words_of
from rstdown.model import Document, Project
from rstdown.options import ConvertOptions
from rstdown.pipeline import convert_page
from rstdown.rst.docstrings import to_rst

MANY = 30_000
SPACES = " " * MANY
HUGE = "9" * 5_000


def quick(source: str, project: Project | None = None) -> str:
    begun = time.process_time()
    markdown = rstdown.convert(f"{source}\n\nlastword\n", project=project).markdown
    assert time.process_time() - begun < 2
    assert "lastword" in markdown
    return markdown


ROLES = {
    "pep": SPACES,
    "download": SPACES,
    "manpage": SPACES,
    "index": SPACES,
    "abbr": "(" * MANY,
    "bdg-link-primary": SPACES,
    "cpp:class": "A<" * MANY + ">" * MANY,
    "math": "<a" * MANY,
    "ref": SPACES,
}


@pytest.mark.parametrize("role", ROLES)
def test_roles_take_linear_time(role: str) -> None:
    quick(f":{role}:`a{ROLES[role]}b`", Project(extensions=("sphinx_design",)))


def test_links_of_extlinks_take_linear_time() -> None:
    quick(f":ext:`a{SPACES}b`", Project(extlinks={"ext": ("https://x/%s", "%s")}))


DIRECTIVES = {
    "toctree": f".. toctree::\n\n   a{SPACES}b",
    "glossary": f".. glossary::\n\n   a{SPACES}b\n      c",
    "blank lines in a session": ".. doctest::\n\n   >>> x" + "\n" * MANY + "   y",
    "spaces in a session": f".. doctest::\n\n   >>> x{SPACES}y",
    "signs in a session": f".. doctest::\n\n   >>> x{'# ' * MANY}y",
    "ansible-links": f".. ansible-links::\n\n   title: a{SPACES}b {'title: ' * 5_000}",
    "rst option": f".. rst:directive:: d\n\n   .. rst:directive:option:: a{' ' * 3_000}b",
    "tags less than": "<a" * 200_000,
}


@pytest.mark.parametrize("name", DIRECTIVES)
def test_directives_take_linear_time(name: str) -> None:
    quick(DIRECTIVES[name])


NUMBERS = {
    "changelog": ".. changelog::\n   :version: {0}\n\n   .. change::\n      :versions: {0}.1\n\n      text",
    "http": ":http:statuscode:`{0}`",
    "soft deprecation": ".. soft-deprecated:: {0}\n\n.. deprecated-removed:: {0} {0}\n\n   text",
    "pep": ":pep:`{0}` :rfc:`{0}`",
    "enumeration": "{0}. text",
    "table": ".. list-table::\n   :header-rows: {0}\n   :widths: {0}\n\n   * - a",
    "code": ".. code-block:: c\n   :linenos:\n   :lineno-start: {0}\n   :emphasize-lines: {0}-\n\n   a",
    "toctree": ".. toctree::\n   :maxdepth: {0}\n   :numbered: {0}\n\n   a",
    "unicode": ".. |a| unicode:: 0x{0} U+{0} &#x{0};\n\n|a|",
}


@pytest.mark.parametrize("number", [HUGE, "-1", "²", "١٢", "1e400", "0x10"], ids=lambda text: text[:5])
@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_of_any_kind_are_kept(name: str, number: str) -> None:
    quick(NUMBERS[name].format(number))


@pytest.mark.parametrize("number", [HUGE, "²", "0"], ids=lambda text: text[:5])
def test_numbers_of_lines_of_any_kind(tmp_path: Path, number: str) -> None:
    (tmp_path / "a.txt").write_text("text\n")
    options = "".join(
        f".. literalinclude:: a.txt\n   :lines: {form.format(number)}\n\n" for form in ("{0}", "1-{0}")
    )
    document = Document("index", f"{options}lastword", path=tmp_path / "index.rst", root=tmp_path)
    assert "lastword" in repr(convert_page(document, Project(), ConvertOptions()).root)


@pytest.mark.parametrize(
    "line",
    [f"a{SPACES}!", f"a ({'x' * MANY}", f"a{'(' * MANY}", f"a ({'()' * MANY}", f"a{SPACES}: b"],
    ids=lambda text: text[:4],
)
@pytest.mark.parametrize("head", ["Args:", "Parameters\n----------"])
def test_docstrings_take_linear_time(head: str, line: str) -> None:
    begun = time.process_time()
    indent = "    " if head == "Args:" else ""
    assert to_rst(f"{head}\n{indent}{line}\n")
    assert time.process_time() - begun < 1


@pytest.mark.parametrize(
    "expression", ["(a+)+b", "(a|a)*b", "a*a*a*a*a*b", r"(a+)\1\1b", "[", "a{99999999999}"]
)
def test_expressions_of_a_project_cannot_stop_us(expression: str) -> None:
    project = Project(settings={"nitpick_ignore_regex": [("py:.*", expression), (".*", "b.*")]})
    quick(f":py:func:`{'a' * 60}` :py:func:`b`", project)


def test_expressions_of_a_project_count() -> None:
    project = Project(settings={"nitpick_ignore_regex": [("py:.*", r"(foo|bar)?\.b.*")]})
    found = rstdown.convert(":py:func:`foo.baz` :py:func:`spam`", project=project)
    said = " ".join(d.message for d in found.diagnostics)
    assert ("foo.baz" in said, "spam" in said) == (False, True)


def test_words_of_markdown_take_linear_time() -> None:
    begun = time.process_time()
    assert words_of(f"<!-- a {'<' * 200_000}\n\n- <div {'<' * 100_000}\n\nlastword\n")["lastword"]
    assert time.process_time() - begun < 2


PROJECTS = {
    "a tool that is no table": {"pyproject.toml": "tool = [1]\n"},
    "a number of too many digits": {"pyproject.toml": f"[project]\nversion = '1'\nx = {HUGE}\n"},
    "a deep list": {"pyproject.toml": f"a = {'[' * 3_000}{']' * 3_000}"},
    "blank lines": {"Include/patchlevel.h": "\n" * 200_000},
    "a digit that is none": {"Include/patchlevel.h": "#define PY_MAJOR_VERSION ²\n" * 3},
    "many digits": {"Include/patchlevel.h": f"#define PY_MAJOR_VERSION {HUGE}\n"},
    "spaces after the version's name": {"pkg/__init__.py": f"__version__{' ' * 200_000}x"},
    "fields without fields": {"PKG-INFO": "Version:" + "\n" * 200_000},
}


@pytest.mark.parametrize("name", PROJECTS)
def test_files_of_a_project_may_be_rubbish(tmp_path: Path, name: str) -> None:
    files = {
        "docs/conf.py": "import patchlevel\nversion, release = patchlevel.get_version_info()\n",
        "docs/index.rst": "Title\n=====\n\n|release| lastword\n",
        **PROJECTS[name],
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    begun = time.process_time()
    assert "lastword" in rstdown.convert_file(tmp_path / "docs" / "index.rst", root=tmp_path).markdown
    assert time.process_time() - begun < 3
