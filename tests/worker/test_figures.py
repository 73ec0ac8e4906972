"""matplotlib in a real worker: what is shown becomes a picture."""

from __future__ import annotations

import struct

import pytest

from tests.recorder import Recorder
from tutor.protocol import events

pytestmark = [pytest.mark.worker, pytest.mark.asyncio(loop_scope="session")]

PLOT = """
import matplotlib.pyplot as plt
fig, ax = plt.subplots()
ax.plot([1, 2, 3], label="train")
ax.set_title("Loss")
ax.set_xlabel("epoch")
"""


async def test_show_sends_a_picture_in_order_and_closes_it(work: Recorder) -> None:
    await work.run(f"{PLOT}print('before')\nplt.show()\nprint('after', plt.get_fignums())")
    (picture,) = work.of(events.Pictured)
    assert picture.png.startswith(b"\x89PNG")
    assert struct.unpack(">II", picture.png[16:24]) == (picture.width, picture.height)
    assert len(picture.small) == picture.small_width * picture.small_height * 3
    assert picture.axes == (events.AxesWords("Loss", "epoch", "", ("train",)),)
    kinds = [type(e).__name__ for e in work.events if isinstance(e, (events.Output, events.Pictured))]
    assert kinds == ["Output", "Pictured", "Output"]
    assert "after []" in work.output


async def test_a_displayed_figure_is_a_picture_and_stays_open(work: Recorder) -> None:
    await work.run(f"{PLOT}fig")
    assert len(work.of(events.Pictured)) == 1
    assert not work.of(events.Displayed)
    await work.run("plt.title('more'); fig.show()")
    assert work.of(events.Pictured)[1].axes[0].title == "more"


async def test_a_figure_that_was_not_shown_is_when_its_cell_ends(work: Recorder) -> None:
    await work.run(f"{PLOT}lines = 1")
    assert [picture.axes[0].title for picture in work.of(events.Pictured)] == ["Loss"]
    await work.run("2 + 2")
    assert len(work.of(events.Pictured)) == 1
    await work.run("ax.set_title('Loss, later');")
    assert [picture.axes[0].title for picture in work.of(events.Pictured)] == ["Loss", "Loss, later"]
    await work.run("plt.close('all'); empty = plt.figure()")
    assert len(work.of(events.Pictured)) == 2


async def test_a_huge_figure_is_bounded(work: Recorder) -> None:
    await work.run(
        "import matplotlib.pyplot as plt, numpy as np\n"
        "plt.figure(figsize=(100, 80)); plt.imshow(np.random.rand(2000, 2000)); plt.show()"
    )
    (picture,) = work.of(events.Pictured)
    assert len(picture.png) <= 2_000_000
    assert max(picture.width, picture.height) <= 2_000


async def test_many_figures_are_not_all_sent(work: Recorder) -> None:
    cell = await work.run(
        "import matplotlib.pyplot as plt\nfor i in range(30):\n    plt.figure(figsize=(1, 1)); plt.show()"
    )
    assert cell.status == "ok"
    assert len(work.of(events.Pictured)) == 20
    assert "more of this run are not" in work.output


async def test_what_cannot_be_drawn_is_the_learners_error(work: Recorder) -> None:
    cell = await work.run("import matplotlib.pyplot as plt\nplt.title('$\\\\bad{x}$')\nplt.show()")
    assert cell.status == "error"
    await work.run("print(plt.get_fignums())")
    assert "[]" in work.output


async def test_a_script_that_learner_code_starts_draws_into_nothing(work: Recorder) -> None:
    cell = await work.run(
        "import os, sys\nimport matplotlib.pyplot as plt\n"
        "if (pid := os.fork()) == 0:\n"
        "    plt.plot([1]); plt.show(); os._exit(0)\n"
        "os.waitpid(pid, 0)\nprint('on')"
    )
    assert cell.status == "ok"
    assert not work.of(events.Pictured)
    assert await work.value("1 + 1") == "2"


async def test_silent_code_shows_nothing(work: Recorder) -> None:
    cell = work.session.run(f"{PLOT}plt.show()", silent=True)
    await work.until(cell.done.is_set)
    assert cell.status == "ok"
    assert not work.of(events.Pictured)
