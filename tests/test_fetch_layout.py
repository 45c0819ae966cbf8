"""Which files of a project are documents, as its `conf.py` says without being run."""

from __future__ import annotations

import pytest

from rstdown.fetching.project import Layout, layout


@pytest.mark.parametrize(
    ("conf", "suffixes", "exclude"),
    [
        ("", (".rst", ".rest"), ()),
        ("source_suffix = '.txt'", (".txt",), ()),
        ("source_suffix = {'.rst': 'restructuredtext', '.md': 'markdown'}", (".rst",), ()),
        ("source_suffix = ['.rst']\nsource_suffix.append('.txt')", (".rst", ".txt"), ()),
        ("exclude_patterns = ['a']\nexclude_patterns += ['b', x]", (".rst", ".rest"), ("a", "b")),
        ("templates_path = ['_t']\nexclude_patterns = ['a']", (".rst", ".rest"), ("a", "_t")),
        ("not python", (".rst", ".rest"), ()),
    ],
)
def test_layout(conf: str, suffixes: tuple[str, ...], exclude: tuple[str, ...]) -> None:
    assert layout(conf) == Layout(suffixes, exclude)
