# %% [markdown]
# # Means
#
# The *mean* of each column.

# %%
import torch

m = torch.arange(6.0).reshape(3, 2)

# %% Over the rows
# What is left after `dim=0`?
m.mean(0)

# %% [markdown]
# ## The end
#
# ```python
# this_is_shown_only()
# ```
