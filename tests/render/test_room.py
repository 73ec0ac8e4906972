"""What the room as a whole promises: what it imports, and how fast it draws."""

from __future__ import annotations

import io
import math
import subprocess
import sys
import time

from rich.console import Console

from tests.render import gallery
from tests.render.samples import detail
from tutor.render.drawings import drawing
from tutor.render.lines import wrap
from tutor.render.look import Look

MODULES = ("checks", "code", "curves", "devices", "drawings", "export", "gradients", "numbers", "tensors")


def test_importing_the_room_loads_no_lexer_and_nothing_heavy() -> None:
    source = "import sys\n" + "".join(f"import tutor.render.{name}\n" for name in MODULES)
    source += "print(sorted({m.split('.')[0] for m in sys.modules} & {'torch', 'numpy', 'textual', 'pygments'}))"
    result = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_a_heat_map_is_fast_enough_to_draw_at_every_key() -> None:
    shown = detail("W", (16, 32), [math.sin(i * 1.7) for i in range(512)])
    times = []
    for _ in range(30):
        start = time.perf_counter()
        drawing(shown, Look(100))
        times.append(time.perf_counter() - start)
    # 1.1 ms measured; the best of many runs is little disturbed by a busy machine.
    assert min(times) < 0.008


def test_pictures_survive_a_terminal_of_their_width() -> None:
    for look in (Look(60), Look(60, colour=False), Look(60, unicode=False)):
        console = Console(file=io.StringIO(), width=60, color_system=None, legacy_windows=False)
        for picture in gallery.pictures(look):
            with console.capture() as capture:
                console.print(picture)
            assert [line.rstrip() for line in capture.get().rstrip("\n").split("\n")] == [
                line.rstrip() for line in picture.plain.rstrip("\n").split("\n")
            ]


def test_wrap_breaks_at_spaces_and_inside_words_only_where_it_must() -> None:
    assert wrap("one two three", 7) == ["one two", "three"]
    assert wrap("a verylongword b", 6) == ["a", "verylo", "ngword", "b"]
    assert wrap("", 5) == [""]
