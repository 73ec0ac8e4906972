"""Watches a training loop without a line added to it: losses, steps, layers, learning rates, signs of trouble.

What is on the path of every step does next to nothing; figures are taken at looks, ten a second at most and one
percent of the time, always on the learner's own thread. Nothing of the learner's is kept beyond a look.
"""
