"""Training runs kept over a session."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.fake import FakeClient, run_well
from tests.recorder import Recorder
from tests.render.runs_samples import training
from tutor.protocol import commands, events
from tutor.protocol.training import Curve, Layer, Progress, TrainingSnapshot, moved
from tutor.session.runs import MOST, Runs, follow, gone, rename
from tutor.session.session import Session


def _told(*snapshots: TrainingSnapshot) -> Runs:
    runs = Runs()
    for snapshot in snapshots:
        runs = follow(runs, snapshot)
    return runs


def test_a_run_is_kept_under_a_name_of_its_own_until_it_gets_another() -> None:
    runs = _told(training(1, cell=12))
    assert runs.kept[0].name == "run 1 · [12] for epoch in range(10)"
    assert rename(runs, 1, " with\tmomentum\x1b[31m ").kept[0].name == "with momentum"
    assert rename(rename(runs, 1, "other"), 1, " ").kept[0].name == "run 1 · [12] for epoch in range(10)"


def test_news_of_a_run_replace_what_was_known_of_it() -> None:
    runs = _told(training(1, 10, state="running"), training(1, 20, state="running"), training(2, 5))
    assert [(kept.number, kept.training.step) for kept in runs.kept] == [(1, 20), (2, 5)]


def test_a_new_worker_counts_from_one_and_its_runs_are_others() -> None:
    runs = follow(gone(_told(training(1, 10, state="running"))), training(1, 3, state="running"))
    assert [(kept.number, kept.training.step, kept.training.state) for kept in runs.kept] == [
        (1, 10, "failed"),
        (2, 3, "running"),
    ]


def test_the_time_of_a_run_is_that_of_its_own_process_to_the_last_progress() -> None:
    run = replace(training(1, state="running"), seconds=2.0)
    told = moved(run, Progress(1, run.step + 1, 10.0, 0.01, (), seconds=2.5))
    assert _told(run, told).kept[0].seconds == 2.5
    assert gone(_told(run, told)).kept[0].seconds == 2.5


def test_the_oldest_runs_are_given_up() -> None:
    runs = _told(*(training(number) for number in range(1, MOST + 6)))
    assert [runs.kept[0].number, runs.kept[-1].number, len(runs.kept)] == [6, MOST + 5, MOST]


def test_what_is_kept_of_a_long_run_is_bounded() -> None:
    layers = tuple(Layer(f"layer {n}", (3,), 1.0, 1e-3, (), 0.0, 0, 3) for n in range(300))
    runs = Runs()
    for step in range(1, 3_000, 7):
        later = tuple(replace(layer, grad_norm=float(step)) for layer in layers)
        runs = follow(runs, replace(training(1, step, state="running"), layers=later))
    curve = Curve("loss", tuple(range(1, 50_001)), tuple(1.0 / (1 + abs(step - 33_333)) for step in range(50_000)))
    runs = follow(runs, replace(training(1, 50_000), curves=(curve,) * 20, layers=layers))
    kept = runs.kept[0]
    assert len(kept.looks) <= 120
    assert len(kept.looks) > 50
    assert kept.looks[-1].step == 50_000
    assert len(kept.paths) == 64
    assert len(kept.training.layers) == 64
    assert kept.training.more_layers == 236
    thin = kept.training.curves[0]
    assert len(thin.values) <= 1_000
    assert (thin.steps[0], thin.steps[-1], max(curve.values)) == (1, 50_000, 1.0)
    assert min(thin.values) == min(curve.values)


@given(st.lists(st.integers(1, 400), min_size=1, max_size=300))
def test_looks_are_in_order_and_reach_from_the_first_to_the_last(gaps: list[int]) -> None:
    runs, step = Runs(), 0
    for gap in gaps:
        step += gap
        layer = Layer("w", (3,), float(step), None, (), 0.0, 0, 3)
        runs = follow(runs, replace(training(1, step, state="running"), layers=(layer,)))
    steps = [look.step for look in runs.kept[0].looks]
    assert steps == sorted(set(steps))
    assert (steps[0], steps[-1]) == (gaps[0], sum(gaps))


async def test_runs_outlive_the_worker() -> None:
    def answer(command: commands.Command) -> list[events.Event]:
        if isinstance(command, commands.Execute):
            told = events.TrainingChanged(command.id, training(1))
            return [events.Started(command.id), told, events.Finished(command.id, "ok", 0.0)]
        return run_well(command)

    session = Session(FakeClient(answer))
    recorder = Recorder(session)
    session.start()
    await recorder.run("train()")
    session.restart(None)
    await recorder.run("train()")
    session.rename_run(2, "second")
    recorder.session._client.on_event(events.Died(1, 3, "", 0))
    await recorder.until(lambda: session.state.ready is not None)
    assert [kept.name for kept in session.state.runs.kept] == ["run 1 · [3] for epoch in range(10)", "second"]
    assert session.state.training is None
