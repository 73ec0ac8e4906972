r"""
Gradients by hand
=================

What :func:`torch.autograd.grad` gives for :math:`f(x) = x^2` is :math:`2x`; see
`the manual <https://example.org/manual>`_ and ``torch.Tensor.grad``.

.. note::

    Nothing is downloaded here.

.. code-block:: python

    never_run = True

"""

# SPDX-License-Identifier: MIT
import torch

######################################################################
# A leaf
# ------
#
# A tensor that asks for its gradient.

x = torch.tensor(3.0, requires_grad=True)
x

# %%
# Backwards
# ---------
#
# The derivative of the square:
#
# .. math:: \frac{d}{dx} x^2 = 2x

(x**2).backward()
print(x.grad)

# %%
# .. figure:: /_static/graph.png
#    :alt: the graph

other = torch.load("weights.pt")
