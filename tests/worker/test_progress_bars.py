"""tqdm itself, in a real worker, written as the transcript writes it."""

from __future__ import annotations

import pytest

from tests.recorder import Recorder
from tutor.protocol import events
from tutor.ui.widgets.ring import Ring
from tutor.ui.widgets.typewriter import Typewriter

pytestmark = [pytest.mark.worker, pytest.mark.asyncio(loop_scope="session")]


class Screen:
    """What a transcript would hold, and the most lines it ever held."""

    def __init__(self, recorder: Recorder) -> None:
        self.ring = Ring()
        self.most = 0
        self._typewriter = Typewriter(self.ring)
        self.stop = recorder.session.subscribe(lambda event, _state: self._hear(event))

    def _hear(self, event: events.Event) -> None:
        if isinstance(event, events.Output):
            self._typewriter.write(event.text, event.stream)
            self.most = max(self.most, len(self.ring))

    @property
    def lines(self) -> list[str]:
        return [self.ring[place].plain().rstrip() for place in range(len(self.ring))]


async def test_a_bar_is_one_line_that_fits(work: Recorder) -> None:
    work.session.size = (57, 20)
    screen = Screen(work)
    await work.run(
        "import time\nfrom tqdm import tqdm\nfor _ in tqdm(range(300), mininterval=0): time.sleep(0.0005)"
    )
    screen.stop()
    assert screen.most == 1
    (line,) = screen.lines
    assert line.startswith("100%|")
    assert "300/300" in line
    # tqdm leaves one column free.
    assert len(line) == 56


async def test_the_width_is_that_of_each_run(work: Recorder) -> None:
    for width in (70, 44):
        work.session.size = (width, 20)
        text = await work.value("import os, shutil; (*shutil.get_terminal_size(), *os.get_terminal_size(2))")
        assert text == f"({width}, 20, {width}, 20)"
    assert await work.value("try: os.get_terminal_size(0)\nexcept OSError as e: caught = e\ncaught.errno") == "25"


async def test_nested_bars_stay_in_their_lines(work: Recorder) -> None:
    work.session.size = (80, 20)
    screen = Screen(work)
    await work.run(
        "from tqdm import tqdm\n"
        "for epoch in tqdm(range(3), desc='epochs', mininterval=0):\n"
        "    for batch in tqdm(range(50), desc='batches', mininterval=0, leave=False):\n"
        "        pass\n"
        "print('done')"
    )
    screen.stop()
    assert screen.most <= 3
    assert screen.lines[0].startswith("epochs: 100%")
    assert screen.lines[-1] == "done"


async def test_colours_and_wide_characters_in_a_bar(work: Recorder) -> None:
    screen = Screen(work)
    await work.run(
        "from tqdm import tqdm\n"
        "for _ in tqdm(range(20), desc='学習 👩‍🔬 [red]', colour='green', mininterval=0): pass"
    )
    screen.stop()
    (line,) = screen.lines
    assert line.startswith("学習 👩")
    assert "[red]: 100%|" in line
    assert any(span.style for span in screen.ring[0].text().spans)
