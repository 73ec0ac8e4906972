"""The proof as a whole: it goes on whatever happens, nothing leaks, mutants and their excuses, versions."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.proof.samples import HEAD, SOUND, line_of, proved, spoilt, steps, write
from tutor.proof import plan, trials
from tutor.proof.mutants import Mutant
from tutor.proof.prover import Prover

pytestmark = [pytest.mark.worker, pytest.mark.asyncio(loop_scope="session")]

PYTHON = spoilt("{kind: tensor, target: y}", "{kind: python, function: f, seconds: 0.3}")
SECOND = spoilt("y = torch.ones(1)", "y = torch.ones(4)").replace("id: ones", "id: second").replace("3", "4")


def given(monkeypatch: pytest.MonkeyPatch, *mutants: str, excused: tuple[str, ...] = ()) -> None:
    """Let the step have these mutants (their code is their name), and these ``equivalents``."""
    made = [Mutant(code, code, "it is different") for code in mutants]
    monkeypatch.setattr(plan, "mutants", lambda _lesson, _index: made)
    excuses = tuple(SimpleNamespace(mutant=name, reason="for a reason") for name in excused)
    monkeypatch.setattr(plan, "excuses", lambda _step: excuses)


@pytest.mark.parametrize(
    ("helpers", "said"),
    [
        ("def f(mine, reference): raise ValueError('oh')", "ValueError: oh"),
        ("def f(mine, reference):\n    while True: pass", "did not end within 0.3 s"),
        ("def f(mine, reference): return 7", "gave a int"),
        ("def f(mine, reference):\n    import os; os._exit(1)", "judging it ended Python: it exited with code 1"),
        (
            "import os\nos.kill(os.getpid(), 9)\ndef f(mine, reference): pass",
            "judging it ended Python: it was ended by SIGKILL",
        ),
    ],
)
async def test_a_check_that_fails_or_never_ends_is_told_and_the_proof_goes_on(
    prover: Prover, tmp_path: Path, helpers: str, said: str
) -> None:
    findings = await proved(prover, write(tmp_path, steps(PYTHON, SECOND), helpers=helpers))
    first, *others = [finding for finding in findings if finding.proof != 6]
    assert (first.step, first.proof, first.level) == ("ones", 2, "error")
    assert said in first.message
    assert [(other.step, other.message) for other in others] == [("second", "`rejects[0]` passes")]


async def test_a_check_with_an_endless_list_is_broken_too(prover: Prover, tmp_path: Path) -> None:
    check = "{kind: value, target: '[0 for _ in iter(int, 1)]', seconds: 2}"
    file = write(tmp_path, steps(spoilt("{kind: tensor, target: y}", check)))
    (finding,) = await proved(prover, file)
    assert "a check is broken" in finding.message
    assert finding.message.endswith("it did not end within 2 s")


async def test_no_claim_sees_what_another_left(prover: Prover, tmp_path: Path) -> None:
    """Names, settings, and things that no reset can put back."""
    leaving = [
        "y = 0; helper = 3",
        "y = helper",
        "torch.set_default_dtype(torch.float64); torch.set_grad_enabled(False); y = 1",
        "y = torch.ones(3, dtype=torch.get_default_dtype()) * (1 if torch.is_grad_enabled() else 5) + 1",
        "torch.zeros = torch.ones; y = 1",
        "y = torch.zeros(n)",
        "import os; os._exit(0)",
        "raise SystemExit",
    ]
    rejects = "rejects: [" + ", ".join(f'"{code}"' for code in leaving) + "]"
    text = spoilt('rejects: ["y = torch.ones(1)"]', rejects)
    findings = await proved(prover, write(tmp_path, steps(text)))
    assert [(f.level, f.proof) for f in findings] == [("warning", 3)]
    assert all("`rejects[1]` is refused only because it raises NameError" in f.message for f in findings)


async def test_a_mutant_that_passes_needs_an_excuse(
    prover: Prover, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right, wrong, excused = "y = torch.ones(3) * 1", "y = torch.ones(4)", "y = torch.full((3,), 1.0)"
    given(monkeypatch, right, wrong, excused, "y = nowhere", excused=(excused, wrong, "no such mutant"))
    findings = await proved(prover, write(tmp_path, steps(SOUND)))
    assert sorted((f.level, f.message) for f in findings) == [
        ("error", f"the mutant `{right}` passes: it is different"),
        ("error", "there is no mutant `no such mutant`"),
        ("warning", f"the mutant `{wrong}` is refused"),
    ]
    assert {f.proof for f in findings} == {4}


async def test_wrong_code_shares_a_process_and_right_code_does_not(
    prover: Prover, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given(monkeypatch, *(f"y = torch.ones({n})" for n in range(4, 9)))
    renewed = 0
    renew = prover.renew

    def counted() -> None:
        nonlocal renewed
        renewed += 1
        renew()

    monkeypatch.setattr(prover, "renew", counted)
    assert await proved(prover, write(tmp_path, steps(SOUND))) == []
    # The solution, an `accepts`, two walks, and once for all that is wrong or under another seed.
    assert renewed == 5


async def test_a_lesson_for_a_later_torch_is_not_said_to_be_sound(prover: Prover, tmp_path: Path) -> None:
    text = steps(SOUND, head=HEAD.replace("setup: |", 'requires: {torch: ">=99.0"}\nsetup: |'))
    (finding,) = await proved(prover, write(tmp_path, text))
    assert finding.level == "error"
    assert "nothing was proved: the lesson needs torch 99.0" in finding.message


async def test_what_needs_a_device_is_proved_where_there_is_one_and_its_twin_everywhere(
    prover: Prover, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = "id: move\nkind: run\nneeds: cuda\ntext: Move.\ncode: y = 1 / 0\ntwin: {code: y = nowhere}\n"
    file = write(tmp_path, steps(SOUND, step))
    monkeypatch.setattr(prover, "devices", ("cuda",))
    found = {finding.message: finding.line for finding in await proved(prover, file)}
    assert found == {
        "on cuda: this code fails in an empty session: ZeroDivisionError: division by zero": line_of(
            file, "1 / 0"
        ),
        "this code fails in an empty session: NameError: name 'nowhere' is not defined": line_of(file, "twin:"),
    }


async def test_slow_judging_is_warned_of(prover: Prover, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    judged = trials.outcome

    async def slow(*args: object, **options: object) -> object:
        from dataclasses import replace

        return replace(await judged(*args, **options), seconds=6.0)  # type: ignore[arg-type]

    monkeypatch.setattr("tutor.proof.proof.outcome", slow)
    (finding,) = await proved(prover, write(tmp_path, steps(SOUND)))
    assert (finding.level, finding.proof) == ("warning", 6)
    assert "judging the solution took 6.0 s" in finding.message
