"""Keys and how things work, from the registries of actions and of editor keys."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from tutor.texts import _, mark
from tutor.ui.actions import Action, key_text
from tutor.ui.editor_keys import CELL_KEYS, LARGE_KEYS, PROMPT_KEYS
from tutor.ui.panes.tensor_keys import TENSOR_KEYS

_PANES = mark("""\
Tensors    every tensor your code can reach, and a drawing of the chosen one. ● marks what the last run changed.
           Up and Down choose; Enter or Tab goes into the drawing, whose keys are above.
Gradients  the graph that backward() walked, the gradient at each node, and .grad of every leaf.
Bottom     what Python is doing, the torch version, CPU threads, accelerators, and the memory Python uses.
""")


class HelpScreen(ModalScreen[None]):
    """Closed by Esc, F1 or q."""

    BINDINGS = [("escape,f1,q,question_mark", "dismiss", "Close")]
    CSS_PATH = "../styles/help.tcss"

    def __init__(self, actions: tuple[Action, ...]) -> None:
        super().__init__()
        self._actions = actions

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="help") as scroll:
            scroll.border_title = _("Help")
            scroll.border_subtitle = _("Esc closes")
            yield Static(Text(_("Keys"), style="bold"))
            yield Static(key_table([(key_text(action), action.help) for action in self._actions]))
            alone = _("In panes and transcript letters work alone; what is typed in a lesson goes to the prompt.")
            yield Static(Text(f"\n{alone}\n", style="dim"))
            yield Static(Text(_("At the prompt"), style="bold"))
            yield Static(key_table([(key.shown, key.help) for key in PROMPT_KEYS]))
            yield Static(Text("\n" + _("In the whole-screen editor"), style="bold"))
            yield Static(key_table([(key.shown, key.help) for key in LARGE_KEYS]))
            yield Static(Text("\n" + _("Earlier cells, in the transcript"), style="bold"))
            yield Static(key_table([(key.shown, key.help) for key in CELL_KEYS]))
            yield Static(Text("\n" + _("In the drawing of a tensor"), style="bold"))
            yield Static(key_table([(key.shown, key.help) for key in TENSOR_KEYS]))
            yield Static(Text("\n" + _("Panes"), style="bold"))
            yield Static(_(_PANES), markup=False)


def key_table(rows: list[tuple[str, str]]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, style="bold cyan")
    table.add_column()
    for keys, text in rows:
        table.add_row(Text(_(keys)), Text(_(text)))
    return table
