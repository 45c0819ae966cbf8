"""What `import rstdown` offers is what it says it offers."""

from __future__ import annotations

import doctest

import rstdown


def test_every_public_name_exists() -> None:
    assert sorted(rstdown.__all__) == sorted({*rstdown._PUBLIC, "__version__"})
    for name in rstdown.__all__:
        assert getattr(rstdown, name) is not None


def test_the_docstring_runs() -> None:
    assert doctest.testmod(rstdown).failed == 0
    assert doctest.testmod(rstdown).attempted > 0
