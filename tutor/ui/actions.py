"""Every action of the program, once: what it is called, which keys do it, what help says of it.

Footer, help screen, command palette and the README's table of keys are all made from this registry, so
there is no key that is not documented. A function key has a twin that needs none: ``Esc`` and a letter,
or the letter alone in the panes and the transcript.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from textual.binding import Binding, BindingType

from tutor.texts import _


@dataclass(frozen=True, slots=True)
class Action:
    name: str
    """Textual action: ``next_step`` calls ``action_next_step`` of the screen."""
    title: str
    """Two words at most: it stands in the footer."""
    key: str
    """A function key or control combination; empty when only the letter does it."""
    letter: str
    """Pressed after Esc, or alone outside text fields; empty when there is none."""
    help: str
    footer: bool = False


HELP = Action("show_help", "Help", "f1", "?", "Show the keys and how things work.", footer=True)
HOME = Action(
    "go_home",
    "Home",
    "f2",
    "m",
    "Back to the list of lessons. Your place and your variables are kept until you open another.",
)
OVERVIEW = Action("overview", "Steps", "f3", "o", "List the steps of this lesson and jump to one.")
HINT = Action("hint", "Hint", "f4", "h", "Show the next hint; each says a little more than the last.", footer=True)
RUN_SHOWN = Action(
    "run_shown",
    "Run code",
    "f5",
    "r",
    "Run the code shown in the lesson; in an exercise, put the starter in the prompt.",
    footer=True,
)
NEXT_PANE = Action("next_pane", "Pane", "f6", "w", "Move to the next pane.", footer=True)
BACK = Action("back", "Back", "f7", "p", "Go back one step.")
NEXT = Action(
    "next_step", "Next", "f8", "n", "Check an exercise; once it is done, go to the next step.", footer=True
)
ZOOM = Action("zoom", "Zoom", "f9", "z", "Let the current pane fill the screen, and back.")
PALETTE = Action("command_palette", "Palette", "f10", ":", "Find any action by typing its name.")
SOLUTION = Action(
    "solution", "Solution", "", "s", "Show the solution, run it and mark the step as shown. Asks first."
)
SKIP = Action(
    "skip",
    "Skip",
    "",
    "J",
    "Go on without an answer: the step counts as shown, and later steps work all the same.",
)
RESET = Action("reset", "Reset", "", "Z", "Begin this step anew, or the whole lesson. Asks first.")
WHY = Action(
    "why_refused",
    "Why",
    "",
    "W",
    "Why an answer was refused: every rule, expected and got. In it r writes a report.",
)
BOOKMARK = Action("bookmark", "Bookmark", "", "B", "Set a bookmark on this step, or take it away; F3 shows them.")
SEARCH = Action(
    "search_lessons", "Search", "", "/", "Search all lessons; before anything is typed, your bookmarks."
)
GLOSSARY = Action(
    "show_glossary",
    "Glossary",
    "",
    "V",
    "What the word under the cursor means; with an empty prompt, the terms of this step and all others.",
)
ANSWER_FILE = Action(
    "answer_file",
    "Answer file",
    "",
    "O",
    "Write your answer in a file, with any editor: each save hands it in. Again: no longer.",
)
FREE_PLAY = Action(
    "free_play",
    "Free play",
    "",
    "L",
    "Try things in a copy of your variables, where nothing counts; again: back, with the names you choose.",
)
TENSORS = Action("show_tensors", "Tensors", "", "t", "Show the Tensors pane.")
GRADIENTS = Action("show_gradients", "Gradients", "", "g", "Show the Gradients pane.")
GRAPH = Action(
    "show_graph", "Graph", "", "G", "Show the Graph pane: the operations behind a tensor, as autograd has them."
)
TRAINING = Action("show_training", "Training", "", "T", "Show the Training pane: losses, layers, learning rates.")
PAUSE = Action(
    "pause_training",
    "Pause",
    "",
    "P",
    "Hold the training loop that runs at the end of its step, and let it go on. In the Training pane Space.",
)
STEP = Action(
    "step_training",
    "One step",
    "",
    "N",
    "Let the training loop do one step and hold. In the Training pane .",
)
RAISE_RATE = Action(
    "raise_rate",
    "Rate ×2",
    "",
    "U",
    "Double every learning rate of the training loop that runs. In the Training pane +.",
)
LOWER_RATE = Action(
    "lower_rate",
    "Rate ÷2",
    "",
    "H",
    "Halve every learning rate of the training loop that runs. In the Training pane -.",
)
END_TRAINING = Action(
    "end_training",
    "End loop",
    "",
    "X",
    "End the training loop after its step, without an error; variables stay. In the Training pane x.",
)
RUNS = Action("kept_runs", "Runs", "", "R", "Compare the training runs of this session: table, losses, files.")
FLOW = Action("show_flow", "Flow", "", "F", "Show the Flow pane: the operations of the last run, step by step.")
MODEL = Action("show_model", "Model", "", "K", "Show the Model pane: layers, sizes and shapes.")
WATCH = Action("show_watch", "Watch", "", "j", "Show the Watch pane: expressions evaluated after each run.")
ALIGN = Action("show_align", "Align", "", "A", "Show the Align pane: how the shapes of what you type meet.")
MEMORY = Action("show_memory", "Memory", "", "D", "Show the Memory pane: the storage under a tensor.")
COMPARE = Action("compare", "Compare", "", "C", "Compare two tensors: what differs, by how much and where.")
EARLIER = Action(
    "earlier", "Earlier", "", ",", "Show every pane as it was after the run before. In a pane also <."
)
LATER = Action("later", "Later", "", ".", "Go forward again, towards now. In a pane also >.")
SAVE = Action(
    "save_drawing",
    "Save",
    "",
    "S",
    "Write the drawing of the pane in front as SVG and as text, into the folder you started in.",
)
PLAYGROUND = Action(
    "open_playground", "Playground", "", "Y", "A small network that learns before your eyes; your variables stay."
)
EXPLAIN = Action("explain", "Explain", "", "e", "More about the last error, and the lesson that teaches it.")
NOTICES = Action("show_notices", "Noticed", "", "y", "Read more about what was noticed, or silence it.")
RESTART = Action("restart", "Restart", "", "x", "A fresh Python process: every variable is gone. Asks first.")
REPLAY = Action(
    "replay",
    "Run again",
    "",
    "a",
    "After a restart or a crash: run your earlier cells again, those that ended well.",
)
LARGE_EDITOR = Action(
    "large_editor",
    "Editor",
    "f12",
    "E",
    "Give what you type the whole screen: Enter adds a line, F5 or Ctrl+Enter runs it, Esc goes back.",
)
EXTERNAL_EDITOR = Action(
    "external_editor",
    "$EDITOR",
    "",
    "v",
    "Edit what you type in your $VISUAL or $EDITOR; at an empty prompt, the answer to an exercise.",
)
CELLS = Action(
    "choose_cell", "Cells", "", "k", "Choose an earlier cell in the transcript: edit it, run it again, copy it."
)
CLEAR = Action("clear_transcript", "Clear", "", "l", "Clear the transcript; variables stay.")
UNFOLD = Action("unfold", "Unfold", "", "u", "Show folded output whole, on its own screen, with search.")
PICTURE = Action(
    "show_picture", "Figure", "", "i", "Show the last figure large, in pixels where the terminal can."
)
INTERRUPT = Action("interrupt", "Stop", "ctrl+c", "c", "Stop the running code; variables stay. Never quits.")
QUIT = Action("quit_tutor", "Quit", "ctrl+q", "q", "Leave the tutor. Your place is kept.")

_WORK_ACTIONS = (
    *(ZOOM, PALETTE, TENSORS, FLOW, ALIGN, MEMORY, GRAPH, GRADIENTS, TRAINING, MODEL, WATCH, COMPARE),
    *(EARLIER, LATER, SAVE),
    *(PAUSE, STEP, RAISE_RATE, LOWER_RATE, END_TRAINING, RUNS),
    PLAYGROUND,
    *(LARGE_EDITOR, EXTERNAL_EDITOR, CELLS, UNFOLD, PICTURE),
    *(EXPLAIN, NOTICES, RESTART, REPLAY, CLEAR, INTERRUPT, QUIT),
)
LESSON_ACTIONS = (
    HELP,
    HOME,
    OVERVIEW,
    HINT,
    RUN_SHOWN,
    NEXT_PANE,
    BACK,
    NEXT,
    WHY,
    SOLUTION,
    SKIP,
    RESET,
    BOOKMARK,
    SEARCH,
    GLOSSARY,
    ANSWER_FILE,
    FREE_PLAY,
    *_WORK_ACTIONS,
)
_IN_REPL = ("zoom", "large_editor", "quit_tutor")
"""Named in the footer of the free prompt too, where no lesson's keys need the room."""
REPL_ACTIONS = tuple(
    replace(action, footer=True) if action.name in _IN_REPL else action
    for action in (HELP, HOME, NEXT_PANE, SEARCH, GLOSSARY, *_WORK_ACTIONS)
)
GIVE_UP = Action(
    "give_up",
    "Don't know",
    "f3",
    "s",
    "Show the answer. The question comes again, today and tomorrow.",
    footer=True,
)
GO_ON = Action(
    "next_step", "Next", "f8", "n", "Check an exercise; once it is answered, go to the next question.", footer=True
)
REVIEW_ACTIONS = (
    *(HELP, HOME, GIVE_UP, HINT, RUN_SHOWN, NEXT_PANE, GO_ON, GLOSSARY),
    *(action for action in _WORK_ACTIONS if action not in (RESTART, REPLAY)),
)
HOME_ACTIONS = (HELP, PALETTE, SEARCH, PLAYGROUND, QUIT)


def bindings(actions: Iterable[Action]) -> list[BindingType]:
    """Textual bindings of the actions that have a key of their own; they come before those of an editor."""
    return [
        # An editor has its own mind about Ctrl+C (copy, clear the line), so it is asked first.
        Binding(
            action.key,
            action.name,
            action.title,
            show=action.footer,
            tooltip=action.help,
            priority=action is not INTERRUPT,
        )
        for action in actions
        if action.key
    ]


def by_letter(actions: Iterable[Action], letter: str) -> Action | None:
    """The action that ``letter`` stands for."""
    return next((action for action in actions if action.letter == letter and letter), None)


def key_text(action: Action) -> str:
    """How a person is told the keys: ``F8 or Esc n``."""
    key = action.key.upper().replace("CTRL+", "Ctrl+") if action.key else ""
    twin = f"Esc {action.letter}" if action.letter else ""
    return _(" or ").join(part for part in (key, twin) if part)
