"""Is what was typed a whole statement, and how far is the next line indented? No widgets here.

Decided in the UI process, so that Enter never waits for the worker. The interpreters may differ in
version; then the worker's Python has the last word about what is valid.
"""

from __future__ import annotations

import ast
import codeop
import io
import tokenize
import warnings
from enum import Enum

from tutor.protocol.magics import cell_magic, without_magics

INDENT = "    "
_JUDGE_UP_TO = 100_000
"""Characters, which take a tenth of a second; longer texts were not typed line by line: Enter runs them."""
_COMPOUND = (
    *(ast.If, ast.For, ast.While, ast.With, ast.Try, ast.Match),
    *(ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef, ast.AsyncFor, ast.AsyncWith),
    *([ast.TryStar] if hasattr(ast, "TryStar") else []),
)
_LEAVING = ("return", "pass", "break", "continue", "raise")
_OPENING, _CLOSING = "([{", ")]}"
_NOT_CODE = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)


class Completeness(Enum):
    """What Enter should do."""

    COMPLETE = "complete"
    INCOMPLETE = "incomplete"
    """More is to come: add a line."""
    INVALID = "invalid"
    """No further line can make it valid: run it, so that Python says what is wrong."""


def is_complete(source: str) -> Completeness:
    """Whether ``source`` is whole: one or more statements, or none.

    A compound statement at the end that takes several lines wants an empty line after it, as at Python's
    own prompt, because ``else`` or another line of its body may follow. One that stands on a single line
    is over: ``for i in x: print(i)`` runs at once. Magics count as statements; ``%%name`` takes lines until
    an empty one.
    """
    if len(source) > _JUDGE_UP_TO:
        return Completeness.COMPLETE
    if cell_magic(source) is not None:
        return Completeness.COMPLETE if _ends_in_empty_line(source) else Completeness.INCOMPLETE
    completeness = _python_is_complete(source)
    if completeness is not Completeness.INVALID:
        return completeness
    return _python_is_complete(without_magics(source))


def _python_is_complete(source: str) -> Completeness:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            if _compiler()(source, "<prompt>", "exec") is not None:
                return _closed(source)
        except (SyntaxError, ValueError, OverflowError, MemoryError, RecursionError):
            return Completeness.INVALID
        return Completeness.INVALID if _body_is_missing(source) else Completeness.INCOMPLETE


def _compiler() -> codeop.CommandCompiler:
    """``await`` may stand at the top."""
    compiler = codeop.CommandCompiler()
    compiler.compiler.flags |= ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    return compiler


def _closed(source: str) -> Completeness:
    try:
        statements = ast.parse(source).body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return Completeness.INVALID
    last = statements[-1] if statements else None
    several_lines = isinstance(last, _COMPOUND) and last.end_lineno != last.lineno
    open_block = several_lines and not _ends_in_empty_line(source)
    return Completeness.INCOMPLETE if open_block else Completeness.COMPLETE


def _ends_in_empty_line(source: str) -> bool:
    return "\n" in source and not source.rpartition("\n")[2].strip()


def _body_is_missing(source: str) -> bool:
    """``def f():`` and an empty line: Python's prompt gives up here, and so the learner sees what it wants."""
    if not _ends_in_empty_line(source):
        return False
    try:
        ast.parse(source)
    except IndentationError as error:
        return str(error.msg).startswith("expected an indented block")
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return False
    return False


def next_indent(before: str) -> str:
    """The blanks that a new line after ``before``, the text left of the cursor, begins with.

    One level more after a colon that opens a block, one less after a statement that leaves it; inside
    brackets as much as the line has; inside a string of several lines likewise.
    """
    line = before.rpartition("\n")[2]
    indent = line[: len(line) - len(line.lstrip())]
    if len(before) > _JUDGE_UP_TO:
        return indent
    depth, tokens = _last_line_tokens(before)
    if depth or not tokens:
        return indent
    if tokens[-1] == ":":
        return indent + INDENT
    if tokens[0] in _LEAVING:
        return indent[: -len(INDENT)] if indent.endswith(INDENT) else ""
    return indent


def _last_line_tokens(before: str) -> tuple[int, list[str]]:
    """Depth of open brackets at the end, and the tokens that begin on the last line; none inside a string."""
    depth = 0
    row = before.count("\n") + 1
    tokens: list[str] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(before).readline):
            if token.type == tokenize.OP and token.string in _OPENING:
                depth += 1
            elif token.type == tokenize.OP and token.string in _CLOSING:
                depth = max(0, depth - 1)
            if token.start[0] == row and token.type not in _NOT_CODE:
                tokens.append(token.string)
    except (tokenize.TokenError, SyntaxError):
        # The end of the text inside brackets or a string: what came before it has been seen.
        pass
    return depth, tokens
