"""Nothing is forgotten where something is looked up, refused, begun anew, tried out, written, or from outside."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.fake import FakeClient
from tests.texts.pseudo import LESSON, answer, forgotten
from tests.ui.driver import Driver, opened
from tests.ui.test_explained import MATMUL
from tutor.packs.finding import find
from tutor.packs.trust import content_of
from tutor.paths import data_dir
from tutor.protocol import commands, events
from tutor.protocol.failures import Notice
from tutor.protocol.freeplay import PlayName
from tutor.session.answer_file import AnswerFile
from tutor.ui.app import TutorApp
from tutor.ui.start import Start
from tutor.ui.widgets.prompt import Prompt


async def _at_the_prompt(driver: Driver, step: int) -> None:
    await driver.until(lambda: driver.shows(f"{step}/4", "⟦● ready⟧"))
    driver.app.screen.query_one(Prompt).focus()
    await driver.pilot.pause()


async def test_search_and_glossary(lessons: Path) -> None:
    async with opened(lessons=lessons, lesson="l", answer=answer, size=(120, 50)) as driver:
        await _at_the_prompt(driver, 1)
        await driver.press("escape", "slash")
        await driver.until(lambda: driver.shows("⟦Search all lessons⟧", "⟦Titles, objectives"))
        assert forgotten(driver) == set()
        await driver.type("αβγ")
        await driver.until(lambda: driver.shows("⟦ places⟧", "⟦text⟧", "⟦Enter opens it⟧"))
        assert forgotten(driver) == set()
        await driver.type("ω")
        await driver.until(lambda: driver.shows("⟦Nothing has all of these."))
        assert forgotten(driver) == set()

        await driver.press("escape")
        await _at_the_prompt(driver, 1)
        await driver.press("escape", "V")
        await driver.until(lambda: driver.shows("⟦Glossary⟧", "⟦In this step⟧", "⟦All terms⟧", "⟦Taught in “⟧"))
        # The terms themselves are English.
        assert forgotten(driver, "glossary-list", "glossary-text") == set()
        await driver.type("ω")
        await driver.until(lambda: driver.shows("⟦No term has that in its name."))
        assert forgotten(driver) == set()
        await driver.press("backspace", "enter")
        await driver.until(lambda: driver.shows("⟦Enter runs the example;"))


async def test_what_stands_around_explanations_and_notices(lessons: Path) -> None:
    def told(command: commands.Command) -> list[events.Event]:
        if isinstance(command, commands.Execute) and command.source == "a @ b":
            failed = events.Failed(command.id, (MATMUL,))
            return [events.Started(command.id), failed, events.Finished(command.id, "error", 0.01)]
        if isinstance(command, commands.Execute) and command.source == "loss":
            noticed = events.Noticed(command.id, (Notice("no-zero-grad", 6, ()),))
            return [events.Started(command.id), noticed, events.Finished(command.id, "ok", 0.01)]
        return answer(command)

    async with opened(lessons=lessons, lesson="l", answer=told, size=(120, 50)) as driver:
        await _at_the_prompt(driver, 1)
        await driver.type("a @ b\n")
        await driver.until(lambda: driver.shows("⟦Rule⟧", "⟦Fix⟧", "⟦More⟧"))
        await driver.press("escape", "e")
        around = ("⟦Why it failed⟧", "⟦The rule⟧", "⟦What to do⟧", "⟦Where to learn it⟧", "⟦Esc closes⟧")
        await driver.until(lambda: driver.shows(*around))
        await driver.press("escape")
        await driver.type("loss\n")
        await driver.until(lambda: driver.shows("⟦line ⟧6⟦:⟧", "opens)⟧"))
        await driver.press("escape", "y")
        around = ("⟦What was noticed⟧", "⟦Why it matters⟧", "⟦What to do⟧", "⟦The lesson “⟧", "⟦Esc closes⟧")
        await driver.until(lambda: driver.shows(*around))
        # The stories themselves are English.
        assert forgotten(driver, "notices", "notice-text") == set()


async def test_a_refused_answer_and_a_step_begun_anew(
    lessons: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with opened(lessons=lessons, lesson="l#d", answer=answer, size=(120, 50)) as driver:
        await _at_the_prompt(driver, 4)
        await driver.press("escape", "W")
        await driver.until(lambda: driver.shows("⟦No answer was refused at this step."))
        await driver.type("z = 4\n")
        await driver.press("f8")
        await driver.until(lambda: driver.shows("⟦: every rule, expected and got⟧"))
        assert forgotten(driver) == set()
        await driver.press("escape", "W")
        await driver.until(lambda: driver.shows("⟦Why it was refused⟧", "⟦The verdict⟧", "⟦expected⟧"))
        assert forgotten(driver) == set()
        await driver.press("r")
        await driver.until(lambda: "⟦The report is in ⟧" in driver.text_of("#why-report"))
        assert forgotten(driver, given=(str(tmp_path / "tutor-report-l-d-1.md"),)) == set()

        await driver.press("escape")
        await _at_the_prompt(driver, 4)
        await driver.press("escape", "Z")
        await driver.until(lambda: driver.shows("⟦Begin anew?⟧", "⟦Nothing changes.⟧"))
        assert forgotten(driver) == set()
        await driver.press("down", "enter")
        await driver.until(lambda: driver.shows("⟦This step begins anew.⟧"))
        await driver.press("escape", "J")
        await driver.until(
            lambda: driver.shows("⟦ steps are still open.⟧", "⟦Still open⟧", "⟦its solution was shown⟧")
        )
        assert forgotten(driver) == set()
        await driver.press("escape")
        assert "⟦Passed over “⟧Δ⟦”. F3 leads back to it, ⟧" in driver.transcript


def _plays(command: commands.Command) -> list[events.Event]:
    if not isinstance(command, commands.FreePlay):
        return answer(command)
    names: dict[str, tuple[PlayName, ...]] = {
        "copy": (PlayName("λ", "ζ", "is part of a graph"), PlayName("μ", "ζ", "a ζ cannot be copied")),
        "names": (PlayName("ξ", "ζ", "new"), PlayName("π", "ζ", "changed")),
        "leave": tuple(PlayName(name, "ζ", "") for name in command.bring),
    }
    played = events.FreePlayed(command.id, command.verb != "leave", names.get(command.verb, ()))
    return [events.Started(command.id), played, events.Finished(command.id, "ok", 0.01)]


async def test_free_play(lessons: Path) -> None:
    async with opened(lessons=lessons, lesson="l", answer=_plays, size=(120, 50)) as driver:
        await _at_the_prompt(driver, 1)
        for typed, said in (
            ("", "⟦a copy, made by running your code again⟧"),
            ("x = input()\n", "`λ` (⟦is part of a graph⟧); `μ` (⟦a ⟧ζ⟦ cannot be copied⟧)"),
        ):
            await driver.type(typed)
            await driver.press("escape", "L")
            await driver.until(lambda said=said: said in " ".join(driver.transcript.split()))  # type: ignore[misc]
            await driver.until(
                lambda: driver.shows("⟦FREE PLAY: nothing here counts⟧", "⟦play⟧ [", "⟦● free play⟧")
            )
            assert forgotten(driver) == set()
            await driver.press("f8")
            await driver.until(lambda: driver.shows("⟦This is free play. ⟧"))
            assert forgotten(driver) == set()
            driver.app.screen.query_one(Prompt).focus()
            await driver.press("escape", "L")
            await driver.until(lambda: driver.shows("⟦Free play: bring variables back?⟧", "⟦new⟧", "⟦changed⟧"))
            assert forgotten(driver) == set()
            await driver.press("space", "enter")
            await driver.until(lambda: driver.shows("⟦● ready⟧", "⟦ came along.⟧"))
            assert forgotten(driver) == set()


async def test_an_answer_in_a_file(lessons: Path) -> None:
    file = data_dir() / "answers" / "l" / "d.py"
    async with opened(lessons=lessons, lesson="l#d", answer=answer, size=(200, 50)) as driver:
        await _at_the_prompt(driver, 4)
        await driver.press("escape", "O")
        await driver.until(lambda: driver.shows("⟦Write your answer in any editor;", "✎ ⟦file⟧"))
        assert "# ⟦Each save hands your code in, without this comment.⟧" in file.read_text("utf-8")
        for data, said in ((b"\xff\xfez", "⟦ is UTF-16."), (b"z = 1\n\xff", "⟦: not UTF-8.")):
            file.write_bytes(data)
            await driver.until(lambda said=said: said in driver.transcript)  # type: ignore[misc]
        file.write_text("# α\n", "utf-8")
        await driver.press("escape", "O")
        await driver.until(lambda: "⟦No longer watched: ⟧" in driver.transcript)
        shown = AnswerFile(driver.app.screen.lesson, driver.app.screen.lesson.steps[3]).shown  # type: ignore[attr-defined]
        assert forgotten(driver, given=(shown,)) == set()


async def test_what_is_from_outside_and_what_cannot_be_used(lessons: Path, tmp_path: Path) -> None:
    folder = tmp_path / "x"
    for name, text in (("01-l", LESSON), ("02-m", "schema: 1\nid: [\n"), ("03-n", LESSON)):
        (folder / name).mkdir(parents=True)
        (folder / name / "lesson.yaml").write_text(text, "utf-8")
    (pack,) = find([str(folder)]).packs
    given = (str(folder), content_of(pack).digest[:16])
    client = FakeClient(answer)
    app = TutorApp(Start(Path(), find=lambda: find([str(folder)])), lambda _threads: client)
    async with app.run_test(size=(120, 50)) as pilot:
        driver = Driver(app, pilot, client)
        await driver.until(lambda: driver.shows("⟦From outside: the pack ⟧", "⟦from outside⟧", "⟦Cannot be used⟧"))
        # What is wrong with a lesson is for its author, in English.
        rows = {row for row in forgotten(driver, given=given) if not row.startswith(" ✗ ")}
        assert rows == set()
        await driver.press("enter")
        await driver.until(lambda: driver.shows("⟦Run the code of the pack ⟧", "⟦Its code runs with your rights⟧"))
        assert forgotten(driver, given=given) == set()
        await driver.press("y")
        await driver.until(lambda: driver.shows("x (⟦from outside⟧)", "1/4"))
        await driver.press("f2", "end")
        await driver.until(lambda: driver.shows("⟦ cannot be used⟧", "⟦Everything else works."))


async def test_a_preview(lessons: Path, tmp_path: Path) -> None:
    file = lessons / "01-l" / "lesson.yaml"
    async with opened(
        preview=(file, ""), data=tmp_path / "data", lessons=lessons, answer=answer, size=(120, 50)
    ) as driver:
        await driver.until(lambda: driver.shows("⟦preview⟧", "⟦ problems⟧", "⟦saved ⟧"))
        await driver.until(lambda: driver.shows("⟦● ready⟧"))
        assert forgotten(driver) == set()
        file.write_text(LESSON.replace("αβγ", "αβ"), "utf-8")
        await driver.until(lambda: "⟦Saved: read again, in a fresh Python.⟧" in driver.transcript)
        assert forgotten(driver) == set()
        file.write_text("\n".join("abcdefgh"), "utf-8")
        await driver.until(lambda: re.search(r"· ⟦?⟧?\d+⟦ problems?⟧", driver.screen) and "✗" in driver.screen)


async def test_a_draft_that_was_never_read(lessons: Path, tmp_path: Path) -> None:
    file = lessons / "01-l" / "lesson.yaml"
    file.write_text("schema: 2\n", "utf-8")
    async with opened(
        preview=(file, ""), data=tmp_path / "data", lessons=lessons, answer=answer, size=(120, 50)
    ) as driver:
        await driver.until(lambda: driver.shows("⟦ cannot be read yet"))
