import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 2))
opt = torch.optim.AdamW(model.parameters(), lr=1e-3)
loss_fn = nn.CrossEntropyLoss()
steps = 4
running_loss = 0.0
opt.zero_grad()
for i in range(16):
    x, y = torch.randn(8, 4), torch.randint(0, 2, (8,))
    loss = loss_fn(model(x), y) / steps
    loss.backward()
    running_loss += loss.item()
    if (i + 1) % steps == 0:
        opt.step()
        opt.zero_grad()
print(running_loss)
