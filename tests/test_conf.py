"""`conf.py` is read, never run."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from rstdown.model import Diagnostic, Project
from rstdown.rst.conf import read_conf


def read(
    tmp_path: Path, source: str, files: dict[str, str] | None = None
) -> tuple[Project, tuple[Diagnostic, ...]]:
    docs = tmp_path / "docs"
    docs.mkdir(exist_ok=True)
    for name, text in (files or {}).items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    conf = docs / "conf.py"
    conf.write_text(dedent(source), "utf-8")
    return read_conf(conf, tmp_path)


def test_settings_that_are_literals(tmp_path: Path) -> None:
    project, diagnostics = read(
        tmp_path,
        """
        project = "Frob"
        version = "1.2"
        release = version + ".3"
        extensions = ["sphinx.ext.extlinks"]
        extensions += ["sphinx.ext.todo"]
        extensions.append("sphinx.ext.math")
        master_doc = "contents"
        default_role = "any"
        highlight_language = "c"
        numfig = True
        add_function_parentheses = False
        exclude_patterns = ["_build", *["drafts/**"]]
        source_suffix = {".rst": "restructuredtext", ".txt": "restructuredtext"}
        extlinks = {"issue": ("https://example.org/%s", "#%s"), "raw": ("https://example.org/raw/%s", None)}
        intersphinx_mapping = {"python": ("https://docs.python.org/3", None)}
        intersphinx_mapping["other"] = ("https://example.org/", ("local.inv", None))
        todo_include_todos = True
        html_theme = "x"
        """,
    )
    assert not diagnostics
    assert (project.name, project.version, project.release) == ("Frob", "1.2", "1.2.3")
    assert project.extensions == ("sphinx.ext.extlinks", "sphinx.ext.todo", "sphinx.ext.math")
    assert (project.root_doc, project.default_role, project.highlight_language) == ("contents", "any", "c")
    assert project.numfig and not project.add_function_parentheses
    assert project.exclude_patterns == ("_build", "drafts/**")
    assert project.source_suffix == (".rst", ".txt")
    assert project.extlinks == {
        "issue": ("https://example.org/%s", "#%s"),
        "raw": ("https://example.org/raw/%s", ""),
    }
    assert project.intersphinx_mapping == {
        "python": ("https://docs.python.org/3", ""),
        "other": ("https://example.org/", "local.inv"),
    }
    assert project.settings == {"todo_include_todos": True}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ('f"{major}.{minor}"', "3.14"),
        ('"%s.%d" % (major, minor)', "3.14"),
        ('"%(a)s%%" % {"a": major}', "3%"),
        ('"{}.{}".format(major, minor)', "3.14"),
        ('"{1}-{x}".format(major, minor, x="y")', "14-y"),
        ('".".join("3.14.1".split(".")[:2])', "3.14"),
        ('" v3 ".strip().removeprefix("v").upper()', "3"),
        ('"a" if major == 3 else "b"', "a"),
        ('os.environ.get("CI", "unset")', "unset"),
        ('os.getenv("CI") or "unset"', "unset"),
        ('["x", "y"][-1]', "y"),
        ('{"a": "b"}["a"]', "b"),
    ],
)
def test_expressions(tmp_path: Path, expression: str, value: str) -> None:
    project, _ = read(tmp_path, f"import os\nmajor, minor = 3, 14\nrelease = {expression}\n")
    assert project.release == value


@pytest.mark.parametrize(
    "expression",
    [
        "compute()",
        'open("/etc/passwd").read()',
        '__import__("os").getcwd()',
        '"{0.__class__}".format("")',
        '"{0:>9999999999}".format("")',
        '"%99999999999d" % 1',
        '"a" * 10**10',
        "[x for x in y]",
        "lambda: 1",
        "1 / 0",
        '"a" + 1',
        '{}["missing"]',
    ],
)
def test_what_cannot_be_known_has_its_default_and_is_reported(tmp_path: Path, expression: str) -> None:
    project, diagnostics = read(tmp_path, f"project = 'x'\ntoday = {expression}\n")
    assert project.today == ""
    assert project.name == "x"
    assert [(d.code, d.severity, d.line) for d in diagnostics] == [("conf-unknown", "info", 2)]


def test_nothing_is_run(tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    read(
        tmp_path,
        f"""
        import os, pathlib
        pathlib.Path({str(marker)!r}).touch()
        os.system("touch " + {str(marker)!r})
        exec("open({str(marker)!r}, 'w')")
        def setup(app):
            open({str(marker)!r}, "w")
        """,
    )
    assert not marker.exists()


def test_branches_count_the_environment_as_unset(tmp_path: Path) -> None:
    project, _ = read(
        tmp_path,
        """
        import os, sys
        if os.environ.get("READTHEDOCS"):
            project = "hosted"
        else:
            project = "local"
        for argument in sys.argv:
            project = argument
        try:
            import theme
            extensions = ["theme"]
        except ImportError:
            extensions = []
        if theme.fancy:
            extensions.append("fancy")
        tags.add("draft")
        if tags.has("draft"):
            language = "de"
        """,
    )
    assert (project.name, project.extensions, project.language) == ("local", ("theme",), "de")
    assert project.tags == ("html", "draft")


def test_setup_says_what_is_registered(tmp_path: Path) -> None:
    project, _ = read(
        tmp_path,
        """
        import sys, os
        sys.path.insert(0, os.path.abspath("_ext"))
        extensions = ["own"]
        def setup(app):
            app.add_object_type("confval", "confval", objname="value", indextemplate="%s (value)")
            app.add_crossref_type(directivename="setting", rolename="set")
        """,
        {
            "docs/_ext/own.py": """
NAMES = [("hook", "hook"), ("fixture", "fixture")]
def setup(app):
    for name, role in NAMES:
        app.add_object_type(name, role)
    app.add_config_value("own_option", "dflt", "env")
"""
        },
    )
    assert project.object_types == (
        ("confval", "confval", "%s (value)"),
        ("hook", "hook", ""),
        ("fixture", "fixture", ""),
    )
    assert project.crossref_types == (("setting", "set"),)
    assert project.setting("own_option") == "dflt"


def test_constants_come_from_modules_below_the_root_only(tmp_path: Path) -> None:
    project, _ = read(
        tmp_path,
        """
        from frob import __version__ as release
        import frob.names as names
        project = names.TITLE
        from json import __version__ as language
        """,
        {"src/frob/__init__.py": '__version__ = "4.5"\n', "src/frob/names.py": 'TITLE = "Frob!"\n'},
    )
    assert (project.release, project.name, project.language) == ("4.5", "Frob!", "en")


def test_versions_that_are_computed_are_looked_up(tmp_path: Path) -> None:
    source = """
        from importlib.metadata import version as get
        release = get("frob")
        version = compute(release)
        rst_epilog = f'''
        .. |v| replace:: {release}
        .. |w| replace:: {unknown}
        '''
        """
    project, diagnostics = read(tmp_path, source, {"pyproject.toml": '[project]\nversion = "7.8.9"\n'})
    assert (project.version, project.release) == ("7.8", "7.8.9")
    assert ".. |v| replace:: 7.8.9\n" in project.rst_epilog
    assert "|w|" not in project.rst_epilog
    assert not diagnostics


def test_overrides_reach_what_is_computed_from_them(tmp_path: Path) -> None:
    conf = tmp_path / "conf.py"
    conf.write_text('release = compute()\nrst_prolog = f"for {release}"\n', "utf-8")
    project, _ = read_conf(conf, tmp_path, {"release": "9.9"})
    assert (project.release, project.rst_prolog) == ("9.9", "for 9.9")


def test_cpython_version(tmp_path: Path) -> None:
    header = """
#define PY_MAJOR_VERSION        3
#define PY_MINOR_VERSION        15
#define PY_MICRO_VERSION        0
#define PY_RELEASE_LEVEL        PY_RELEASE_LEVEL_ALPHA
#define PY_RELEASE_SERIAL       2
"""
    project, _ = read(
        tmp_path,
        """
        from patchlevel import get_header_version_info, get_version_info
        version, release = get_version_info()
        v = get_header_version_info()
        branch = "main" if v.releaselevel == "alpha" else f"{v.major}.{v.minor}"
        extlinks = {"source": (f"https://example.org/{branch}/%s", "%s")}
        """,
        {"Include/patchlevel.h": header},
    )
    assert (project.version, project.release) == ("3.15", "3.15.0a2")
    assert project.extlinks["source"][0] == "https://example.org/main/%s"


def test_bombs_fizzle(tmp_path: Path) -> None:
    project, _ = read(
        tmp_path,
        """
        text, items = "a" * 100, [1]
        for i in range(50):
            pass
        for i in "abcdefghijklmnopqrstuvwxyz".split("x") * 1:
            pass
        for i in ["a", "b", "c", "d", "e", "f", "g", "h"]:
            for j in ["a", "b", "c", "d", "e", "f", "g", "h"]:
                text = text + text
                text = text.replace("a", text)
                items = [items, items, items, items]
                items = items + items
                pair = (items, items)
                table = {pair: 1}
        same = items == items
        loop = []
        loop.append(loop)
        extensions = loop
        project = "still here"
        """,
    )
    assert project.name == "still here"
    assert project.extensions == ()


@pytest.mark.parametrize(
    "data", [b"project = (", b"\x00", b"(" * 10_000, b"\xff\xfe\xff", b"# coding: nonsense\n"]
)
def test_what_is_no_python_is_reported(tmp_path: Path, data: bytes) -> None:
    conf = tmp_path / "conf.py"
    conf.write_bytes(data)
    project, diagnostics = read_conf(conf, tmp_path)
    assert project == Project()
    assert [d.code for d in diagnostics] == ["conf-unreadable"]


# -- what a project's own extensions define ------------------------------------------------------

ROLE = "def r(name, rawtext, text, lineno, inliner, options={}, content=[]):\n    "


@pytest.mark.parametrize(
    ("body", "recipe"),
    [
        ("return [nodes.literal(rawtext, text)], []", "code"),
        ("return [nodes.inline(rawtext, utils.unescape(text), **options)], []", "text"),
        ("return [nodes.emphasis(text=text)], []", "emphasis"),
        ("n = nodes.strong(rawtext, text); return [n], []", "strong"),
        ("return [nodes.Text('version ' + text)], []", "text:version %s"),
        (
            "return [nodes.reference(rawtext, text, refuri='https://e.org/' + text)], []",
            "link:https://e.org/%s|%s",
        ),
        (
            "url = f'{base}/{int(text)}'; return [nodes.reference(rawtext, '#' + text, refuri=url)], []",
            "link:https://e.org/%s|#%s",
        ),
        (
            "url = inliner.document.settings.env.app.config.tracker % text\n"
            "    from docutils.nodes import reference\n"
            "    return [reference(rawtext, text, refuri=url)], []",
            "link:https://e.org/t%%20/%s|%s",
        ),
        (
            "has, title, target = split_explicit_title(text)\n"
            "    return [nodes.reference(rawtext, title if has else target, refuri=base + '/' + target)], []",
            "link:https://e.org/%s|%s",
        ),
        ("return [nodes.reference(rawtext, text, refuri=look_up(text))], []", ""),
        ("return [nodes.reference(rawtext, '[T ' + text + ']', refuri=look_up(text))], []", "text:[T %s]"),
        (
            "n = nodes.reference('', '', refuri=base + '/' + text); n += nodes.strong('', f'({text})')\n"
            "    return [n], []",
            "link:https://e.org/%s|(%s)",
        ),
        (
            "if text: return [nodes.literal(rawtext, text)], []\n    return [nodes.strong('', text)], []",
            "code",
        ),
        ("raise ValueError", ""),
    ],
)
def test_roles_of_the_project_are_read_from_their_source(tmp_path: Path, body: str, recipe: str) -> None:
    source = f"tracker = 'https://e.org/t%%20/%s'\nbase = 'https://e.org'\n{ROLE}{body}\n\n"
    project, _ = read(tmp_path, source + "def setup(app):\n    app.add_role('thing', r)\n")
    assert project.local_roles == ({"thing": recipe} if recipe else {})


def test_substitutions_whose_text_is_unknown_are_not_defined(tmp_path: Path) -> None:
    source = (
        "import weft\nname = 'Weft'\n"
        'rst_epilog = f"""\n.. |name| replace:: {name}\n.. |oldest| replace:: {weft.oldest()}\n'
        '.. |long| replace::\n   Two\n   lines\n.. |newest| replace:: {weft.newest}"""\n'
    )
    project, _ = read(tmp_path, source)
    assert project.rst_epilog == "\n.. |name| replace:: Weft\n.. |long| replace::\n   Two\n   lines\n"


def test_a_role_that_is_given_its_address(tmp_path: Path) -> None:
    source = (
        "class Advisory(ReferenceRole):\n"
        "    def __init__(self, base: str, plain=False) -> None:\n"
        "        self.base = base\n        super().__init__()\n"
        "    def run(self):\n"
        "        return [nodes.reference('', self.target, refuri=self.base + self.target)], []\n"
        "def setup(app):\n    app.add_role('advisory', Advisory('https://e.org/'))\n"
    )
    project, _ = read(tmp_path, source)
    assert project.local_roles == {"advisory": "link:https://e.org/%s|%s"}


def test_roles_of_an_extension_beside_the_documents(tmp_path: Path) -> None:
    extension = (
        "class Issue(SphinxRole):\n    def run(self):\n"
        "        return [nodes.reference('', '#' + self.text, refuri=BASE + self.text)], []\n"
        "def link(pattern):\n"
        + ROLE.replace("def", "    def").replace("\n    ", "\n        ")
        + "return [nodes.reference(rawtext, text, refuri=pattern % text)], []\n    return r\n"
        "BASE = 'https://e.org/'\n"
        "def setup(app):\n    app.add_role('issue', Issue())\n    app.add_role('wiki', link('https://w.org/%s'))\n"
    )
    conf = (
        "import sys\nfrom pathlib import Path as P\n"
        "sys.path.append(str(P(__file__).resolve().parents[1] / 'tools'))\nextensions = ['links']\n"
    )
    project, _ = read(tmp_path, conf, {"tools/links.py": extension})
    assert project.local_roles == {"issue": "link:https://e.org/%s|#%s", "wiki": "link:https://w.org/%s|%s"}


def test_roles_that_hold_their_address(tmp_path: Path) -> None:
    source = """
        class Issue(SphinxRole):
            URI = "https://bugs.example.org/?id={0}"

            def run(self):
                issue = self.text
                if 47_261 < int(issue) < 400_000:
                    return [self.inliner.problematic(self.rawtext, self.rawtext, None)], []
                url = self.URI.format(issue)
                return [nodes.reference(issue, f"bug-{issue}", refuri=url)], []

        def setup(app):
            app.add_role("issue", Issue())
    """
    project, _ = read(tmp_path, dedent(source))
    assert project.local_roles == {"issue": "link:https://bugs.example.org/?id=%s|bug-%s"}


def test_directives_that_derive_from_known_ones(tmp_path: Path) -> None:
    source = """
        class Shell(CodeBlock):
            pass
        class Windows(Shell):
            pass
        class Other(Directive):
            pass
        def setup(app):
            app.add_directive("win", Windows)
            app.add_directive("other", Other)
        """
    assert read(tmp_path, source)[0].local_directives == {"win": "code-block"}


def test_extensions_in_the_usual_folder_serve_where_their_list_is_unknown(tmp_path: Path) -> None:
    files = {"docs/_ext/mine.py": "def setup(app):\n    app.add_crossref_type('signal', 'signal')\n"}
    project, _ = read(tmp_path, "globals().update(build())\n", files)
    assert project.crossref_types == (("signal", "signal"),)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("Path('a') / 'b'", "a/b"),
        ("Path('a', 'b').joinpath('c').as_posix()", "a/b/c"),
        ("Path('a/b.txt').parent.name", "a"),
        ("Path('a/b/c').parents[1]", "a"),
        ("Path('a/b.txt').stem + Path('a/b.txt').suffix", "b.txt"),
        ("Path('a/b.txt').with_suffix('.rst')", "a/b.rst"),
        ("Path('a/b.txt').with_name('c')", "a/c"),
        ("str(Path('a/../b').resolve())", "b"),
        ("join('a', 'b')", "a/b"),
        ("Path('VERSION').read_text()", ""),
    ],
)
def test_paths(tmp_path: Path, expression: str, value: str) -> None:
    imports = "from pathlib import Path\nfrom os.path import join\n"
    project, _ = read(tmp_path, f"{imports}project = {expression}\n")
    assert project.name == value


def test_settings_that_a_helper_makes(tmp_path: Path) -> None:
    source = """
        from sphinx_frob import conf
        globals().update(conf.build("frob", __file__, project="Frob", github_project="frob/frob"))
        globals().update({"numfig": True})
        """
    project, _ = read(tmp_path, source, {"pyproject.toml": '[project]\nversion = "1.2.3"\n'})
    assert (project.name, project.version, project.release, project.numfig) == ("Frob", "1.2", "1.2.3", True)
    assert project.setting("github_project") == "frob/frob"
