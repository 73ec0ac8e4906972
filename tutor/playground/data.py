"""The data sets, each as the lines of a program that bind ``points`` and ``labels``.

Every set fills the square from -3 to 3. Classes alternate from point to point, so that any first part of
the points is balanced; a class is 0.0 or 1.0, a number to be learned lies between about -1 and 1.
"""

from __future__ import annotations

DATA_SOURCE = {
    "circle": """
labels = torch.arange(n) % 2 * 1.0  # class 1 inside, class 0 in a ring around it
radius = torch.where(labels == 1, 1.3 * torch.rand(n), 1.9 + 0.8 * torch.rand(n))
angle = 2 * math.pi * torch.rand(n)
points = torch.stack([radius * angle.cos(), radius * angle.sin()], dim=1)
points = points + noise * torch.randn(n, 2)
""",
    "xor": """
points = 5.4 * torch.rand(n, 2) - 2.7
points = points + 0.2 * points.sign()  # a gap between the four squares
labels = (points[:, 0] * points[:, 1] > 0).float()  # class 1 where both have the same sign
points = points + noise * torch.randn(n, 2)
""",
    "gaussians": """
labels = torch.arange(n) % 2 * 1.0
middle = 1.3 * (2 * labels - 1)  # class 1 around (1.3, 1.3), class 0 around (-1.3, -1.3)
points = middle.unsqueeze(1) + (0.4 + 1.6 * noise) * torch.randn(n, 2)
""",
    "spiral": """
labels = torch.arange(n) % 2 * 1.0  # two arms, half a turn apart
along = torch.rand(n).sqrt()
angle = math.pi * (3 * along + labels)
points = 2.7 * along.unsqueeze(1) * torch.stack([angle.sin(), angle.cos()], dim=1)
points = points + 0.6 * noise * torch.randn(n, 2)
""",
    "moons": """
labels = torch.arange(n) % 2 * 1.0  # two half circles that reach into each other
angle = math.pi * torch.rand(n)
side = 1 - 2 * labels
points = torch.stack([1.7 * angle.cos() - 0.85 * side, side * (1.7 * angle.sin() - 0.45)], dim=1)
points = points + noise * torch.randn(n, 2)
""",
    "plane": """
points = 5.8 * torch.rand(n, 2) - 2.9
labels = (points[:, 0] + points[:, 1]) / 6  # a plane that rises to the upper right
labels = labels + 0.5 * noise * torch.randn(n)
""",
    "wave": """
points = 5.8 * torch.rand(n, 2) - 2.9
labels = torch.sin(1.5 * points[:, 0]) * torch.cos(0.8 * points[:, 1])
labels = labels + 0.5 * noise * torch.randn(n)
""",
    "hills": """
points = 5.8 * torch.rand(n, 2) - 2.9
hill = torch.exp(-(points - 1.2).pow(2).sum(dim=1))  # a hill at (1.2, 1.2), a hollow at (-1.2, -1.2)
hollow = torch.exp(-(points + 1.2).pow(2).sum(dim=1))
labels = hill - hollow + 0.5 * noise * torch.randn(n)
""",
}
