"""``torch.compile``."""

from __future__ import annotations

import re

from tutor.explain.evidence import Failure
from tutor.explain.model import TORCH, Say, rule
from tutor.explain.words import code

_COMPILE = ("torch/_dynamo/eval_frame.py", "torch/_dynamo/convert_frame.py", "torch/_inductor/cpp_builder.py")


@rule("P3", "Unsupported", r"Data-dependent|data.dependent|.", origins=(TORCH,))
def compile_graph_break(f: Failure, _match: re.Match[str]) -> Say | None:
    if not f.through(*_COMPILE):
        return None
    branch = re.search(r"data.dependent", f.message, re.IGNORECASE)
    user = re.search(r"from user code:\s+File [^\n]*line (\d+), in (\w+)\s+([^\n]+)", f.message)
    line = (
        f"{code(user[3].strip())} in `{user[2]}`" if user else f"something in {code(f.called or 'the function')}"
    )
    if branch:
        return Say(
            f"`fullgraph=True` wants one graph, but {line} decides by a number that is known only when it runs.",
            "A graph is recorded once for all inputs of a shape; it cannot follow an `if` on the numbers inside.",
            "Choose by element with `torch.where`, or with `torch.cond`; or drop `fullgraph=True`: it then "
            "runs in "
            "two graphs, slower and right.",
        )
    return Say(
        f"`fullgraph=True` wants one graph, but {line} cannot be recorded into one.",
        "`torch.compile` records tensor operations; some Python (printing, input, other libraries) ends a graph.",
        "Take that line out of the compiled function, or drop `fullgraph=True`.",
    )


@rule("P3", "InductorError BackendCompilerFailed InvalidCxxCompiler RuntimeError",
      r"InvalidCxxCompiler|No working C\+\+ compiler found", origins=(TORCH,))  # fmt: skip
def compile_no_compiler(f: Failure, _match: re.Match[str]) -> Say | None:
    return Say(
        f"{code(f.called or 'The function')} was to be compiled, and this machine has no working C++ compiler.",
        "On a CPU the default backend of `torch.compile` (Inductor) writes C++ and calls `g++`, `clang` or MSVC.",
        "Install a compiler (`g++`, or Apple's command line tools). To learn about graphs, "
        "`torch.compile(f, backend='aot_eager')` needs none.",
    )
