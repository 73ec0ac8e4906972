"""The question that is asked before the first code of a pack runs."""

from __future__ import annotations

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tutor.lesson.places import Pack
from tutor.packs.trust import Content
from tutor.protocol.text import plain
from tutor.texts import _, mark, plural

_RIGHTS = mark("Its code runs with your rights")
_MEANS = mark(
    ": it can read, change and delete your files, start programs and use the network. "
    "Nobody has looked at it for you. Say yes only if you trust who made it."
)


class ConsentScreen(ModalScreen[bool]):
    """Dismissed with True when the code may run. No is chosen already; Enter by habit runs nothing."""

    BINDINGS = [
        ("escape,n,q", "dismiss(False)", "No"),
        ("y", "dismiss(True)", "Yes"),
        ("j", "move(1)", "Down"),
        ("k", "move(-1)", "Up"),
    ]
    CSS_PATH = ["../styles/help.tcss", "../styles/consent.tcss"]

    def __init__(self, pack: Pack, content: Content, lessons: int, *, changed: bool) -> None:
        super().__init__()
        self._pack = pack
        self._content = content
        self._lessons = lessons
        self._changed = changed

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="help", classes="-small", can_focus=False) as box:
            box.border_title = _("Lessons from outside")
            yield Static(self._question(), markup=False)
            yield OptionList(
                Option(Text.assemble(("n", "bold"), "  " + _("No, back to the list")), id="no"),
                Option(
                    Text.assemble(("y", "bold"), "  " + _("Yes, run it; ask again when the pack changes")),
                    id="yes",
                ),
                id="consent",
                markup=False,
            )

    def on_mount(self) -> None:
        choice = self.query_one(OptionList)
        choice.highlighted = 0
        choice.focus()

    def _question(self) -> Text:
        pack, content = self._pack, self._content
        many = plural("{n} lesson", "{n} lessons", self._lessons).format(n=f"{self._lessons:,}")
        files = plural("{n} file", "{n} files", content.files).format(n=f"{content.files:,}")
        before, _gap, after = _("Run the code of the pack {name}?").partition("{name}")
        text = Text.assemble(before, (pack.name, "bold"), f"{after}\n\n")
        if self._changed:
            text.append(_("It has changed since you said yes.") + "\n\n", style="bold yellow")
        for name, value in (
            (_("from"), plain(pack.origin)),
            (_("holds"), f"{many}; {files}, {_bytes(content.size)}"),
            ("SHA-256", f"{content.digest[:16]} …"),
        ):
            text.append(f"{name:<9}", style="dim").append(value).append("\n")
        return text.append("\n").append(_(_RIGHTS), style="bold").append(_(_MEANS))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_id == "yes")

    def action_move(self, step: int) -> None:
        choice = self.query_one(OptionList)
        if step > 0:
            choice.action_cursor_down()
        else:
            choice.action_cursor_up()


def _bytes(size: int) -> str:
    if size < 10_000:
        return _("{n} bytes").format(n=f"{size:,}")
    return f"{size / 1e3:,.0f} kB" if size < 1e6 else f"{size / 1e6:,.1f} MB"
