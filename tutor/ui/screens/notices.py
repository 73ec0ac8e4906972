"""The last notices in full, and which rules are to stay quiet."""

from __future__ import annotations

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tutor.explain.notices import WORDS, ExplainedNotice
from tutor.explain.topics import TOPICS
from tutor.render.prose import prose
from tutor.session.notes import Notes
from tutor.texts import _, mark
from tutor.ui.notes import at_line

_HELP = mark("Up, Down choose; PgDn reads on. s: quiet in this sitting, g: quiet for good, a: tell me again.")


class NoticesScreen(ModalScreen[None]):
    """A list of notices and silenced rules, and below it the story of the chosen one."""

    BINDINGS = [
        ("s", "silence(False)", "Quiet in this sitting"),
        ("g", "silence(True)", "Quiet for good"),
        ("a", "hear_again", "Tell me again"),
        ("escape,q,i", "dismiss", "Close"),
        # The list has the focus and would take these for itself.
        Binding("pagedown,space", "read_on(1)", "Read on", priority=True),
        Binding("pageup", "read_on(-1)", "Back", priority=True),
    ]
    CSS_PATH = ["../styles/help.tcss", "../styles/notices.tcss"]

    def __init__(self, notes: Notes) -> None:
        super().__init__()
        self._notes = notes
        self._told: dict[str, ExplainedNotice] = {told.rule: told for told in notes.last}

    def compose(self) -> ComposeResult:
        with Vertical(id="help") as box:
            box.border_title = _("What was noticed")
            box.border_subtitle = _("Esc closes")
            yield OptionList(id="notices", markup=False)
            with VerticalScroll(id="notice-story", can_focus=False):
                yield Static(id="notice-text", markup=False)
            yield Static(_(_HELP), id="notice-keys", markup=False)

    def on_mount(self) -> None:
        self._fill(0)

    def _fill(self, highlighted: int | None) -> None:
        silenced = self._notes.silenced()
        options = self.query_one(OptionList)
        options.clear_options()
        for rule in [*self._told, *(rule for rule in silenced if rule not in self._told)]:
            options.add_option(Option(self._row(rule, silenced.get(rule)), id=rule))
        options.highlighted = highlighted if options.option_count else None
        options.focus()
        if not options.option_count:
            self.query_one("#notice-text", Static).update(
                _(
                    "Nothing has been noticed yet, and nothing is silenced. When code runs without an error and "
                    "still looks mistaken, one quiet line below its output says so."
                )
            )

    def _row(self, rule: str, for_good: bool | None) -> Text:
        told = self._told.get(rule)
        title = WORDS[rule].title
        text = Text("· " if for_good is None else "○ ", style="" if for_good is None else "dim")
        text.append(f"{at_line(told)}{title}" if told else title)
        if for_good is not None:
            said = _("quiet for good") if for_good else _("quiet in this sitting")
            text.append(f"   {said}", style="dim")
        return text

    @property
    def _chosen(self) -> str | None:
        options = self.query_one(OptionList)
        if options.highlighted is None:
            return None
        return options.get_option_at_index(options.highlighted).id

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        rule = event.option.id or ""
        self.query_one("#notice-text", Static).update(self._story(rule))
        self.query_one("#notice-story").scroll_home(animate=False)

    def _story(self, rule: str) -> Text:
        told = self._told.get(rule)
        words = WORDS[rule]
        text = Text()
        if told is not None:
            text.append_text(prose(told.short[:1].upper() + told.short[1:])).append("\n\n")
        text.append(_("Why it matters") + "\n", style="bold").append_text(prose(told.why if told else words.why))
        text.append("\n\n" + _("What to do") + "\n", style="bold").append_text(
            prose(told.fix if told else words.fix)
        )
        text.append("\n\n")
        for line in words.code.split("\n"):
            text.append(f"    {line}\n", style="cyan")
        taught = _("The lesson “{lesson}” teaches this.").format(lesson=TOPICS[words.topic].title)
        return text.append(f"\n{taught}", style="dim")

    def action_read_on(self, pages: int) -> None:
        story = self.query_one("#notice-story")
        story.scroll_relative(y=pages * max(1, story.size.height - 1), animate=False)

    def action_silence(self, for_good: bool) -> None:
        if self._chosen:
            self._notes.silence(self._chosen, for_good=for_good)
            self._fill(self.query_one(OptionList).highlighted)

    def action_hear_again(self) -> None:
        if self._chosen:
            self._notes.hear_again(self._chosen)
            options = self.query_one(OptionList)
            self._fill(min(options.highlighted or 0, max(options.option_count - 1, 0)))
