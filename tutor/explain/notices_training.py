"""Words of the rules about training: steps, gradients, modes, and what a model holds."""

from __future__ import annotations

from tutor.explain.notices_words import Words

_FIVE = "optimizer.zero_grad()\nloss = loss_of(model(x), y)\nloss.backward()\noptimizer.step()"

WORDS = {
    "no-zero-grad": Words(
        title="Gradients that pile up",
        short="gradients of earlier steps were never cleared: each `backward()` adds to `.grad`.",
        why=(
            "`backward()` adds to `.grad` and never replaces it. Without clearing, every step follows the sum of "
            "all gradients so far, and old batches keep pushing long after they are out of date."
        ),
        fix="Clear once for each step, before `backward()`: `optimizer.zero_grad()`, or by hand `w.grad = None`.",
        code=_FIVE,
        topic="R2",
    ),
    "no-backward": Words(
        title="A step without backward",
        short="`{optimizer}.step()` found no gradient at all and changed nothing: was `backward()` left out?",
        why="An optimiser skips every parameter whose `.grad` is `None`, without a word. The loss stays the same.",
        fix="Call `loss.backward()` between the loss and the step.",
        code=_FIVE,
        topic="R2",
    ),
    "stale-gradient": Words(
        title="The same gradient at every step",
        short="the loop calls `{optimizer}.step()` and never `backward()`: each step uses the same old gradient.",
        why=(
            "`step()` goes by what is in `.grad`, however old. Without `backward()` nothing looks at the loss "
            "again, and the parameters walk on in one direction."
        ),
        fix="Clear, compute the loss, call `loss.backward()`, then step, in every pass.",
        code=_FIVE,
        topic="R2",
    ),
    "cleared-before-step": Words(
        title="Gradients cleared before the step",
        short="`zero_grad()` stands between `backward()` and `{optimizer}.step()`: no step has a gradient to use.",
        why="`backward()` fills `.grad`, `zero_grad()` empties it, and `step()` finds nothing to go by.",
        fix="Call `{optimizer}.step()` right after `backward()`; clear before `backward()`, or after the step.",
        code=_FIVE,
        topic="R2",
    ),
    "no-step": Words(
        title="Gradients without a step",
        short="the loop computes gradients and clears them, but never calls `{optimizer}.step()`: nothing learns.",
        why="`backward()` only fills `.grad`. It is `step()` that moves the parameters.",
        fix="Call `{optimizer}.step()` after `backward()`.",
        code=_FIVE,
        topic="R2",
    ),
    "old-optimizer": Words(
        title="An optimiser of another model",
        short=(
            "`{optimizer}` holds the parameters of an older model; `{model}` has gradients and is never stepped."
        ),
        why=(
            "An optimiser keeps the very parameters it was made with. A model that is made again has new ones, "
            "which it has never heard of. At a prompt this happens when one line is run a second time."
        ),
        fix="Make the optimiser again whenever the model is made again.",
        code="model = Net()\noptimizer = torch.optim.SGD(model.parameters(), lr=0.1)",
        topic="R2",
    ),
    "clip-after-step": Words(
        title="Clipping too late",
        short="`{code}` comes after `step()`: the large gradients have been used already.",
        why="Clipping changes `.grad`. Once the step is taken, it has nothing left to protect.",
        fix="Clip between `backward()` and `step()`.",
        code="loss.backward()\nnn.utils.clip_grad_norm_(model.parameters(), 1.0)\noptimizer.step()",
        topic="R5",
    ),
    "cut-graph": Words(
        title="A loss without a past",
        short=(
            "`{name}` was made to require a gradient by hand: `backward()` began and ended there, nothing learned."
        ),
        why=(
            "`requires_grad_(True)` on a result makes it a new leaf. The error is gone, and so is the way back to "
            "the weights: their `.grad` stays `None`."
        ),
        fix=(
            "Find what cut the graph: `.item()`, `.numpy()`, `.detach()`, `torch.tensor(...)` around a result, "
            "`argmax`, or a `no_grad` block. Take that out, and leave `requires_grad` alone."
        ),
        code="loss = ((model(x) - y) ** 2).mean()\nloss.grad_fn                    # not None\nloss.backward()",
        topic="C2",
    ),
    "keeps-graphs": Words(
        title="A history that keeps every graph",
        short="`{code}` keeps the graph of every step alive in `{name}`: memory grows.",
        why=(
            "A loss remembers all it was computed from. A sum or a list of losses does so for every step, "
            "and none of it can be freed."
        ),
        fix="Keep the number: `loss.item()`.",
        code="total += loss.item()\nlosses.append(loss.item())",
        topic="R2",
    ),
    "training-mode": Words(
        title="Predicting in training mode",
        short="`{model}` predicts in training mode, where `{layer}` behaves otherwise than it should here.",
        why=(
            "In training mode Dropout drops at random and BatchNorm uses, and updates, the statistics of the "
            "batch. `no_grad()` switches off gradients only, not this."
        ),
        fix="Call `{model}.eval()` before predicting and `{model}.train()` before training goes on.",
        code="model.eval()\nwith torch.no_grad():\n    pred = model(x)\nmodel.train()",
        topic="R5",
    ),
    "scheduler-first": Words(
        title="The scheduler before the optimiser",
        short="`scheduler.step()` came before `optimizer.step()`: the first learning rate was skipped.",
        why="A scheduler changes the learning rate for the next step. Called first, it skips the value you chose.",
        fix="Step the optimiser first, then the scheduler.",
        code="optimizer.step()\nscheduler.step()",
        topic="R5",
    ),
    "loss-explodes": Words(
        title="A loss that explodes",
        short="the loss went from {start} to {then} by {step}: the learning rate is probably too large.",
        why=(
            "A step that is too long lands higher on the other side. From there the slope is steeper, "
            "so the next is longer still, until the numbers overflow to `inf` and `nan`."
        ),
        fix="Divide the learning rate by 10 until the loss falls; scale the inputs; clip the gradients.",
        code="optimizer = torch.optim.SGD(model.parameters(), lr=0.01)",
        topic="R1",
    ),
    "inner-grad": Words(
        title="The gradient of a result",
        short="`.grad` was asked of a tensor that is not a leaf: it is `None`, because only leaves keep theirs.",
        why="`backward()` fills `.grad` of leaves, the tensors you made yourself. Results on the way keep none.",
        fix="Call `retain_grad()` on the result before `backward()`.",
        code="h = model[0](x)\nh.retain_grad()\nloss_of(h).backward()\nh.grad",
        topic="A2",
    ),
    "plain-list": Words(
        title="Layers in a plain container",
        short="`{model}.{attribute}` is a plain {container}: the model does not know the {count} layers in it.",
        why=(
            "A module registers what is assigned to it directly. What a plain list or dict holds is in no "
            "`parameters()`: the optimiser never trains it, `.to()` never moves it, `state_dict()` never saves it."
        ),
        fix="Use `nn.ModuleList`, `nn.ModuleDict`, `nn.ParameterList` or `nn.Sequential`.",
        code="self.layers = nn.ModuleList([nn.Linear(8, 8) for _ in range(3)])",
        topic="R3",
    ),
    "plain-tensor": Words(
        title="A plain tensor in a model",
        short="`{model}.{attribute}` is a plain tensor: `.to()` will not move it and `state_dict()` not save it.",
        why="Only parameters and registered buffers belong to a module. Other tensors are left behind in silence.",
        fix="Register it: a buffer if it is fixed, `nn.Parameter` if it is to be learned.",
        code='self.register_buffer("mean", torch.zeros(3))\nself.scale = nn.Parameter(torch.ones(3))',
        topic="P1",
    ),
    "batch-taken-for-time": Words(
        title="Batch and time swapped",
        short="`{layer}` read `{shape}` as {sequences} sequences of {steps} steps. Is the batch first here?",
        why="Unless told otherwise, recurrent layers take time first, then the batch. Both orders run.",
        fix="If the first axis is the batch, pass `batch_first=True`; if it is time, all is well.",
        code="rnn = nn.LSTM(8, 16, batch_first=True)\nout, (h, c) = rnn(x)       # x: (N, T, 8), h: (1, N, 16)",
        topic="M3",
    ),
    "rnn-dropout": Words(
        title="Dropout between layers that are not there",
        short="`dropout` of a recurrent layer acts between its layers, and there is only one: it does nothing.",
        why="It is applied to the output of each layer except the last.",
        fix="Use `num_layers=2` or more, or an `nn.Dropout` after the layer.",
        code="rnn = nn.LSTM(8, 16, num_layers=2, dropout=0.2)",
        topic="M3",
    ),
}
