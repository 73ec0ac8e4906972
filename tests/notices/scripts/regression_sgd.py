import torch
from torch import nn

torch.manual_seed(0)
x = torch.linspace(-1, 1, 64)[:, None]
y = 3 * x + 0.5 + 0.1 * torch.randn_like(x)
model = nn.Linear(1, 1)
criterion = nn.MSELoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(50):
    pred = model(x)
    loss = criterion(pred, y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if epoch % 10 == 0:
        print(epoch, loss.item())
