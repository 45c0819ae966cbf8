"""Tokens: which one there is, and the few origins that it may be sent to."""

from __future__ import annotations

import os
import re

import httpx2

from ..errors import UsageError

VARIABLES = ("GH_PAT", "GH_TOKEN", "GITHUB_TOKEN")
_GITHUB = frozenset(
    ("https", host, 443)
    for host in ("github.com", "api.github.com", "raw.githubusercontent.com", "codeload.github.com")
)

Origin = tuple[str, str, int]


def origin(url: httpx2.URL) -> Origin:
    """Return scheme, host and port of *url*: what a credential belongs to."""
    return url.scheme, url.host.lower(), url.port or (443 if url.scheme == "https" else 80)


class Credentials:
    """The GitHub token of the environment, if any, for GitHub's hosts and *extra* origins only."""

    def __init__(self, extra: tuple[str, ...] = (), *, use: bool = True) -> None:
        self.variable, self._token = next(
            ((name, value) for name in VARIABLES if use and (value := os.environ.get(name, "").strip())),
            ("", ""),
        )
        if not re.fullmatch(r"[!-~]*", self._token):
            raise UsageError(f"the token in {self.variable} holds characters that no token has")
        self._origins = _GITHUB | {origin(httpx2.URL(each)) for each in extra}

    def authorization(self, url: httpx2.URL) -> str:
        """Return the Authorization header for *url*; empty where the token does not belong."""
        return f"Bearer {self._token}" if self._token and origin(url) in self._origins else ""

    def scrub(self, text: str) -> str:
        """Return *text* without the token."""
        return text.replace(self._token, "***") if self._token else text
