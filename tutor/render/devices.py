"""Where tensors can live: one line for the device bar, and a report for ``tutor doctor``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.render.lines import Line, Piece, clean, fit, to_text, wrap
from tutor.render.numbers import nbytes
from tutor.texts import _, plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style
    from rich.text import Text

    from tutor.protocol.devices import Backend, DeviceSnapshot
    from tutor.render.look import Look

__all__ = ["device_line", "device_report"]

_KINDS = {"cuda": "CUDA", "rocm": "ROCm", "mps": "MPS", "xpu": "XPU"}
_GAP = "  "
_LABEL = 9


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of the device line; the one with the largest ``weight`` is dropped first."""

    weight: int
    pieces: list[Piece]

    @property
    def cells(self) -> int:
        return Line().extend(self.pieces).cells


def device_line(devices: DeviceSnapshot | None, look: Look) -> Text:
    """``torch 2.13.0  cpu · 1 thread  CUDA –  MPS –  XPU –``, as much of it as fits.

    Kept longest: torch's version, then usable accelerators with their memory, the default device when it is
    not the CPU, the CPU threads, last what is absent (``–`` not in this build, ``✗`` built in but not usable).
    """
    parts = _parts(devices, look)
    while len(parts) > 1 and sum(p.cells for p in parts) + len(_GAP) * (len(parts) - 1) > look.width:
        parts.remove(max(parts, key=lambda part: part.weight))
    line = Line()
    for part in parts:
        line.add(_GAP if line.cells else "").extend(part.pieces)
    return to_text([line], look)


def _parts(devices: DeviceSnapshot | None, look: Look) -> list[_Part]:
    ink, glyphs = look.palette, look.glyphs
    if devices is None:
        return [_Part(0, [(_("devices not known yet"), ink.dim)])]
    if devices.torch is None:
        return [_Part(0, [(_("torch is not installed"), ink.bad)])]
    threads = plural("{n} thread", "{n} threads", devices.threads).format(n=devices.threads)
    parts = [
        _Part(0, [("torch ", ink.dim), (fit(clean(devices.torch, look), 18, look), ink.name)]),
        _Part(20, [("cpu", ink.accent), (f" {glyphs.dot} {threads}", ink.dim)]),
    ]
    if devices.default != "cpu":
        parts.append(_Part(5, [(_("default "), ink.dim), (clean(devices.default, look), ink.accent)]))
    for order, backend in enumerate(_shown(devices.backends)):
        kind = _kind(backend, look)
        if backend.usable:
            parts.append(_Part(10 + order, [(f"{kind} {glyphs.yes}", ink.good), *_memory(backend, look)]))
            name = fit(clean(backend.name, look), 20, look)
            parts.append(_Part(15 + order, [(name, ink.dim)]) if name else parts.pop())
        elif backend.present:
            parts.append(_Part(30 + order, [(f"{kind} {glyphs.no}", ink.warn)]))
        else:
            parts.append(_Part(40 + order, [(f"{kind} {glyphs.dash}", ink.dim)]))
    return parts


def _shown(backends: Sequence[Backend]) -> list[Backend]:
    """All but ROCm where CUDA stands beside it and this build has no ROCm: the two exclude each other."""
    has_cuda = any(b.kind == "cuda" for b in backends)
    return [b for b in backends if b.present or b.kind != "rocm" or not has_cuda]


def _kind(backend: Backend, look: Look) -> str:
    return _KINDS.get(backend.kind, clean(backend.kind, look))


def _memory(backend: Backend, look: Look) -> list[Piece]:
    """`` 1.2/139 GiB``; nothing where the backend does not tell."""
    if backend.memory_total is None:
        return []
    total = nbytes(backend.memory_total)
    if backend.memory_used is None:
        return [(f" {total}", look.palette.dim)]
    used = nbytes(backend.memory_used)
    unit = total.rpartition(" ")[2]
    used = used.removesuffix(f" {unit}")
    return [(f" {used}/{total}", look.palette.dim)]


def device_report(devices: DeviceSnapshot | None, look: Look) -> Text:
    """Several lines, one a device, with the reason where one cannot be used."""
    ink, glyphs = look.palette, look.glyphs
    if devices is None:
        return to_text([Line("devices not known yet", ink.dim)], look)
    lines: list[Line] = []
    if devices.torch is None:
        lines += _entry("torch", f"{glyphs.no} not installed", ink.bad, look)
    else:
        lines += _entry("torch", clean(devices.torch, look), ink.name, look)
        lines += _entry("default", clean(devices.default, look), ink.accent, look)
    cores = f"{devices.cpus} core{'' if devices.cpus == 1 else 's'}"
    threads = f"{devices.threads} thread{'' if devices.threads == 1 else 's'}"
    lines += _entry("cpu", f"{glyphs.yes} {cores}, {threads} inside one operation", ink.good, look)
    for backend in devices.backends:
        kind = _kind(backend, look)
        if backend.usable:
            memory = "".join(text for text, _ in _memory(backend, look))
            text = f"{glyphs.yes} {clean(backend.name, look)}{f', memory used{memory}' if memory else ''}"
            lines += _entry(kind, text, ink.good, look)
        else:
            reason = clean(backend.reason, look)
            if backend.present:
                text = f"{glyphs.no} not usable{f': {reason}' if reason else ''}"
            else:
                text = f"{glyphs.dash} {reason or 'not in this build of torch'}"
            lines += _entry(kind, text, ink.warn if backend.present else ink.dim, look)
    if devices.accelerator:
        lines += _entry("use", f'device="{clean(devices.accelerator, look)}"', ink.accent, look)
    return to_text(lines, look)


def _entry(label: str, text: str, style: Style, look: Look) -> list[Line]:
    first, *rest = wrap(text, max(1, look.width - _LABEL))
    lines = [Line(fit(label, _LABEL - 1, look), look.palette.heading).pad(_LABEL).add(first, style)]
    return lines + [Line(" " * _LABEL).add(part, style) for part in rest]
