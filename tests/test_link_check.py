"""`check_links`: what leads somewhere, what does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from rstdown.bundling import render
from rstdown.errors import SourceError
from rstdown.link.check import check_links

from .bundles import bundle_of

PAGE = """\
# The `first` title

[a](#the-first-title) [b](#x.y) [c](#cell) [d](other.md) [e](other.md#same-1) [f](sub/deep.md#up) [g](https://e.org#x)
[h](mailto:a@b.org) ![i](pic.png) `[no](#link)` <a href="other.md#same">j</a>

<a id="x.y"></a>**Object**

<table><tr><td><a id="cell"></a>Cell [not a link](#gone)</td></tr></table>

```
[no](#link)
```

A note[^1].

[^1]: with a [link](other.md).
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "out"
    (root / "sub").mkdir(parents=True)
    (root / "page.md").write_text(PAGE, "utf-8")
    (root / "other.md").write_text("# Same\n\n# Same\n\n[up](page.md#the-first-title)\n", "utf-8")
    (root / "sub/deep.md").write_text("# Up\n\n[back](../other.md)\n", "utf-8")
    (root / "pic.png").write_bytes(b"")
    return root


def test_a_sound_folder(folder: Path) -> None:
    report = check_links(folder)
    assert report.dead == ()
    assert (report.files, report.outside) == (3, 2)
    assert str(report).endswith("links in 3 files: 11 lead inside, 2 outside (not followed), 0 are dead")


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        ("[x](#nowhere)", "no place is called 'nowhere'"),
        ("[x](#The-First-Title)", "no place is called 'The-First-Title'"),
        ("[x](gone.md)", "no such file"),
        ("[x](other.md#same-2)", "no place is called 'same-2'"),
        ("![x](gone.png)", "no such file"),
        ("[x](../secret.md)", "leads out of the folder"),
        ("[x](/etc/passwd)", "leads out of the folder"),
        ('<a href="#gone">x</a>', "no place is called 'gone'"),
        ("|a|\n|-|\n|[x](#gone)|", "no place is called 'gone'"),
        ("> - [x](%ff#%00)", "no such file"),
    ],
)
def test_dead_links_are_listed(folder: Path, link: str, reason: str) -> None:
    (folder.parent / "secret.md").write_text("# S\n", "utf-8")
    (folder / "new.md").write_text(f"# New\n\n{link}\n", "utf-8")
    (dead,) = check_links(folder).dead
    assert dead.reason == reason
    assert dead.path == str(folder / "new.md") and dead.line >= 3
    assert str(dead).startswith(f"{folder / 'new.md'}:{dead.line}: dead link ")


def test_one_file(folder: Path) -> None:
    assert check_links(folder / "page.md").dead == ()
    (folder / "other.md").unlink()
    assert len(check_links(folder / "page.md").dead) == 4


def test_links_out_of_the_folder_by_a_symbolic_link_are_dead(folder: Path) -> None:
    (folder.parent / "secret.md").write_text("# S\n", "utf-8")
    (folder / "link.md").symlink_to(folder.parent / "secret.md")
    (folder / "new.md").write_text("[x](link.md)\n", "utf-8")
    assert [d.reason for d in check_links(folder / "new.md").dead] == ["leads out of the folder"]


@pytest.mark.parametrize("format", ["md", "xml", "jsonl"])
def test_bundles_of_any_format(tmp_path: Path, format: str) -> None:
    texts = {"a": "A\n=\n\n.. _x:\n\nSub & more\n----------\n\n:doc:`b`\n", "b": "B\n=\n\n:ref:`x`\n"}
    file = tmp_path / f"bundle.{format}"
    file.write_text(render(bundle_of(texts, links="all", format=format)), "utf-8")
    report = check_links(file)
    assert report.dead == () and report.files == 1
    assert report.links == {"md": 4 + 2, "xml": 2, "jsonl": 0}[format]


def test_a_bundle_that_is_damaged_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "b.xml"
    file.write_text("<documents >", "utf-8")
    with pytest.raises(SourceError, match="not well-formed"):
        check_links(file)


def test_what_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="No such file"):
        check_links(tmp_path / "gone.md")
