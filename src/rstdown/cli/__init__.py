"""The command line: reads options, calls one function of the library, prints, sets the exit code.

Exit codes: 0 done; 1 done, but something asked for is missing, or ``--strict`` found a warning; 2 wrong
usage; 3 nothing could be done; 130 interrupted.
"""

from __future__ import annotations

import atexit
import errno
import gc
import os
import signal
import sys
import threading
from importlib import import_module
from io import StringIO, TextIOWrapper
from typing import Any

import click

from .._version import __version__

SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
COMMANDS = {
    "bundle": "Fetch, convert and assemble one document for a language model.",
    "check": "Prove that a bundle is what it says it is.",
    "completion": "Print the shell's completion script.",
    "convert": "Convert RST files to Markdown.",
    "fetch": "Download raw .rst documents.",
    "tokens": "Count tokens per folder, document and section.",
}
"""Each command's name and help in short: said here, so that ``--help`` need not import them all."""


class LazyGroup(click.Group):
    """A group that imports a command's module when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return list(COMMANDS)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f".{cmd_name}_", __name__).command
        return command


@click.group(
    cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, prog_name="rstdown")
def group() -> None:
    """Turn reStructuredText and Sphinx documentation into clean Markdown.

    Three stages, each usable alone: fetch downloads raw .rst files, convert makes Markdown of them,
    bundle runs both and assembles one document for a language model.

    \b
    Examples:
      rstdown convert library/queue.rst               print one page as Markdown
      rstdown convert docs/ -o build/md               convert a folder, links between pages work
      rstdown bundle docs/ -o build/docs.md           one document of a whole folder
      rstdown bundle jobs/python-concurrency.toml -o build/python-concurrency.md
    """


def main(arguments: list[str] | None = None) -> Any:
    """Run the command line and exit the process (entry point of ``rstdown``).

    With *arguments* of its own it is a call within a process, which ends by `SystemExit`.
    """
    from ..errors import RstdownError

    # Imports and trees are there to stay, so looking for garbage among them is a waste, at the end, too.
    gc.disable()
    atexit.register(gc.freeze)
    for stream in (sys.stdin, sys.stdout):
        if isinstance(stream, TextIOWrapper):  # Markdown is UTF-8 with \n, whatever the locale says
            stream.reconfigure(encoding="utf-8", newline="\n" if stream is sys.stdout else None)
    _catch_signals()
    try:
        code = group.main(args=arguments, prog_name="rstdown", standalone_mode=False)
        if sys.stdout is not None:  # it may have been closed from the beginning
            sys.stdout.flush()
    except click.exceptions.Abort:
        _print_error("interrupted; what is finished is kept")
        code = 130
    except click.exceptions.Exit as exit_:
        code = exit_.exit_code
    except click.ClickException as error:
        from .console import say

        text = StringIO()
        error.show(text)
        say(text.getvalue().rstrip("\n"))
        code = error.exit_code
    except BrokenPipeError:
        # The reader (head, less) has gone: that is not an error, but Python must not write at exit.
        sys.stderr.close()
        code = 0
    except RstdownError as error:
        from .console import exit_code_of

        _print_error(str(error))
        code = exit_code_of(error)
    except MemoryError:
        _print_error("there is not enough memory; try --jobs 1, or fewer documents at a time")
        code = 3
    except OSError as error:
        if error.filename is not None or error.errno not in (errno.ENOSPC, errno.EFBIG, errno.EIO):
            _print_error(f"{error.filename or 'the system'}: {error.strerror or error}")
            sys.exit(3)
        _print_error(f"cannot write to standard output: {error.strerror or error}")
        sys.stderr.flush()
        os._exit(3)  # a plain exit would try to write once more, and complain
    _leave_signals()
    code = code if isinstance(code, int) else 0
    if arguments is None:
        _end(code)
    sys.exit(code)


def _end(code: int) -> None:
    """End the process at once, unless something is left to wait for, or to complain about.

    Python would free every object one by one first, and close modules: as much work as some pages are.
    """
    if threading.active_count() > 1:
        return
    atexit._run_exitfuncs()
    try:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
    except (OSError, ValueError):
        return
    os._exit(code)


def _catch_signals() -> None:
    """Let the signals that end a process end it in good order: no half files, no workers left."""
    if threading.current_thread() is threading.main_thread():
        for number in SIGNALS:
            if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
                signal.signal(number, _interrupt)
        sys.unraisablehook = _unraisable


def _leave_signals() -> None:
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, 0)
    for number in SIGNALS:
        if signal.getsignal(number) is _interrupt:
            signal.signal(number, signal.SIG_DFL)


def _interrupt(number: int, frame: object) -> None:
    """Interrupt, and again after a second: where an object is just being deleted, Python ignores it."""
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, _interrupt)
        signal.setitimer(signal.ITIMER_REAL, 1)
    if not isinstance(sys.exc_info()[1], KeyboardInterrupt):  # else it is under way
        raise KeyboardInterrupt


def _unraisable(problem: Any) -> None:
    if not isinstance(problem.exc_value, KeyboardInterrupt):
        sys.__unraisablehook__(problem)


def _print_error(text: str) -> None:
    from .console import print_error

    print_error(text)
