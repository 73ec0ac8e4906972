"""Watches one run of learner code and says, as data, what raised nothing and is rarely meant.

Nothing is wrapped for it and no hook is left in torch: the autograd graph is read when ``backward()`` begins
(the gradient watch sees that anyway), warnings are heard where Python shows them, and the rest is the
source of the run together with the objects that it left behind.
"""
