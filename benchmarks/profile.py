"""Where the time goes when the seed pages become a bundle: `make profile`.

python benchmarks/profile.py [--by cumulative] [--lines 40]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

# First: in this folder, this file would pass for the standard library's module of its name.
sys.path[0] = str(Path(__file__).resolve().parents[1])

import cProfile  # noqa: E402
import pstats  # noqa: E402

from benchmarks.bench import pipeline  # noqa: E402
from benchmarks.corpus import seed_paths  # noqa: E402


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--by", default="tottime", choices=("tottime", "cumulative"))
    options.add_argument("--lines", type=int, default=40)
    given = options.parse_args()
    root, paths = seed_paths()
    pipeline(root, paths[:1])
    profiler = cProfile.Profile()
    profiler.runcall(pipeline, root, paths)
    pstats.Stats(profiler).sort_stats(given.by).print_stats(given.lines)


if __name__ == "__main__":
    main()
