import torch
from torch import nn

torch.manual_seed(0)


class Tagger(nn.Module):
    def __init__(self, words, hidden, tags):
        super().__init__()
        self.embedding = nn.Embedding(words, 12)
        self.rnn = nn.LSTM(12, hidden, batch_first=True, num_layers=2, dropout=0.1)
        self.layers = nn.ModuleList([nn.Linear(hidden, hidden) for _ in range(2)])
        self.out = nn.Linear(hidden, tags)

    def forward(self, tokens):
        h, _ = self.rnn(self.embedding(tokens))
        for layer in self.layers:
            h = torch.relu(layer(h))
        return self.out(h)


model = Tagger(50, 16, 4)
opt = torch.optim.Adam(model.parameters(), lr=1e-2)
tokens = torch.randint(0, 50, (32, 7))
tags = tokens % 4
for _ in range(10):
    logits = model(tokens)
    loss = nn.functional.cross_entropy(logits.flatten(0, 1), tags.flatten())
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    opt.step()
model.eval()
accuracy = (model(tokens).argmax(-1) == tags).float().mean()
print(accuracy)
