"""Run ``python -m rstdown``."""

import os
import sys


def forget_working_folder() -> None:
    """Let no module be imported from the folder we run in: documents lie there, and what came with them."""
    try:
        here = os.getcwd()  # noqa: PTH109
    except OSError:  # it has been deleted
        return
    if sys.path[:1] in ([""], [here]) and not os.path.isdir(os.path.join(here, "rstdown")):  # noqa: PTH112, PTH118
        del sys.path[0]


if __name__ == "__main__":
    forget_working_folder()
    from .cli import main

    main()
