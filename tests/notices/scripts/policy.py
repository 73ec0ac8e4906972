import torch
from torch import nn

torch.manual_seed(0)
q = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 2))
target = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 2))
target.load_state_dict(q.state_dict())
opt = torch.optim.Adam(q.parameters(), lr=1e-3)
for step in range(10):
    s, s2 = torch.randn(32, 4), torch.randn(32, 4)
    a, r = torch.randint(0, 2, (32, 1)), torch.randn(32, 1)
    with torch.no_grad():
        goal = r + 0.9 * target(s2).max(dim=1, keepdim=True).values
    loss = nn.functional.smooth_l1_loss(q(s).gather(1, a), goal)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 5 == 4:
        target.load_state_dict(q.state_dict())
policy = torch.distributions.Categorical(logits=q(torch.randn(1, 4)))
action = policy.sample()
log_prob = policy.log_prob(action)
