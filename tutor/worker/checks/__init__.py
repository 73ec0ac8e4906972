"""The kinds of check: each compares what the learner has, or does, with what the solution makes."""
