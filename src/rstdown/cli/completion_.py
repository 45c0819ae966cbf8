"""``rstdown completion``."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> int:
    """Print the shell's completion script.

    \b
    Examples:
      eval "$(rstdown completion bash)"                         in ~/.bashrc
      rstdown completion zsh > ~/.zfunc/_rstdown
      rstdown completion fish > ~/.config/fish/completions/rstdown.fish
    """
    from . import group

    kind = get_completion_class(shell)
    assert kind is not None
    click.echo(kind(group, {}, "rstdown", "_RSTDOWN_COMPLETE").source())
    return 0
