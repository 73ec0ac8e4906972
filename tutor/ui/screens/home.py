"""The first screen: tracks, lessons, how far the learner is, and where to go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, VerticalScroll
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tutor.texts import _, mark, plural
from tutor.ui import actions
from tutor.ui.screens.home_map import CourseMap
from tutor.ui.screens.home_rows import BrokenLessons, about_pack, sections
from tutor.ui.widgets.key_line import KeyLine

if TYPE_CHECKING:
    from tutor.lesson.catalogue import Catalogue
    from tutor.lesson.entry import Entry
    from tutor.progress import Bookmark, Progress
    from tutor.session.review_items import Outlook
    from tutor.ui.app import TutorApp

_REPL = "repl"
_PLAY, _DESCENT, _REVIEW = "play", "descent", "review"
_ABOUT_REVIEW = mark("""\
What you met in lessons and are about to forget is asked again: predictions, choices, short exercises, and \
the questions of lessons you finished. Those you missed come sooner.

`tutor review` opens it directly.""")
_FREE = mark("""\
Python and torch, with nothing to do but what you like. The panes draw every tensor, every gradient \
and the device, exactly as in a lesson.

`tutor repl` opens it directly.""")
_PLAYGROUND = mark("""\
A small network learns before your eyes: the boundary, what each neuron answers, every weight and both losses \
are drawn while it trains. Data, layers, activation, optimiser, learning rate and the rest are a key each, and \
one key takes what you see to the prompt as code.

`tutor play` opens it directly.""")
_DOWNHILL = mark("""\
A curve, a point on it, its tangent, and the steps of gradient descent one by one: what the learning rate and \
momentum do. Choose a function or type your own.

`tutor play descent` opens it directly.""")
_ABOUT = {
    _REPL: (mark("The free prompt"), _FREE),
    _PLAY: (mark("The playground"), _PLAYGROUND),
    _DESCENT: (mark("Descent"), _DOWNHILL),
    _REVIEW: (mark("Review"), _ABOUT_REVIEW),
}


class HomeScreen(Screen[None]):
    """Enter opens what is chosen; the lesson to go on with is chosen already."""

    ACTIONS = actions.HOME_ACTIONS
    BINDINGS = [
        *actions.bindings(ACTIONS),
        Binding("enter", "open", "Open", priority=True),
        Binding("r", "free_prompt", "Free prompt"),
        Binding("e", "review", "Review", show=False),
        Binding("p", "open_playground", "Playground"),
        Binding("q", "quit_tutor", "Quit"),
        Binding("slash", "search_lessons", "Search"),
        Binding("j", "move(1)", "Down", show=False),
        Binding("k", "move(-1)", "Up", show=False),
        Binding("question_mark", "show_help", "Help", show=False),
    ]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-medium")]

    def __init__(self) -> None:
        super().__init__()
        self._lessons: dict[str, Entry] = {}
        self._catalogue: Catalogue | None = None
        self._broken = BrokenLessons([])
        self._map: CourseMap | None = None
        self._bookmarks: list[Bookmark] = []

    def compose(self) -> ComposeResult:
        yield Static(id="title", markup=False)
        with Horizontal(id="home"):
            yield OptionList(
                Option(Text(_("loading lessons …"), style="dim"), disabled=True), id="lessons", markup=False
            )
            with VerticalScroll(id="about", can_focus=False):
                yield Static(id="about-text", markup=False)
        yield KeyLine()

    def on_mount(self) -> None:
        self._show_title("")

    def _show_title(self, course: str) -> None:
        title = Text.assemble((" tutor", "bold"), ("   " + _("learn PyTorch where you type it"), "dim"))
        self.query_one("#title", Static).update(title.append(f"   {course}", style="dim") if course else title)

    @property
    def tutor(self) -> TutorApp:
        return self.app  # type: ignore[return-value]

    def on_screen_resume(self) -> None:
        self.tutor.refresh_home()

    def fill(self, catalogue: Catalogue, progress: Progress, review: Outlook) -> None:
        """Show the lessons, with what has been done of each."""
        self._catalogue = catalogue
        self._lessons = {entry.id: entry for entry in catalogue.entries}
        self._bookmarks = progress.bookmarks()
        self._map = course = CourseMap(catalogue, progress.summary())
        chosen = course.next_lesson(progress.last_lesson())
        self._show_title(course.whole())
        options = self.query_one("#lessons", OptionList)
        options.clear_options()
        if review.due:
            due = len(review.due)
            options.add_option(Option(Text("\n " + _("Review"), style="bold"), disabled=True))
            row = Text.assemble(
                (" ↻ ", "bold yellow"), plural("{n} question due", "{n} questions due", due).format(n=due)
            )
            options.add_option(Option(row.append("   (e)"), id=_REVIEW))
        rows: list[Option] = []
        for (pack, track), entries in sections(catalogue).items():
            rows.append(Option(course.heading(pack, track, entries), disabled=True))
            rows += [Option(course.row(entry, continued=entry.id == chosen), id=entry.id) for entry in entries]
        # All at once: the list measures itself each time.
        options.add_options(rows)
        options.add_option(Option(Text("\n " + _("Free"), style="bold"), disabled=True))
        options.add_option(Option(Text("   " + _("The prompt alone, with every pane") + "   (r)"), id=_REPL))
        options.add_option(Option(Text("   " + _("The playground: watch a network learn") + "   (p)"), id=_PLAY))
        options.add_option(Option(Text("   " + _("Descent: downhill on a curve, step by step")), id=_DESCENT))
        self._show_broken(BrokenLessons(catalogue.problems))
        options.highlighted = options.get_option_index(chosen or _REPL)
        options.focus()

    def tell(self, catalogue: Catalogue) -> None:
        """Say how many lessons have been read, where that takes its time."""
        read, options = len(catalogue.entries), self.query_one("#lessons", OptionList)
        if not self._lessons and options.option_count == 1:
            text = _("reading {total} lessons for the first time … {n}")
            text = text.format(total=f"{catalogue.total:,}", n=f"{read:,}")
            options.replace_option_prompt_at_index(0, Text(text, style="dim"))

    def _show_broken(self, broken: BrokenLessons) -> None:
        """Lessons that cannot be used stand last, each with all that is wrong with it beside the list."""
        self._broken = broken
        if not broken:
            return
        options = self.query_one("#lessons", OptionList)
        options.add_option(Option(Text("\n " + _("Cannot be used"), style="bold red"), disabled=True))
        options.add_options(Option(row, id=name) for name, row in broken.rows())
        if broken.left_out:
            more = "   " + _("and {n} more: `tutor list` tells of all").format(n=f"{broken.left_out:,}")
            options.add_option(Option(Text(more, style="red"), disabled=True))

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        self.query_one("#about-text", Static).update(self._about(event.option_id))

    def _about(self, name: str | None) -> Text:
        from tutor.render.prose import prose

        lesson = self._lessons.get(name or "")
        if wrong := self._broken.about(name or ""):
            return wrong
        if lesson is None or self._map is None or self._catalogue is None:
            title, words = _ABOUT[name if name in _ABOUT else _REPL]
            return Text.assemble((f"{_(title)}\n\n", "bold"), _(words))
        text = Text.assemble((f"{lesson.title}\n", "bold"))
        text.append(self._map.size(lesson) + "\n", style="dim")
        if before := self._map.builds_on(lesson):
            # Before what it teaches: where rows are few, what stands last is not seen.
            text.append_text(before).append("\n")
        if lesson.pack:
            text.append_text(about_pack(self._catalogue.packs[lesson.pack]))
        text.append("\n" + _("You will be able to") + "\n", style="bold")
        for objective in lesson.objectives:
            text.append("• ", style="green").append_text(prose(objective)).append("\n")
        marked = {mark.step for mark in self._bookmarks if mark.lesson == lesson.id}
        for number, step in enumerate(lesson.steps, 1):
            if step.id in marked:
                text.append(f"\n★ {number}  {step.title or step.id.replace('-', ' ')}", style="yellow")
        if marked:
            text.append("\n")
        return text.append_text(self._map.leads_to(lesson))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        if event.option_id == _REPL:
            self.tutor.open_repl()
        elif event.option_id == _REVIEW:
            self.tutor.open_review()
        elif event.option_id == _PLAY:
            self.tutor.open_play()
        elif event.option_id == _DESCENT:
            self.tutor.open_play("descent")
        elif event.option_id in self._lessons:
            self.tutor.open_listed(event.option_id)

    def action_open(self) -> None:
        self.query_one("#lessons", OptionList).action_select()

    def action_free_prompt(self) -> None:
        self.tutor.open_repl()

    def action_review(self) -> None:
        self.tutor.open_review()

    def action_search_lessons(self) -> None:
        self.tutor.search_lessons()

    def action_open_playground(self) -> None:
        self.tutor.open_play()

    def action_move(self, step: int) -> None:
        options = self.query_one("#lessons", OptionList)
        if step > 0:
            options.action_cursor_down()
        else:
            options.action_cursor_up()

    def action_show_help(self) -> None:
        from tutor.ui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen(actions.LESSON_ACTIONS))

    def action_quit_tutor(self) -> None:
        self.app.exit()
