"""The playground: what can be set, and the plain PyTorch that it stands for. Standard library only.

The worker trains with the very source text that "take this to the prompt" gives the learner, so the two
cannot differ.
"""
