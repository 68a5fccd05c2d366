# %% [markdown]
# # Double a number, and see it
#
# | | |
# |---|---|
# | Do | write one function and draw one picture |
# | Learn | how a lesson is laid out |
# | Need | nothing |
# | Time | two minutes |

# %%
import sys
import time

import ipywidgets
from matplotlib.figure import Figure
from sample_desk import check, hint, ready, show

# %% [markdown]
# ## Predict
# What is twice \$1.50? Write it down first.

# %% [markdown]
# ## The idea
# A [line](#The-equation) of slope 2, as in [the notes](../README.md) and
# [a paper](https://example.org/paper).

# %% [markdown]
# ## The equation
# $$y = 2 x_1$$
#
# where $x_1$ is the number.

# %% [markdown]
# ## Exercise: double a number (2 points)
# Return $2x$.


# %%
def double_it(x):
    """Return twice x."""
    ### BEGIN SOLUTION
    return x + x * 1.0
    ### END SOLUTION


# %%
check("double-it", double_it)

# %%
hint("double-it")

# %%
double = ready("double-it", double_it)

# %% [markdown]
# ## Exercise: half a number (1 point)
# Return $x/2$.


# %%
def half_it(x):
    """Return half of x."""
    scale = 0.5
    ### BEGIN SOLUTION
    result = x * scale
    return result
    ### END SOLUTION


# %%
check("half-it", half_it)

# %% [markdown]
# ## Explorer: a slider
# Move it.

# %%
ipywidgets.IntSlider(value=3)

# %% [markdown]
# ## Experiment: a line
# The slope is 2.

# %%
fig = Figure(figsize=(3, 2))
ax = fig.add_subplot()
ax.plot([0, 1, 2], [double(x) for x in (0, 1, 2)])
show(fig, alt=f"A straight line from 0 to {double(2):.1f}, of slope 2.")

# %% tags=["timing"]
print("it took", time.perf_counter(), file=sys.stderr)

# %% [markdown]
# ## Real data: one number
# The price doubles.

# %%
print("price", f"{double(1.25):.4g}")
sys.stdout.flush()
print("version 0.1.0, 123456 rows")

# %% [markdown]
# ## Spot the bug: half is not double
# Run it.


# %% tags=["bug"]
def doubled(x):
    return x / 2


doubled(3)

# %% [markdown]
# ## When it fails
# With text: `"a" * 2`.

# %% [markdown]
# ## Summary
# Twice is a sum.

# %% [markdown]
# ## Sources
# Euclid, about 300 BC.
