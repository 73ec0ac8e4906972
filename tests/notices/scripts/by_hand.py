import torch

torch.manual_seed(0)
x = torch.randn(100)
y = 2 * x - 1 + 0.05 * torch.randn(100)
w = torch.zeros(1, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
for _ in range(100):
    loss = ((w * x + b - y) ** 2).mean()
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
        b -= 0.1 * b.grad
        w.grad.zero_()
        b.grad.zero_()
print(w, b)
# %%
v = torch.randn(3, requires_grad=True)
for _ in range(20):
    loss = (v**2).sum()
    loss.backward()
    v.data -= 0.1 * v.grad
    v.grad = None
print(v)
# %%
u = torch.ones(2, requires_grad=True)
for _ in range(20):
    (g,) = torch.autograd.grad(((u - 3) ** 2).sum(), u)
    u = (u - 0.1 * g).detach().requires_grad_()
