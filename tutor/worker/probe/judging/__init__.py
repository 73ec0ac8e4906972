"""Looks at what a learner wrote by using it: on inputs made for it, under other seeds, with its gradients."""
