import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Flatten(), nn.Linear(12, 24), nn.GELU(), nn.Linear(24, 3))
teacher = nn.Sequential(nn.Flatten(), nn.Linear(12, 3)).eval()
opt = torch.optim.NAdam(model.parameters(), lr=1e-3)
x = torch.randn(40, 3, 4)
y = torch.randint(0, 3, (40,))
for _ in range(10):
    lam = torch.distributions.Beta(0.4, 0.4).sample()
    order = torch.randperm(40)
    mixed = lam * x + (1 - lam) * x[order]
    onehot = F.one_hot(y, 3).float()
    target = lam * onehot + (1 - lam) * onehot[order]
    logits = model(mixed)
    with torch.no_grad():
        soft = teacher(mixed).softmax(dim=1)
    loss = F.cross_entropy(logits, target) + F.kl_div(logits.log_softmax(1), soft, reduction="batchmean")
    loss = loss + F.cross_entropy(logits, soft) + F.nll_loss(F.log_softmax(logits, dim=1), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
entropy = -torch.special.xlogy(soft, soft).sum(1).mean()
print(entropy)
