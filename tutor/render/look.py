"""How a picture is to look: its size, and what the terminal can show."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.render.palette import COLOUR, PLAIN, Palette


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The characters pictures are made of; every one is one cell wide."""

    shades: str
    """From nothing to full, five steps."""
    bars: str
    """Column heights in eighths, lowest first."""
    half: tuple[str, str, str]
    """Upper half, lower half, both."""
    eighths: str
    """Bar ends: one to eight eighths of a cell."""
    box: tuple[str, ...]
    """Horizontal, vertical, corners (top left, top right, bottom left, bottom right), crossings (top, bottom)."""
    tee: tuple[str, str]
    """Tree: a branch, the last branch."""
    node: str
    leaf: str
    again: str
    yes: str
    no: str
    pending: str
    dash: str
    dot: str
    ellipsis: str
    down: str
    up: str
    right: str
    nabla: str
    partial: str
    norm: str
    times: str
    pointer: str
    arrow: str


UNICODE = Glyphs(
    shades="·░▒▓█",
    bars="▁▂▃▄▅▆▇█",
    half=("▀", "▄", "█"),
    eighths="▏▎▍▌▋▊▉█",
    box=("─", "│", "┌", "┐", "└", "┘", "┬", "┴"),
    tee=("├", "└"),
    node="●",
    leaf="◆",
    again="↺",
    yes="✓",
    no="✗",
    pending="·",
    dash="–",
    dot="·",
    ellipsis="…",
    down="↓",
    up="↑",
    right="→",
    nabla="∇",
    partial="∂",
    norm="‖",
    times="×",
    pointer="▸",
    arrow="→",
)

ASCII = Glyphs(
    shades=".:+#@",
    bars="__..--##",
    half=("'", ".", "#"),
    eighths="-------=",
    box=("-", "|", "+", "+", "+", "+", "+", "+"),
    tee=("+", "`"),
    node="o",
    leaf="*",
    again="^",
    yes="v",
    no="x",
    pending=".",
    dash="-",
    dot="-",
    ellipsis="~",
    down="v",
    up="^",
    right=">",
    nabla="fn:",
    partial="d",
    norm="|",
    times="x",
    pointer=">",
    arrow="->",
)


@dataclass(frozen=True, slots=True)
class Look:
    """Cells there are for a picture, and whether the terminal shows colours and Unicode.

    ``height`` None means as many lines as the picture likes (it is still bounded).
    """

    width: int
    height: int | None = None
    colour: bool = True
    unicode: bool = True

    @property
    def palette(self) -> Palette:
        return COLOUR if self.colour else PLAIN

    @property
    def glyphs(self) -> Glyphs:
        return UNICODE if self.unicode else ASCII
