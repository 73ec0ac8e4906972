import math

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


class Block(nn.Module):
    def __init__(self, size, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(size, 3 * size)
        self.out = nn.Linear(size, size)
        self.norm = nn.LayerNorm(size)
        self.last_weights = None

    def forward(self, x):
        n, t, c = x.shape
        q, k, v = self.qkv(self.norm(x)).chunk(3, dim=-1)
        q, k, v = (part.view(n, t, self.heads, -1).transpose(1, 2) for part in (q, k, v))
        scores = q @ k.transpose(-2, -1) / math.sqrt(c // self.heads)
        mask = torch.ones(t, t, dtype=torch.bool).tril()
        weights = scores.masked_fill(~mask, float("-inf")).softmax(dim=-1)
        self.last_weights = weights.detach()
        return x + self.out((weights @ v).transpose(1, 2).reshape(n, t, c))


embed, block, head = nn.Embedding(20, 16), Block(16, 4), nn.Linear(16, 20, bias=False)
head.weight = embed.weight
params = {id(p): p for m in (embed, block, head) for p in m.parameters()}
opt = torch.optim.AdamW(params.values(), lr=1e-2)
text = torch.randint(0, 20, (16, 9))
for _ in range(10):
    logits = head(block(embed(text[:, :-1])))
    loss = F.cross_entropy(logits.transpose(1, 2), text[:, 1:])
    opt.zero_grad()
    loss.backward()
    opt.step()
causal = nn.Transformer.generate_square_subsequent_mask(5)
