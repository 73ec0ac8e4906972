"""Which statements made a name, and what they needed for it."""

from __future__ import annotations

from tutor.worker.probe.said import makers

SOURCE = """
import io as files, os.path
def note(text):
    local = files.StringIO(text)
    return local
class Log:
    def keep(self):
        return note("x")
log = Log()
log.rows = [1]
other = 3
for n in range(other):
    log.rows[n] = n
"""


def told(*names: str) -> list[str]:
    """The first lines of what is told."""
    return [line for line in makers([SOURCE], set(names)).split("\n") if line and not line.startswith(" ")]


def test_what_a_name_needs_is_followed() -> None:
    assert told("note") == ["def note(text):", "import io as files, os.path"]
    assert set(told("log")) == {
        *("log = Log()", "log.rows = [1]", "for n in range(other):", "class Log:", "def note(text):"),
        *("import io as files, os.path", "other = 3"),
    }


def test_names_inside_a_function_are_its_own() -> None:
    assert told("local", "text", "keep") == []
    assert makers(["def f(:", "x = 1"], {"f", "x"}) == "x = 1"
    assert told("os") == ["import io as files, os.path"]
