"""The line of keys under every screen."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.binding import Binding

from tutor.ui.widgets.key_line import KeyLine


class Keys(App[None]):
    BINDINGS = [
        Binding("f2", "count", "Count"),
        Binding("f3", "hidden", "Hidden", show=False),
        Binding("f4", "later", "Later"),
    ]
    counted = 0
    can_later = False

    def compose(self) -> ComposeResult:
        yield KeyLine()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self.can_later if action == "later" else True

    def action_count(self) -> None:
        self.counted += 1

    def action_later(self) -> None:
        """Nothing to do."""


def line(app: Keys) -> str:
    return str(app.query_one(KeyLine).render()).strip()


async def test_it_names_the_keys_that_are_shown_and_can_be_used() -> None:
    app = Keys()
    async with app.run_test() as pilot:
        await pilot.pause()
        assert line(app).startswith("f2 Count")
        assert "Hidden" not in line(app)
        assert "Later" not in line(app)
        app.can_later = True
        app.screen.refresh_bindings()
        await pilot.pause()
        assert "f4 Later" in line(app)


async def test_a_click_is_as_good_as_the_key() -> None:
    app = Keys()
    async with app.run_test() as pilot:
        await pilot.pause()
        await pilot.click(KeyLine, offset=(4, 0))
        await pilot.pause()
        assert app.counted == 1
        await pilot.click(KeyLine, offset=(70, 0))
        await pilot.pause()
        assert app.counted == 1
