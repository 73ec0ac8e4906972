"""Proves that lessons say what they mean, by running them."""
