"""The exceptions that rstdown raises.

Problems of a *document* are never exceptions: they are `Diagnostic` values on
its page.  Exceptions are for the environment and for wrong usage.

    RstdownError
    ├── UsageError          wrong options, an unreadable job file
    ├── SourceError         no document could be had from a source
    │   └── FetchError      one document could not be fetched
    ├── ConversionError     one document could not be converted (a limit, a crash)
    ├── EngineUnavailable   an optional engine or extra is not installed
    ├── InventoryError      an objects.inv file could not be read
    ├── OutputError         a result could not be written; the old file is untouched
    ├── BudgetError         a bundle does not fit into the tokens allowed
    └── VerificationError   a produced bundle is not what it says it is
"""

from __future__ import annotations


class RstdownError(Exception):
    """Base of all errors that rstdown raises on purpose; its text is fit to show to a person."""


class UsageError(RstdownError):
    """The caller asked for something that makes no sense: exit code 2."""


class SourceError(RstdownError):
    """A source gave no documents at all: exit code 3."""


class FetchError(SourceError):
    """One document could not be fetched.

    *uri* names it, *reason* says what happened and what to do about it.  *offline* is true where
    the host could not be reached at all, as opposed to an answer that says no; *status* is the HTTP
    status of such an answer.
    """

    def __init__(self, uri: str, reason: str, *, offline: bool = False, status: int = 0) -> None:
        super().__init__(f"{uri}: {reason}")
        self.uri = uri
        self.reason = reason
        self.offline = offline
        self.status = status


class ConversionError(RstdownError):
    """One document could not be converted; the others can."""

    def __init__(self, docname: str, reason: str) -> None:
        super().__init__(f"{docname}: {reason}")
        self.docname = docname
        self.reason = reason


class EngineUnavailable(RstdownError):  # noqa: N818  (the field's name for it)
    """An optional part is not installed; the text says how to install it."""


class InventoryError(RstdownError):
    """An inventory could not be read."""


class OutputError(RstdownError):
    """A result could not be written; what was there before is unchanged: exit code 3."""


class BudgetError(RstdownError):
    """A bundle does not fit into the tokens allowed; the text says what would."""


class VerificationError(RstdownError):
    """A produced file does not hold what it says it holds."""
