"""The autograd graph behind a tensor as a tree that can be walked, and a backward pass replayed on it.

``tree`` says which node stands in which row, ``rules`` how each operation passes a gradient on, ``steps`` what has
arrived where after so many steps, ``words`` what is said of one node, ``drawing`` puts them together.
"""
