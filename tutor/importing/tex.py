"""TeX of a formula as one would write it in a mail: signs where there are signs, brackets where there are none."""

from __future__ import annotations

import re
import unicodedata

_SIGNS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε", "zeta": "ζ",
    "eta": "η", "theta": "θ", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π",
    "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ", "varphi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω",
    "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Pi": "Π", "Sigma": "Σ", "Phi": "Φ",
    "Psi": "Ψ", "Omega": "Ω", "sum": "Σ", "prod": "Π", "int": "∫", "partial": "∂", "nabla": "∇",
    "infty": "∞", "cdot": "·", "times": "×", "odot": "⊙", "otimes": "⊗", "oplus": "⊕", "circ": "∘",
    "pm": "±", "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠", "neq": "≠", "approx": "≈",
    "sim": "~", "equiv": "≡", "propto": "∝", "in": "∈", "notin": "∉", "subset": "⊂", "cup": "∪",
    "cap": "∩", "forall": "∀", "exists": "∃", "to": "→", "rightarrow": "→", "leftarrow": "←",
    "Rightarrow": "⇒", "mapsto": "↦", "ldots": "…", "cdots": "…", "dots": "…", "vdots": "…", "quad": " ",
    "qquad": "  ", "mid": "|", "lVert": "‖", "rVert": "‖", "Vert": "‖", "vert": "|", "langle": "⟨",
    "rangle": "⟩", "ell": "ℓ", "top": "ᵀ", "sqrt": "√", "exp": "exp", "log": "log",
}  # fmt: skip
_UPPER = str.maketrans("0123456789+-=()nTi", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿᵀⁱ")
_LOWER = str.maketrans("0123456789+-=()ijkntm", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ᵢⱼₖₙₜₘ")

_FONT = re.compile(
    r"\\(?:mathbf|mathrm|mathbb|mathcal|mathit|mathsf|boldsymbol|text|textbf|textit|bm|operatorname)\*?\s*"
    r"\{([^{}]*)\}"
)
_ACCENT = re.compile(r"\\(wide)?(hat|bar|tilde|dot|vec)\s*(?:\{([^{}]*)\}|([A-Za-z]))")
_ACCENTS = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303", "dot": "\u0307", "vec": "\u20d7"}
_FRACTION = re.compile(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_SPACING = re.compile(
    r"\\(?:left|right|big|Big|bigg|Bigg|displaystyle|limits|nonumber|label\{[^{}]*\})(?![a-zA-Z])|\\[,;:! ]|&"
)
_COMMAND = re.compile(r"\\([a-zA-Z]+)")
_SCRIPT = re.compile(r"([_^])(?:\{([^{}]*)\}|(\w))")


def readable_tex(tex: str) -> str:
    """One formula as text; what is not known stays as it was written."""
    text = _COMMAND.sub(lambda found: _SIGNS.get(found[1], found[0]), _SPACING.sub(" ", tex))
    for _ in range(4):
        text = _FONT.sub(r"\1", text)
        text = _ACCENT.sub(_accented, text)
        text = _FRACTION.sub(lambda found: f"{_grouped(found[1])}/{_grouped(found[2])}", text)
    text = _SCRIPT.sub(_script, text)
    return text.replace(r"\{", "{").replace(r"\}", "}").replace(r"\|", "‖").replace(r"\_", "_")


def _grouped(text: str) -> str:
    text = text.strip()
    return (
        text if len(text) < 2 or text.isalnum() or (text.startswith("\\") and text[1:].isalpha()) else f"({text})"
    )


def _accented(found: re.Match[str]) -> str:
    body = (found[3] if found[3] is not None else found[4]).strip()
    if len(body) != 1:
        return f"{found[2]}({body})"
    return unicodedata.normalize("NFC", body + _ACCENTS[found[2]])


def _script(found: re.Match[str]) -> str:
    body = (found[2] if found[2] is not None else found[3]).strip()
    table = _UPPER if found[1] == "^" else _LOWER
    small = body.translate(table)
    if body and all(before != after for before, after in zip(body, small, strict=True)):
        return small
    return f"{found[1]}{body}" if len(body) < 2 or body.isalnum() else f"{found[1]}{{{body}}}"
