"""Training scripts in the styles learners write, healthy and sick, with the flags each must raise."""

from __future__ import annotations

from dataclasses import dataclass

START = """
import torch
from torch import nn
from torch.nn import functional as F
torch.manual_seed(0)
X = torch.randn(64, 4)
Y = X.sum(1, keepdim=True).sin()
labels = (Y[:, 0] > 0).long()
def mlp(act=nn.Tanh, width=16, out=1):
    return nn.Sequential(nn.Linear(4, width), act(), nn.Linear(width, width), act(), nn.Linear(width, out))
"""


@dataclass(frozen=True)
class Script:
    name: str
    source: str
    losses: tuple[str, ...]
    steps: int
    flags: tuple[tuple[str, str], ...] = ()
    """``(kind, path)``."""


HEALTHY = (
    Script(
        "plain loop, momentum, clipping, cosine schedule",
        """
model = mlp()
opt = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
schedule = torch.optim.lr_scheduler.CosineAnnealingLR(opt, 50)
for _ in range(50):
    opt.zero_grad()
    loss = F.mse_loss(model(X), Y)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    opt.step()
    schedule.step()
""",
        ("loss",),
        50,
    ),
    Script(
        "Adam with a loss scaled to a millionth, and warm-up from no rate",
        """
model = mlp(nn.ReLU)
opt = torch.optim.Adam(model.parameters(), lr=1e-2, eps=1e-16)
schedule = torch.optim.lr_scheduler.LambdaLR(opt, lambda step: min(1.0, step / 20))
for _ in range(50):
    opt.zero_grad()
    loss = 1e-6 * F.cross_entropy(model(X) @ torch.ones(1, 2) * torch.tensor([1.0, -1.0]), labels)
    loss.backward()
    opt.step()
    schedule.step()
""",
        ("loss",),
        50,
    ),
    Script(
        "loss scaled a million times, AdamW in two groups, dropout",
        """
model = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Dropout(0.2), nn.LayerNorm(32), nn.Linear(32, 1))
groups = [{"params": model[0].parameters(), "lr": 1e-3}, {"params": model[3:].parameters()}]
opt = torch.optim.AdamW(groups, lr=3e-3)
for _ in range(40):
    opt.zero_grad()
    (1e6 * F.mse_loss(model(X), Y)).backward()
    opt.step()
""",
        ("1e6 * F.mse_loss(model(X), Y)",),
        40,
    ),
    Script(
        "converges to the last digit and stands still",
        """
w = torch.zeros(4, 1, requires_grad=True)
target = X @ torch.tensor([[1.0], [2.0], [-1.0], [0.5]])
opt = torch.optim.SGD([w], lr=0.2)
for _ in range(300):
    opt.zero_grad()
    loss = F.mse_loss(X @ w, target)
    loss.backward()
    opt.step()
""",
        ("loss",),
        300,
    ),
    Script(
        "update by hand under no_grad",
        """
w, b = torch.randn(4, 1, requires_grad=True), torch.zeros(1, requires_grad=True)
for _ in range(80):
    loss = F.mse_loss(torch.tanh(X @ w + b), Y)
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
        b -= 0.1 * b.grad
        w.grad = b.grad = None
""",
        ("loss",),
        80,
    ),
    Script(
        "autograd.grad, with new tensors at each step",
        """
params = [torch.randn(4, 8) / 2, torch.zeros(8), torch.randn(8, 1) / 3]
for _ in range(80):
    params = [p.detach().requires_grad_() for p in params]
    value = F.mse_loss(torch.tanh(X @ params[0] + params[1]) @ params[2], Y)
    grads = torch.autograd.grad(value, params)
    params = [p - 0.1 * g for p, g in zip(params, grads)]
""",
        ("value",),
        80,
    ),
    Script(
        "LBFGS with a closure, in a function",
        """
def fit():
    net = mlp(width=4)
    opt = torch.optim.LBFGS(net.parameters(), max_iter=8)
    def closure():
        opt.zero_grad()
        loss = F.mse_loss(net(X), Y)
        loss.backward()
        return loss
    for _ in range(12):
        opt.step(closure)
    return net
model = fit()
""",
        ("loss",),
        12,
    ),
    Script(
        "accumulation over four batches, in a class",
        """
class Trainer:
    def __init__(self):
        self.model = mlp(nn.ReLU)
        self.optimizer = torch.optim.RMSprop(self.model.parameters(), lr=1e-3)
    def fit(self, epochs):
        for epoch in range(epochs):
            for x, y in zip(X.chunk(4), Y.chunk(4)):
                (F.mse_loss(self.model(x), y) / 4).backward()
            self.optimizer.step()
            self.optimizer.zero_grad()
trainer = Trainer()
trainer.fit(40)
model = trainer.model
""",
        ("F.mse_loss(self.model(x), y) / 4",),
        40,
    ),
    Script(
        "one example at a time through ReLU, words that are rare, a class that never comes",
        """
words = nn.Embedding(500, 16)
model = nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 12))
opt = torch.optim.SGD([*words.parameters(), *model.parameters()], lr=0.05)
for step in range(60):
    opt.zero_grad()
    loss = F.cross_entropy(model(words(torch.tensor([step % 7]))), labels[step % 64 : step % 64 + 1])
    loss.backward()
    opt.step()
""",
        ("loss",),
        60,
    ),
    Script(
        "an embedding of which few words occur, and a convolution without bias before a batch norm",
        """
words = nn.Embedding(400, 8)
model = nn.Sequential(
    nn.Conv1d(8, 32, 3, padding=1, bias=False), nn.BatchNorm1d(32), nn.ReLU(), nn.Flatten(), nn.Linear(128, 1)
)
tokens = torch.randint(0, 20, (64, 4))
opt = torch.optim.Adam([*words.parameters(), *model.parameters()], lr=1e-3)
for _ in range(60):
    opt.zero_grad()
    loss = F.mse_loss(model(words(tokens).mT), Y)
    loss.backward()
    opt.step()
""",
        ("loss",),
        60,
    ),
    Script(
        "two optimisers that take turns",
        """
G = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 4))
D = nn.Sequential(nn.Linear(4, 16), nn.LeakyReLU(0.2), nn.Linear(16, 1))
opt_g, opt_d = (torch.optim.Adam(m.parameters(), 1e-3, betas=(0.5, 0.9)) for m in (G, D))
ones, zeros = torch.ones(64, 1), torch.zeros(64, 1)
for _ in range(60):
    fake = G(torch.randn(64, 2))
    d_loss = F.binary_cross_entropy_with_logits(D(X), ones)
    d_loss = d_loss + F.binary_cross_entropy_with_logits(D(fake.detach()), zeros)
    opt_d.zero_grad()
    d_loss.backward()
    opt_d.step()
    g_loss = F.binary_cross_entropy_with_logits(D(fake), ones)
    opt_g.zero_grad()
    g_loss.backward()
    opt_g.step()
model = nn.ModuleList([G, D])
""",
        ("d_loss", "g_loss"),
        60,
    ),
    Script(
        "gradient scaler that overflows and takes steps back, bfloat16 autocast",
        """
model = mlp()
opt = torch.optim.SGD(model.parameters(), lr=0.05)
scaler = torch.amp.GradScaler("cpu", init_scale=2.0**126, growth_interval=1000)
for _ in range(60):
    opt.zero_grad()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        out = model(X)
    loss = F.mse_loss(out.float(), Y) + 9
    scaler.scale(loss).backward()
    scaler.step(opt)
    scaler.update()
""",
        ("loss",),
        0,
    ),
    Script(
        "gradient scaler that grows every other step, in a method",
        """
class Trainer:
    def __init__(self):
        self.model = mlp()
        self.opt = torch.optim.SGD(self.model.parameters(), lr=0.05)
        self.scaler = torch.amp.GradScaler("cpu", init_scale=4.0, growth_interval=2)
    def fit(self, steps):
        for _ in range(steps):
            self.opt.zero_grad()
            self.scaler.scale(F.mse_loss(self.model(X), Y)).backward()
            self.scaler.step(self.opt)
            self.scaler.update()
trainer = Trainer()
trainer.fit(40)
model = trainer.model
""",
        ("F.mse_loss(self.model(X), Y)",),
        40,
    ),
)

SICK = (
    Script(
        "a rate that is too large",
        """
model = nn.Linear(4, 1)
opt = torch.optim.SGD(model.parameters(), lr=2.5)
for _ in range(20):
    opt.zero_grad()
    loss = F.mse_loss(model(X), Y)
    loss.backward()
    opt.step()
""",
        ("loss",),
        20,
        (("diverging", "loss"), ("exploding", "model.weight")),
    ),
    Script(
        "the root of nought",
        """
model = mlp()
opt = torch.optim.Adam(model.parameters(), lr=1e-2)
for step in range(40):
    opt.zero_grad()
    loss = (model(X) - Y).pow(2).sum().sqrt()
    if step >= 20:
        loss = loss + (model[0].weight * 0).sum().sqrt()
    loss.backward()
    opt.step()
""",
        ("loss",),
        40,
        (("not finite", "loss"), ("not finite", "model.0.weight")),
    ),
    Script(
        "twenty layers of sigmoid",
        """
model = nn.Sequential(*(part for _ in range(20) for part in (nn.Linear(4, 4), nn.Sigmoid())), nn.Linear(4, 1))
opt = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in range(30):
    opt.zero_grad()
    loss = F.mse_loss(model(X), Y)
    loss.backward()
    opt.step()
""",
        ("loss",),
        30,
        (("vanishing", "model.0.weight"),),
    ),
    Script(
        "a layer of dead ReLU",
        """
model = mlp(nn.ReLU)
with torch.no_grad():
    model[0].bias.fill_(-100)
opt = torch.optim.SGD(model.parameters(), lr=0.05)
for _ in range(60):
    opt.zero_grad()
    loss = F.mse_loss(model(X), Y)
    loss.backward()
    opt.step()
""",
        ("loss",),
        60,
        (("dead", "model.0.weight"),),
    ),
    Script(
        "thirty of thirty-two units dead",
        """
model = mlp(nn.ReLU, width=32)
with torch.no_grad():
    model[0].bias[:30] = -100
opt = torch.optim.Adam(model.parameters(), lr=1e-3)
for _ in range(60):
    opt.zero_grad()
    loss = F.mse_loss(model(X), Y)
    loss.backward()
    opt.step()
""",
        ("loss",),
        60,
        (("dead units", "model.0.bias"),),
    ),
    Script(
        "most units of a layer without bias dead",
        """
model = nn.Sequential(nn.Linear(4, 100), nn.ReLU(), nn.Linear(100, 50, bias=False), nn.ReLU(), nn.Linear(50, 1))
with torch.no_grad():
    model[2].weight[:47] = -model[2].weight[:47].abs()
opt = torch.optim.Adam(model.parameters(), lr=1e-4)
for _ in range(60):
    opt.zero_grad()
    loss = F.mse_loss(model(X), Y)
    loss.backward()
    opt.step()
""",
        ("loss",),
        60,
        (("dead units", "model.2.weight"),),
    ),
    Script(
        "bfloat16 weights and a small rate",
        """
model = mlp().bfloat16()
opt = torch.optim.SGD(model.parameters(), lr=1e-5)
for _ in range(60):
    opt.zero_grad()
    loss = F.mse_loss(model(X.bfloat16()), Y.bfloat16())
    loss.backward()
    opt.step()
""",
        ("loss",),
        60,
        (("stalled", "model.0.weight"),),
    ),
)
SCRIPTS = HEALTHY + SICK
