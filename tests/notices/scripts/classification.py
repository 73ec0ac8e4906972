import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
features = torch.randn(200, 4)
labels = (features[:, 0] > 0).long() + (features[:, 1] > 0).long()
train = DataLoader(TensorDataset(features[:160], labels[:160]), batch_size=32, shuffle=True)
test = DataLoader(TensorDataset(features[160:], labels[160:]), batch_size=32)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(4, 16)
        self.norm = nn.BatchNorm1d(16)
        self.drop = nn.Dropout(0.2)
        self.out = nn.Linear(16, 3)

    def forward(self, x):
        return self.out(self.drop(F.relu(self.norm(self.hidden(x)))))


def train_epoch(model, loader, optimizer):
    model.train()
    total = 0.0
    correct = 0
    for xb, yb in loader:
        optimizer.zero_grad()
        logits = model(xb)
        loss = F.cross_entropy(logits, yb)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(xb)
        correct += (logits.argmax(1) == yb).sum().item()
    return total / len(loader.dataset), correct / len(loader.dataset)


@torch.no_grad()
def evaluate(model, loader):
    model.eval()
    hits = sum((model(xb).argmax(1) == yb).sum().item() for xb, yb in loader)
    return hits / len(loader.dataset)


net = Net()
opt = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
for epoch in range(5):
    loss, accuracy = train_epoch(net, train, opt)
    print(epoch, loss, accuracy, evaluate(net, test))
probs = net(features[:3]).softmax(dim=1)
print(probs)
