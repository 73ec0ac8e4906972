"""Losses: what they want as input and as target."""

from __future__ import annotations

import re

from tutor.explain.evidence import Failure
from tutor.explain.model import LINE, TORCH, Say, rule
from tutor.explain.words import code, dtype_of, is_floating, numbers, plural, shape, sizes

_CE = ("torch/nn/functional.py:cross_entropy", "torch/nn/functional.py:nll_loss")
_BCE = (
    "torch/nn/functional.py:binary_cross_entropy_with_logits",
    "torch/nn/functional.py:binary_cross_entropy",
)


def _names(f: Failure) -> tuple[str, str]:
    """What the learner calls the prediction and the target."""
    return f.learner_name(f.given("input")) or "logits", f.learner_name(f.given("target")) or "target"


@rule("R4", "RuntimeError", r"Boolean value of Tensor with (more than one|no) value", origins=(TORCH,))
def loss_constructor(f: Failure, _match: re.Match[str]) -> Say | None:
    if not f.through("torch/nn/modules/loss.py:__init__", "torch/nn/_reduction.py") or not f.arguments:
        return None
    given, loss = ", ".join(o.source for o in f.arguments), f.function.source
    return Say(
        f"{code(loss)} was given data ({code(given)}) when it was built.",
        f"`{f.called}` is a class: its first call builds the loss and takes settings; the second takes the data.",
        f"Two pairs of brackets: {code(f'{loss}()({given})')}. Or keep it: {code(f'loss_fn = {loss}()')}, then "
        f"{code(f'loss_fn({given})')}.",
    )


_NO_LABELS = (
    r"expected target dtype to be Long|expected scalar type Long but found|nll_loss\w*.? not implemented for"
)


@rule("R4", "RuntimeError NotImplementedError", _NO_LABELS)
def ce_float_target(f: Failure, _match: re.Match[str]) -> Say | None:
    target = f.given("target")
    kind = dtype_of(target)
    if not f.through(*_CE) or not kind or kind in ("int64", "uint8"):
        return None
    name = _names(f)[1]
    return Say(
        f"{code(name)} holds {kind} numbers; as a target for cross-entropy it is to hold class numbers.",
        "A target with one number a sample names classes, and class numbers are int64 (Long).",
        f"Convert it: {code(f'{name}.long()')}, or make the labels as integers.",
    )


@rule("R4", "IndexError RuntimeError", r"Target (-?\d+) is out of bounds")
def ce_class_out_of_range(f: Failure, match: re.Match[str]) -> Say | None:
    label, logits = int(match[1]), sizes(f.given("input"))
    if not f.through(*_CE) or not logits:
        return None
    classes = logits[1] if len(logits) > 1 else logits[0]
    if 0 <= label < classes:
        return None
    scores, target = _names(f)
    fix = f"Give the last layer one output for each class: {label + 1} at least."
    if label == classes:
        fix = f"If the labels count from 1, subtract 1: {code(f'{target} - 1')}. Else g{fix[1:]}"
    if label < 0:
        fix = "Labels below 0 often mean “unknown”: drop those samples, or say `ignore_index=` which number it is."
    return Say(
        f"{code(target)} has the label {label}, but {code(scores)} {shape(logits)} has scores for {classes} "
        "classes.",
        f"With {plural(classes, 'score')} a sample the labels are 0 to {classes - 1}.",
        fix,
    )


@rule("R4", "ValueError", r"Expected input batch_size \((\d+)\) to match target batch_size \((\d+)\)")
def ce_batch_mismatch(f: Failure, match: re.Match[str]) -> Say | None:
    samples, labels = int(match[1]), int(match[2])
    logits = sizes(f.given("input"))
    if not f.through(*_CE) or (logits and logits[0] != samples):
        return None
    scores, target = _names(f)
    folded = labels and samples > labels and samples % labels == 0
    fix = (
        "Look at the shape after each step: axis 0 must stay the batch. `.flatten(1)` and `nn.Flatten()` keep it."
    )
    if not folded:
        fix = "Look at where the two were made: a row was lost, or they come from different batches."
    else:
        fix = f"{samples} is {samples // labels} × {labels}: an axis was folded into the batch. {fix}"
    return Say(
        f"{code(scores)} has {plural(samples, 'row')}, but {code(target)} has {plural(labels, 'label')}.",
        "Each sample has one row of scores and one label: axis 0 of both is the batch.",
        fix,
        "`view(-1, classes)` makes the shapes fit and mixes the samples." if folded else "",
    )


@rule("M4", "RuntimeError ValueError", r"Expected target size \[(.*?)\], got \[(.*?)\]")
def ce_seq_shape(f: Failure, match: re.Match[str]) -> Say | None:
    logits, target = sizes(f.given("input")), sizes(f.given("target"))
    if not f.through(*_CE) or logits is None or target is None or len(logits) != 3:
        return None
    if logits[:2] != target or numbers(match[2]) != target:
        return None
    scores, labels = _names(f)
    return Say(
        f"{code(scores)} {shape(logits)} has its {logits[2]} classes last; {code(labels)} is {shape(target)}.",
        "`cross_entropy` looks for the classes in axis 1: `[N, C]`, or `[N, C, T]` for sequences.",
        f"Merge batch and time in both: {code(f'{scores}.flatten(0, 1)')} and {code(f'{labels}.flatten()')}. "
        f"Or move the classes: {code(f'{scores}.transpose(1, 2)')}.",
    )


@rule("R4", "RuntimeError ValueError", r"multi-target not supported")
def ce_target_column(f: Failure, _match: re.Match[str]) -> Say | None:
    target, kind = sizes(f.given("target")), dtype_of(f.given("target"))
    logits = sizes(f.given("input"))
    if not f.through(*_CE) or target is None or logits is None or len(target) != 2 or not kind:
        return None
    name = _names(f)[1]
    if target[1] == 1:
        whole = kind in ("int64", "uint8")
        fix = f"Drop the axis of size 1: {code(f'{name}.squeeze(1)' + ('' if whole else '.long()'))}."
        if not whole:
            fix += f" `.long()` because class numbers are int64, and {code(name)} is {kind}."
    elif target == logits:
        return None
    else:
        fix = "Give one class number for each sample."
    return Say(
        f"{code(name)} is {shape(target)}; the class numbers of {logits[0]} samples are one axis, "
        f"{shape(logits[:1])}.",
        "For scores `[N, C]` the target is `[N]`: one class number a sample, in one axis.",
        fix,
        "`squeeze()` without an axis breaks for a batch of one." if target[1] == 1 else "",
    )


@rule("R4", "RuntimeError", r"result type (\w+) can't be cast|Found dtype (\w+) but expected (\w+)")
def bce_target_dtype(f: Failure, _match: re.Match[str]) -> Say | None:
    kind = dtype_of(f.given("target"))
    if not f.through(*_BCE) or not kind or is_floating(kind):
        return None
    name = _names(f)[1]
    return Say(
        f"{code(name)} holds {kind} numbers, but binary cross-entropy reads its target as probabilities.",
        "Here labels are floats, 0.0 or 1.0; it is `CrossEntropyLoss` that wants whole numbers.",
        f"Convert it: {code(f'{name}.float()')}.",
    )


@rule("R4", "RuntimeError", r"all elements of (input|target) should be between 0 and 1", origins=(LINE, TORCH))
def bce_not_probabilities(f: Failure, match: re.Match[str]) -> Say | None:
    if not f.through(*_BCE):
        return None
    scores, target = _names(f)
    if match[1] == "target":
        return Say(
            f"{code(target)} holds a number below 0 or above 1.",
            "The target of binary cross-entropy is the probability of “yes”: 0 and 1, or something between.",
            "Make the labels 0 and 1. For more than two classes, use `cross_entropy`.",
        )
    return Say(
        f"{code(scores)} holds a number below 0 or above 1, and binary cross-entropy reads it as a probability.",
        "Raw scores of a layer can be any number; a sigmoid turns them into probabilities.",
        "Use the loss that does both: `F.binary_cross_entropy_with_logits` (as a module `nn.BCEWithLogitsLoss`). "
        f"Or give it {code(f'torch.sigmoid({scores})')}.",
        "`clamp(0, 1)` silences the error and stops the learning: its slope outside is 0.",
    )


@rule(
    "R4",
    "ValueError RuntimeError",
    r"target size \((.*?)\) (?:must be the same as|that is different to the) input size \((.*?)\)",
)
def bce_shape(f: Failure, match: re.Match[str]) -> Say | None:
    target, scores = numbers(match[1]), numbers(match[2])
    if not f.through(*_BCE) or target == scores:
        return None
    name, wanted = _names(f)
    fix = "Make the two shapes equal before the loss."
    if scores == (*target, 1):
        fix = f"Drop the last axis of the output, {code(f'{name}.squeeze(-1)')}, "
        column = f"{wanted}[:, None]" if len(target) == 1 else f"{wanted}.unsqueeze(-1)"
        fix += f"or add one to the labels, {code(column)}."
    elif target == (*scores, 1):
        fix = f"Drop the last axis of the labels: {code(f'{wanted}.squeeze(-1)')}."
    return Say(
        f"{code(name)} is {shape(scores)}, but {code(wanted)} is {shape(target)}.",
        "Binary cross-entropy compares number with number: both shapes must be equal, nothing is stretched.",
        fix,
        "`squeeze()` without an axis breaks for a batch of one.",
    )
