import torch
from torch import nn

torch.manual_seed(0)
backbone = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.AdaptiveAvgPool2d(1))
for parameter in backbone.parameters():
    parameter.requires_grad = False
backbone.eval()
head = nn.Linear(8, 5)
opt = torch.optim.SGD(head.parameters(), lr=0.1)
images = torch.randint(0, 256, (20, 3, 16, 16), dtype=torch.uint8)
targets = torch.randint(0, 5, (20,))
x = images.float() / 255
x = (x - x.mean(dim=(0, 2, 3), keepdim=True)) / x.std(dim=(0, 2, 3), keepdim=True)
for _ in range(10):
    with torch.no_grad():
        h = backbone(x).flatten(1)
    loss = nn.functional.cross_entropy(head(h), targets)
    opt.zero_grad()
    loss.backward()
    opt.step()
for parameter in backbone.parameters():
    parameter.requires_grad = True
opt.add_param_group({"params": backbone.parameters(), "lr": 1e-3})
for _ in range(5):
    loss = nn.functional.cross_entropy(head(backbone(x).flatten(1)), targets)
    opt.zero_grad()
    loss.backward()
    opt.step()
