"""Words of the rules about losses and what goes into them."""

from __future__ import annotations

from tutor.explain.notices_words import Words

_BROADCAST_WHY = (
    "Shapes are lined up from the right, so a column and a row stretch into a whole table. "
    "The loss is then an average over all pairs, and the best a model can do is to predict the mean. "
    "It runs, it even falls a little, and it learns nothing."
)
_BROADCAST_FIX = (
    "Give both the same shape before they meet: make the target a column with `y[:, None]`, "
    "or make the prediction flat with `pred.squeeze(1)`."
)
_BROADCAST_CODE = "pred = model(x)                 # (N, 1)\nloss = ((pred - y[:, None]) ** 2).mean()"

WORDS = {
    "broadcast": Words(
        title="A loss over every pair",
        short="`{left}` and `{right}` made `{result}` on the way into the loss: each prediction met every target.",
        why=_BROADCAST_WHY,
        fix=_BROADCAST_FIX,
        code=_BROADCAST_CODE,
        topic="T4",
    ),
    "loss-sizes": Words(
        title="A loss between two shapes",
        short="the loss got a prediction of size `{input}` and a target of size `{target}`, and stretched them.",
        why=_BROADCAST_WHY,
        fix=_BROADCAST_FIX,
        code=_BROADCAST_CODE,
        topic="T4",
    ),
    "broadcast-compare": Words(
        title="A comparison of every pair",
        short="`{code}` compared `{left}` with `{right}`: every answer with every other, `{result}` in all.",
        why=(
            "Shapes are lined up from the right, so a column and a row stretch into a whole table. The average is "
            "then the accuracy of every prediction against every label, which says nothing about the model."
        ),
        fix="Make both flat, for example with `squeeze(1)`, and compare equal shapes.",
        code="accuracy = (pred.argmax(1) == y.squeeze(1)).float().mean()",
        topic="T4",
    ),
    "softmax-before-loss": Words(
        title="Probabilities where logits are wanted",
        short="`cross_entropy` was given the output of `{op}`; it does softmax itself, and twice blunts learning.",
        why=(
            "`cross_entropy` takes logits, the raw scores, and does log-softmax inside. Probabilities lie between "
            "0 and 1, so a second softmax makes them nearly equal: with 10 classes the loss cannot go below 1.46, "
            "and learning is slow although the accuracy may look fine."
        ),
        fix="Take `{op}` out and give the loss the logits. Use softmax only to look at probabilities.",
        code="logits = model(x)\nloss = F.cross_entropy(logits, y)\nprobs = logits.softmax(dim=1)   # to look at",
        topic="R4",
    ),
    "sigmoid-before-loss": Words(
        title="A sigmoid too many",
        short="`binary_cross_entropy_with_logits` was given the output of `{op}`; it applies sigmoid itself.",
        why=(
            "The loss takes logits and applies sigmoid inside, in a form that stays exact for large numbers. "
            "Squashed twice, every probability lies between 0.5 and 0.73, and the model can never be sure."
        ),
        fix="Take `{op}` out, or use `binary_cross_entropy`, which does want probabilities.",
        code="logits = model(x)\nloss = F.binary_cross_entropy_with_logits(logits, y)",
        topic="R4",
    ),
    "nll-probabilities": Words(
        title="Probabilities where log-probabilities are wanted",
        short=(
            "`nll_loss` was given probabilities; it wants their logarithms, so the loss is wrong and below zero."
        ),
        why=(
            "`nll_loss` only picks the entry of the right class and flips its sign. With log-probabilities that "
            "is cross-entropy; with probabilities it is a number between -1 and 0 with the wrong slope."
        ),
        fix="Use `cross_entropy` on the logits, or put `log_softmax` before `nll_loss`.",
        code="loss = F.cross_entropy(logits, y)\nloss = F.nll_loss(logits.log_softmax(dim=1), y)   # the same",
        topic="R4",
    ),
    "softmax-over-batch": Words(
        title="softmax along the batch",
        short="softmax with `dim=0` on `{name}` `{shape}`: columns sum to 1, not the {rows} rows.",
        why=(
            "`dim` is the axis whose numbers share out one whole. In a table with one row for each sample, "
            "axis 0 is the batch: the samples then compete with each other, and the classes do not."
        ),
        fix="Use `dim=-1` for scores of classes, and look whether the rows sum to 1.",
        code="probs = logits.softmax(dim=-1)\nprobs.sum(dim=-1)               # all 1",
        topic="R4",
    ),
    "softmax-no-dim": Words(
        title="softmax without dim",
        short="`{op}` was not told its axis and guessed one; newer versions of torch will refuse.",
        why="Which axis is guessed depends on how many there are, so the same code means different things.",
        fix="Say which axis is to sum to 1: `dim=-1` for scores of classes.",
        code="probs = logits.softmax(dim=-1)\nlayer = nn.Softmax(dim=-1)",
        topic="R4",
    ),
    "kl-mean": Words(
        title="KL divergence divided too often",
        short=(
            "`kl_div` with `reduction='mean'` divides by every element; the definition divides by the batch only."
        ),
        why="The result is too small by the number of classes, and not the KL divergence of the books.",
        fix="Pass `reduction='batchmean'`.",
        code="loss = F.kl_div(log_p, q, reduction='batchmean')",
        topic="R4",
    ),
}
