import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(40, 5)
y = torch.randn(40, 2)
model = nn.ModuleDict({"body": nn.Linear(5, 8), "left": nn.Linear(8, 1), "right": nn.Linear(8, 1)})
opt = torch.optim.Adagrad(model.parameters(), lr=0.01)
for _ in range(6):
    h = torch.tanh(model["body"](x))
    total_loss = 0
    for place, name in enumerate(("left", "right")):
        total_loss += nn.functional.l1_loss(model[name](h), y[:, place : place + 1])
    penalty = 0.0
    for parameter in model.parameters():
        penalty += parameter.pow(2).sum()
    total_loss += 1e-3 * penalty
    opt.zero_grad()
    total_loss.backward()
    opt.step()
losses = []
for chunk in x.split(10):
    losses.append(model["body"](chunk).pow(2).mean())
opt.zero_grad()
torch.stack(losses).sum().backward()
opt.step()
distance = (x[:, None, :] - x[None, :, :]).pow(2).sum(-1).sqrt()
centred = x - x.mean(dim=0)
square = torch.randn(5, 5)
square = square / square.sum(dim=1, keepdim=True)
