"""Words of the rules about losses and what goes into them."""

from __future__ import annotations

from tutor.explain.notices_words import Words

WORDS = {
    "broadcast": Words(
        title="A loss over every pair",
        short="`{left}` and `{right}` made `{result}` on the way into the loss: each prediction met every target.",
        why=(
            "Shapes are lined up from the right, so a column and a row stretch into a whole table. "
            "The loss is then an average over all pairs, and the best a model can do is to predict the mean. "
            "It runs, it even falls a little, and it learns nothing."
        ),
        fix=(
            "Give both the same shape before they meet: make the target a column with `y[:, None]`, "
            "or make the prediction flat with `pred.squeeze(1)`."
        ),
        code="pred = model(x)                      # (N, 1)\nloss = ((pred - y[:, None]) ** 2).mean()",
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
    "no-zero-grad": Words(
        title="Gradients that pile up",
        short="gradients of earlier steps were never cleared: each `backward()` adds to `.grad`.",
        why=(
            "`backward()` adds to `.grad` and never replaces it. Without clearing, every step follows the sum of "
            "all gradients so far, and old batches keep pushing long after they are out of date."
        ),
        fix="Call `optimizer.zero_grad()` once for each step, before `backward()`.",
        code="optimizer.zero_grad()\nloss = loss_of(model(x), y)\nloss.backward()\noptimizer.step()",
        topic="R2",
    ),
}
