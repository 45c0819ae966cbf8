"""Convert the corpora beside the checkout and print the judge's table: ``make fidelity``.

Usage: python benchmarks/fidelity.py SHARED [--corpus NAME] [--pages FILE] [--explain PAGE] [--keep DIR]

SHARED holds ``fidelity/`` (the judge) and ``corpora/NAME/`` (``src``, ``reference.jsonl.gz``, …).
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from rstdown.options import LinkOptions
from rstdown.pipeline import convert_files
from rstdown.results import Settings


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", type=Path)
    parser.add_argument("--corpus", default="")
    parser.add_argument("--pages", default="")
    parser.add_argument("--explain", default="")
    parser.add_argument("--keep", type=Path, help="write the Markdown here")
    given = parser.parse_args()
    if not (given.shared / "fidelity").is_dir():
        print(f"{given.shared}: no judge here; nothing to compare with")
        return
    for corpus in sorted((given.shared / "corpora").iterdir()):
        if given.corpus in corpus.name and (corpus / "reference.jsonl.gz").exists():
            with tempfile.TemporaryDirectory() as scratch:
                folder = given.keep / corpus.name if given.keep else Path(scratch)
                convert(corpus, folder)
                judge(given, corpus, folder)


def convert(corpus: Path, folder: Path) -> None:
    """Convert one corpus as a folder, with links."""
    source = source_folder(corpus)
    with gzip.open(corpus / "reference.jsonl.gz", "rt", encoding="utf-8") as lines:
        public = json.loads(next(lines)).get("public", [""])[0]
    links = LinkOptions(links="all", inventories=(f"{corpus / 'objects.inv'}={public}",))
    result = convert_files([source], root=corpus / "src", settings=Settings(link=links))
    for conversion in result.conversions:
        path = folder / f"{conversion.docname}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(conversion.markdown, "utf-8")
    print(f"\n## {corpus.name}: {result.summary()}", flush=True)
    for failure in result.failures:
        print(f"failed: {failure}")


def source_folder(corpus: Path) -> Path:
    """Return Sphinx's source folder: that of ``conf.py``, or the only folder there is."""
    found = sorted(corpus.glob("src/*/conf.py")) or sorted(corpus.glob("src/*/"))
    return found[0].parent if found[0].is_file() else found[0]


def judge(given: argparse.Namespace, corpus: Path, folder: Path) -> None:
    """Run the judge on all pages, and on the seed pages where a list of them is there."""
    base = [
        sys.executable,
        "-m",
        "fidelity",
        "score",
        "--reference",
        str((corpus / "reference.jsonl.gz").resolve()),
    ]
    base += ["--markdown", str(folder.resolve())]
    seeds = corpus / "seed-pages.txt"
    runs = (
        [["--pages", given.pages]]
        if given.pages
        else [[]] + ([["--pages", str(seeds.resolve())]] * seeds.exists())
    )
    if given.explain:
        runs = [["--explain", given.explain]]
    env = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    for arguments in runs:
        subprocess.run([*base, *arguments], cwd=given.shared, check=False, env=env)


if __name__ == "__main__":
    main()
