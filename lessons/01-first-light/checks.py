"""Runs the learner's program as `python hello_torch.py` would, and reads what it prints."""


def says_hello(mine, reference):
    import contextlib
    import io
    import re

    import torch

    if not isinstance(mine.program, str):
        return f"`program` is {type(mine.program).__name__}; the text of a program is wanted, in quotes."
    shown = io.StringIO()
    try:
        code = compile(mine.program, "hello_torch.py", "exec")
    except SyntaxError as error:
        return f"The program cannot be read: line {error.lineno}: {error.msg}."
    try:
        with contextlib.redirect_stdout(shown):
            exec(code, {"__name__": "__main__"})
    except (Exception, SystemExit) as error:
        return f"The program stops with {type(error).__name__}: {error}."
    lines = [line.strip() for line in shown.getvalue().splitlines() if line.strip()]
    if len(lines) != 2:
        return f"The program prints too {'few' if len(lines) < 2 else 'many'} lines: {len(lines)}. Two are wanted."
    if torch.__version__.split("+")[0] not in lines[0] or "<module" in lines[0]:
        return f"The first line is `{lines[0]}`; the version of torch is wanted."
    numbers = re.findall(r"-?\d+\.?\d*", lines[1].rpartition(":")[2])
    if [float(number) for number in numbers] != [5, 7, 9]:
        return f"The second line is `{lines[1]}`; the sum is 5, 7, 9."
    return True
