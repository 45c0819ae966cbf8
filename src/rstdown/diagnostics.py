"""Every code that a `Diagnostic` may have: what it means, and what to do.

The reference in ``docs/diagnostics.md`` is generated from here.
"""

from __future__ import annotations

from collections.abc import Mapping

CODES: Mapping[str, str] = {
    "alias-unknown": (
        "A `c:alias` or `cpp:alias` names a declaration that is not on this page; it is shown as written. "
        "Declare it on the page, or link to it with a role."
    ),
    "anchor-missing": (
        "A reference leads to a place that leaves no trace in the page; the link goes to the page's top. "
        "Nothing is lost."
    ),
    "conf-unknown": (
        "A setting in `conf.py` is computed, and `conf.py` is never run; Sphinx's default is used. "
        "Give the value in the job file's `[project]` table or with a flag such as `--project-version`."
    ),
    "conf-unreadable": (
        "`conf.py` cannot be read or is no valid Python; Sphinx's defaults are used. Mend it, or give "
        "another with `--conf`."
    ),
    "control-character": "The text holds NUL characters, as no text should; each is shown as U+FFFD.",
    "directive-unknown": (
        "Nobody knows this directive; its name, argument and content are kept, read as RST. "
        'Say what it is in the job file\'s `[project.directives]`: `"my-note" = "note"`.'
    ),
    "document-empty": "The file has no text; an empty page is made of it.",
    "file-elsewhere": (
        "A page leads to a file outside the documentation's folder; the link is text. Fetch the sources from "
        "their address, and the link leads to the file there."
    ),
    "file-missing": (
        "A picture or a table's file is not below the folder that files may be read from; the reference or "
        "the error stays visible. Put the file there, or widen the folder with `--root`."
    ),
    "import-needed": (
        "The content would come from importing code, which is never done, and the source could not be read "
        "as text either: names and what the page itself says stay. Convert a checkout of the project, with "
        "`--root` at its top, so that docstrings are found."
    ),
    "include-failed": (
        "A file that the document includes cannot be read (it is missing, too large, no text, or outside the "
        "folder that files may be read from); a line that names it stands in its place. See `--root`."
    ),
    "include-missing": (
        "The pandoc engine includes no files; a line that names the file stands in its place. "
        "Use the docutils engine."
    ),
    "include-not-fetched": (
        "A file that a fetched document includes could not be fetched from the same place and revision; "
        "the message says why."
    ),
    "inventory-missing": (
        "An `objects.inv` could not be had; references that lead there stay text, and the exit code is 1. "
        "Try again, or give a local copy: `--inventory objects.inv=https://host/docs/`."
    ),
    "namespace-pop": (
        "`c:namespace-pop` or `cpp:namespace-pop` without a `namespace-push` before it; ignored."
    ),
    "namespace-unread": "The argument of a C or C++ `namespace` is no name; the global scope is used.",
    "nesting-too-deep": (
        "Blocks are nested more deeply than any document written by a person; what lies deeper is kept as "
        "literal text."
    ),
    "node-unknown": (
        "The engine made a node that has no Markdown here; its text is kept where it has any. "
        "Please report it."
    ),
    "only-expression": "The condition of an `only` directive makes no sense; its content is kept.",
    "option-ignored": "A directive's option is unknown or has a bad value; it has no effect, as in Sphinx.",
    "option-malformed": (
        "The argument of an `option` directive is not a command-line option; that part is left out of the "
        "index of options, and shown."
    ),
    "output-needed": (
        "The content would be the output of a command, and none is run; the command is shown instead."
    ),
    "role-argument": "A role such as `:pep:` takes a number; the text given instead is kept.",
    "role-unknown": (
        "Nobody knows this role; its text is kept as code. Say what it is in the job file's "
        '`[project.roles]`: `"ticket" = "link:https://bugs.example.org/%s"`.'
    ),
    "rst-syntax": "docutils' own message on markup that it cannot read; the text is kept. Mend the source.",
    "signature-lost": "pandoc lost an object's signature; only the docutils engine has it.",
    "substitution-limit": (
        "Substitutions that multiply one another would make too much text; the name is kept."
    ),
    "substitution-undefined": (
        "Nothing defines this `|name|`; it is kept. Define it, or give the `conf.py` whose `rst_prolog` "
        "does (`--conf`), or `--project-version` and `--project-release`."
    ),
    "target-unknown": (
        "A reference such as `` `name`_ `` or `[1]_` has no target on its page, or several; its text is kept."
    ),
    "toctree-endless": "The toctrees list one another without end; what was too much is left out.",
    "toctree-missing": "A toctree names a document that is not there; the entry is left out.",
    "xref-ambiguous": (
        "A reference may mean several things, or its target is defined more than once; the first is taken."
    ),
    "xref-elsewhere": (
        "References lead to pages that are not at hand; their text is kept. Convert the whole folder, "
        "or give `--inventory`."
    ),
    "xref-missing": (
        "Nothing has the name that the reference gives; its text is kept. Correct it, or give the inventory "
        "of the project it means."
    ),
    "xref-unnumbered": "A `:numref:` leads to something without a number; its text is kept.",
    "xref-untitled": (
        "A `:ref:` without a title leads to a label that has none; the label's name is kept, as in Sphinx."
    ),
}
"""Code → what it means and what to do, in Markdown on one line."""
