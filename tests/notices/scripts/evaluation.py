import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 12), nn.BatchNorm1d(12), nn.ReLU(), nn.Dropout(0.4), nn.Linear(12, 1))
opt = torch.optim.Adam(model.parameters())
loss_fn = nn.BCEWithLogitsLoss()
x, y = torch.randn(90, 6), (torch.rand(90) > 0.5).float()
best = float("inf")
for epoch in range(8):
    model.train()
    logits = model(x[:60]).squeeze(1)
    loss = loss_fn(logits, y[:60])
    opt.zero_grad()
    loss.backward()
    opt.step()

    model.eval()
    with torch.inference_mode():
        test_logits = model(x[60:]).squeeze(1)
        test_loss = loss_fn(test_logits, y[60:])
        correct = (torch.round(torch.sigmoid(test_logits)) == y[60:]).sum().item()
    best = min(best, test_loss.item())
    print(f"{epoch} {loss.item():.3f} {test_loss.item():.3f} {correct / 30:.2f}")
