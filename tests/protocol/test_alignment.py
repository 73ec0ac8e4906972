"""What is known of an operation: growth, failure, and what an error's operands tell."""

from __future__ import annotations

from dataclasses import replace

from tests.render.samples import facts
from tutor.protocol.alignment import Term, align, of_failing
from tutor.protocol.failures import Failing, Operand


def pair(left: tuple[int, ...], right: tuple[int, ...]) -> tuple[Term, ...]:
    return Term("a", left), Term("b", right)


def test_only_a_result_with_more_elements_than_every_operand_grows() -> None:
    assert align("a - b", "broadcast", "-", pair((8, 1), (8,))).grows
    assert not align("a - b", "broadcast", "-", pair((8, 3), (3,))).grows
    assert not align("a @ b", "matmul", "@", pair((8, 1), (1, 8))).grows


def test_a_loss_is_reduced_after_it_was_stretched() -> None:
    loss = align("F.mse_loss(a, b)", "loss", "mse_loss", pair((8, 1), (8,)))
    assert (loss.full, loss.result, loss.grows) == ((8, 8), (), True)
    assert align("F.mse_loss(a, b)", "loss", "mse_loss", pair((8, 1), (8,)), "none").result == (8, 8)


def tensor(name: str, role: str, shape: tuple[int, ...]) -> Operand:
    return Operand(name, role, "tensor", "Tensor", tensor=replace(facts(name), shape=shape))


def test_a_failed_operator_lines_up_as_it_would_have_while_typed() -> None:
    operands = (tensor("x", "left", (3, 4)), tensor("w", "right", (3, 5)))
    found = of_failing(Failing("x @ w", "@", operands))
    assert found is not None
    assert (found.rule, found.axis, found.result) == ("matmul", -1, None)


def test_an_error_that_no_shape_explains_is_not_lined_up() -> None:
    operands = (tensor("x", "left", (3, 4)), tensor("w", "right", (4, 5)))
    assert of_failing(Failing("x @ w", "@", operands)) is None
    assert of_failing(Failing("x[w]", "index", operands)) is None
    huge = (tensor("x", "left", (3, 2**63)), tensor("w", "right", (4, 5)))
    assert of_failing(Failing("x @ w", "@", huge)) is None
