import torch
from torch import nn

torch.manual_seed(0)


class AutoEncoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
        self.decoder = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 64))
        self.register_buffer("mean", torch.full((64,), 0.5))

    def forward(self, x):
        return self.decoder(self.encoder(x - self.mean))


model = AutoEncoder()
opt = torch.optim.RMSprop(model.parameters(), lr=1e-3)
loss_fn = nn.BCEWithLogitsLoss()
x = (torch.rand(64, 64) > 0.5).float()
losses = []
for _ in range(10):
    opt.zero_grad()
    logits = model(x)
    loss = loss_fn(logits, x)
    loss.backward()
    opt.step()
    losses.append(loss.item())
with torch.inference_mode():
    picture = torch.sigmoid(model(x[:1])).view(8, 8)
print(picture.round())
