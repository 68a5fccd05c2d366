# %% [markdown]
# # Let the curvature choose the step, and count what it costs
#
# | | |
# |---|---|
# | **Do** | write Newton's step, the update of BFGS, and the two loops of L-BFGS |
# | **Learn** | what curvature buys, what it costs, and why networks are trained without it |
# | **Need** | gradient descent, from [lesson 02](02_gradient_descent.ipynb); eigenvalues; how to solve linear equations |
# | **Time** | 60 minutes |

# %%
import numpy as np

from course_lib.chained import ChainedRosenbrock
from course_lib.data import diabetes, digits
from course_lib.descent import Path, descend, train
from course_lib.effort import effort, seconds_to_solve
from course_lib.exercises import check, diagnose, hint, predict, progress, ready, reveal
from course_lib.explorers import quadratic_model
from course_lib.line_search import backtracking, full_step, strong_wolfe
from course_lib.models import Network
from course_lib.noisy_curvature import disagreement, train_lbfgs
from course_lib.optimizers import GD, Adam, Momentum
from course_lib.plots import COLORS, contours, family, figure, path, show
from course_lib.problems import himmelblau, least_squares, quadratic, rosenbrock, valley
from course_lib.second_order import BFGS, LBFGS, Newton, minimise, numerical_hessian
from course_lib.sweep import Sweep, contest

# %% [markdown]
# ## Recall: three questions from lesson 12
# Answer in your head, then open the answer.
#
# <details><summary>How do you find the largest curvature without writing the Hessian down?</summary>
# Multiply a vector by it again and again. Each product costs two gradients.
# </details>
#
# <details><summary>Why is the curvature at a minimum alone no measure of how good it is?</summary>
# A ReLU network can be rescaled: the same function, with quite another curvature.
# </details>
#
# <details><summary>What does decoupled decay do to a weight in each step?</summary>
# It multiplies it by 1 - lr wd, however large the gradients are.
# </details>

# %% [markdown]
# ## Where we were: hundreds of gradients for two numbers
# **Rosenbrock's function** is a bent valley. At its bottom the curvatures are 1000 and 0.4:
#
# $$ f(x, y) = (1 - x)^2 + 100\,(y - x^2)^2. $$
#
# Start at $(-1.2, 1)$, stop when the gradient is shorter than $10^{-8}$, and count **evaluations**:
# the points at which you ask for the gradient. Every method is tuned, all settings of a grid run at
# once.

# %%
lrs, betas = np.geomspace(0.01, 1, 41), [0.8, 0.9, 0.94, 0.95, 0.98]
grids = {
    "gradient descent": (GD, 25_000, {"lr": [0.0016, 0.0017, 0.0018, 0.0019, 0.002]}),
    "momentum": (Momentum, 2000, {"lr": lrs / 100, "beta": betas}),
    "Adam": (Adam, 2000, {"lr": lrs, "beta1": betas, "beta2": [0.99, 0.999]}),
}
tuned = {
    name: effort(rule, rosenbrock, most=most, **grid) for name, (rule, most, grid) in grids.items()
}
for name, found in tuned.items():
    best = ", ".join(f"{key} {value:.3g}" for key, value in found.best.items())
    print(f"{name:16}  {found.fewest:5.0f} evaluations at {best}")

# %%
fig, ax = figure(size=(7, 4))
contours(ax, rosenbrock)
for name, found in tuned.items():
    path(ax, descend(grids[name][0](**found.best), rosenbrock, steps=100).points, label=name)
ax.legend(loc="upper center")
ax.set_title("After 100 gradients, at their best settings,\nnone of them is there")
show(
    fig,
    alt="Rosenbrock's bent valley with three paths of 100 steps. Gradient descent has hardly moved "
    "along the floor; momentum and Adam, after wide swings, are at the bend, and momentum is nearer.",
)

# %% [markdown]
# ## Predict: what do 35 steps cost?
# The methods of this lesson use *curvature*, how fast the slope changes. One of them, BFGS, learns it
# from the same gradients, and takes 35 steps from the same start.
#
# But now a step may ask more than once, to find out how far to go. How many evaluations do these 35
# steps cost, all trials included? Replace `None` by your guess.

# %%
predict("bfgs-evaluations", None)

# %% [markdown]
# ## The idea: follow a parabola, not a line
# A gradient is a straight line through the point where you stand. A line has no bottom. So it tells
# where to go, and not how far: that was left to the learning rate.
#
# Add the curvature, and the line bends into a parabola. If it bends upwards, it has a bottom. Go
# there.

# %%
w0, w = 1.5, np.linspace(-0.6, 2.2, 200)
loss, slope, bend = np.exp(w0) - 2 * w0, np.exp(w0) - 2, np.exp(w0)
line = loss + slope * (w - w0)

# %%
fig, ax = figure(size=(6.5, 3.8))
ax.plot(w, np.exp(w) - 2 * w, color="black", label="loss $e^w - 2w$")
ax.plot(w, line, "--", label="line: loss and slope")
ax.plot(w, line + bend * (w - w0) ** 2 / 2, label="parabola: and curvature")
ax.plot(w0, loss, "ko")
ax.axvline(w0 - slope / bend, color="0.6", linewidth=1)
ax.set(xlabel="w", ylabel="loss", ylim=(-1.5, 4))
ax.legend(loc="upper center")
ax.set_title("The parabola has a bottom, and it is near that of the loss")
show(
    fig,
    alt="A convex curve with its tangent and its parabola at w = 1.5. The tangent falls for ever; the "
    "parabola has its bottom at 0.95, the curve at 0.69.",
)

# %% [markdown]
# ## The equation: Newton's step
# With $w$ the point, $g$ the gradient there, and $p$ a step, the **quadratic model** of the loss is
#
# $$ m(p) = f(w) + g \cdot p + \tfrac12\, p^{\mathsf T} H p. $$
#
# $H$ is the **Hessian**: the $d \times d$ matrix of second derivatives. Its eigenvalues are the
# curvatures. The slope of the model is $g + H p$, and at the bottom it is 0. So the step solves a
# system of linear equations:
#
# $$ (H + \delta I)\, p = -g, \qquad w_{t} = w_{t-1} + p. $$
#
# With $\delta = 0$ this is **Newton's step**. $\delta$ (delta), in the units of a curvature, is the
# **damping**: it makes the model steeper in every direction, and the step shorter. $I$ is the
# identity.

# %% [markdown]
# By hand, with one coordinate, a curvature of 2, and the four gradients of the course:
#
# | $t$ | $g$ | step, $\delta = 0$: $-g/2$ | $w$ | step, $\delta = 2$: $-g/4$ | $w$ |
# |---|---|---|---|---|---|
# | 1 | 1 | −0.5 | −0.5 | −0.25 | −0.25 |
# | 2 | 1 | −0.5 | −1 | −0.25 | −0.5 |
# | 3 | −1 | 0.5 | −0.5 | 0.25 | −0.25 |
# | 4 | 0 | 0 | −0.5 | 0 | −0.25 |
#
# It looks like gradient descent, and there is no memory. What changed beside it:
#
# ```
# gradient descent                     Newton
# w = w - lr * g                       w = w - solve(H + damping * I, g)
# ```
#
# The *number* lr has become a *matrix*: each direction gets one over its own curvature.

# %% [markdown]
# ## Exercise: one step of Newton, damped (2 points)
# `w` and `g` have shape (d,), `H` has (d, d), `damping` is a number. Return the new point.
# `np.linalg.solve(A, b)` gives the $x$ with $A x = b$. Do not compute an inverse: it costs more and is
# less exact. The matrix of the model is there.


# %%
def newton_step(w, g, H, damping):
    """Return the point at the bottom of the damped model, shape (d,)."""
    model = H + damping * np.eye(len(w))
    ### BEGIN SOLUTION
    return w - np.linalg.solve(model, g)
    ### END SOLUTION


# %%
check("newton-step", newton_step)

# %%
hint("newton-step")

# %% [markdown]
# ## Experiment: limits that you know
# In the valley, a quadratic, the model *is* the loss: one step has to arrive. With a huge damping, the
# curvatures no longer matter: this has to be gradient descent with $\eta = 1/\delta$.

# %%
newton = ready("newton-step", newton_step)
w, g, H = valley.start, valley.grad(valley.start), valley.hessian
print("one step arrives:        ", np.allclose(newton(w, g, H, 0.0), 0.0))
print("damping 1e6 is lr = 1e-6:", np.allclose(newton(w, g, H, 1e6) - w, -1e-6 * g, rtol=1e-5))

# %% [markdown]
# Gradient descent at its best needed hundreds of steps here, momentum about fifty.

# %% [markdown]
# ## Experiment: six steps for Rosenbrock
# Its Hessian is known, so let your step go.

# %%
bent = ChainedRosenbrock(2)  # Rosenbrock's function, and its Hessian
w = rosenbrock.start
for k in range(7):
    g = rosenbrock.grad(w)
    print(f"after {k} steps: loss {rosenbrock.value(w):8.2g}, |g| {np.linalg.norm(g):8.1e}")
    w = newton(w, g, bent.hessian(w), 0.0)

# %% [markdown]
# Six steps, in place of hundreds! Look at the losses at the end: $10^{-11}$, then $10^{-20}$. Near the
# bottom each step doubles the number of right digits, roughly.
#
# And look at the second step. The loss began at 24, and there it is 1400. The model was the wrong one
# so far away, and nobody checked.

# %% [markdown]
# ## Spot the bug: "second order needs no step size"
# "The curvature chooses the step, so there is nothing to tune." Here is $f(w) = \sqrt{1 + w^2}$, a
# smooth convex bowl with one minimum, at 0. Its slope is $w / \sqrt{1 + w^2}$, its curvature
# $(1 + w^2)^{-3/2}$.


# %% tags=["bug"]
def published_walk(w, steps):
    for _ in range(steps):
        slope, curvature = w / np.sqrt(1 + w**2), (1 + w**2) ** -1.5
        w = newton(np.array([w]), np.array([slope]), np.array([[curvature]]), 0.0)[0]
        yield float(w)


for start in (0.9, 1.0, 1.1):
    print(f"from {start}:", *(f"{w:.3g}" for w in published_walk(start, 5)))

# %% [markdown]
# <details><summary>What is wrong?</summary>
# Divide slope by curvature: the step is w (1 + w^2), so the new point is minus w cubed. Below 1 it
# shrinks very fast, at 1 it jumps to and fro for ever, above 1 it explodes. The model is a good one
# near the point, and nothing says that its bottom is near. Newton's step needs damping, or somebody
# who looks before he leaps.
# </details>

# %% [markdown]
# ## The idea: look before you leap
# Take Newton's step as a *direction* $p$, and ask how far to go along it: to $w + a\, p$. Try $a = 1$
# first. If the loss there has not fallen *enough*, halve $a$.
#
# What is enough? The slope along $p$ is $g \cdot p$, a negative number. A straight line would fall by
# $a\, |g \cdot p|$. Ask for a small share $c_1$ of that, usually $10^{-4}$:
#
# $$ f(w + a\, p) \le f(w) + c_1\, a\, (g \cdot p). $$
#
# This is the **Armijo condition**, and the search is called **backtracking**. Worked out, for
# $f = w^2$ at $w = 1$, with $p = -4$, four times as far as it should be. The slope along $p$
# is $2 \cdot (-4) = -8$.
#
# | $a$ | lands at | $f$ | has to be below | |
# |---|---|---|---|---|
# | 1 | −3 | 9 | $1 - 0.0008$ | halve |
# | 0.5 | −1 | 1 | $1 - 0.0004$ | halve |
# | 0.25 | 0 | 0 | $1 - 0.0002$ | **take it** |
#
# See why "not higher than before" would not do: $a = 0.5$ jumps to and fro for ever.

# %%
w = newton(rosenbrock.start, rosenbrock.grad(rosenbrock.start), bent.hessian(rosenbrock.start), 0.0)
p = newton(w, rosenbrock.grad(w), bent.hessian(w), 0.0) - w
a = np.linspace(0, 1.05, 200)

# %%
fig, ax = figure(size=(6.5, 3.8))
ax.plot(a, rosenbrock.value(w + a[:, None] * p), color="black", label="loss along the step")
ax.axhline(rosenbrock.value(w), linestyle="--", label="Armijo: below this line, almost level")
for k in range(4):
    ax.plot(0.5**k, rosenbrock.value(w + 0.5**k * p), "o", color=COLORS[1 if k < 3 else 2])
ax.set(xlabel="a, share of Newton's step", ylabel="loss", yscale="log")
ax.legend(loc="lower right")
ax.set_title("Newton's second step on Rosenbrock:\nthree halvings, and the fourth trial is taken")
show(
    fig,
    alt="The loss along Newton's second step on a log scale: it falls a little, then rises to 1400. Of "
    "the trials at 1, 0.5, 0.25 and 0.125, only the last is below the start.",
)

# %% [markdown]
# ## Experiment: what looking costs
# `minimise` runs a method with a search, and keeps the books. Every trial is an evaluation, the
# rejected ones too.

# %%
for search in (full_step, backtracking):
    run = minimise(Newton(bent.hessian), rosenbrock, search=search)
    print(
        f"{search.__name__:12}: {len(run.steps):2} steps, {run.evaluations[-1]:2} evaluations, "
        f"highest loss {run.values.max():.4g}"
    )

# %% [markdown]
# The careful run takes longer here. It never climbs, though, and in the bowl above it arrives from
# anywhere. Besides, each step of Newton asked for a Hessian, and that is not in these counts: 3 numbers
# here, $d(d+1)/2$ in general.

# %% [markdown]
# ## Explorer: the ellipse of the model
# A landscape with four valleys, **Himmelblau's function**, and the model at one point of it, drawn as
# level lines. Where both curvatures are positive, these are ellipses, and the step goes to their
# centre. Find out what the model looks like between two valleys, and on the hill in the middle. Where
# does the step go there? Then turn the damping up, until the model is a bowl again.

# %%
quadratic_model()

# %% [markdown]
# ## Experiment: Newton walks into a saddle
# Newton's step goes to where the model is *flat*. That may be a bottom. It may as well be a top or a
# saddle. Start it from 100 random points, and look at the curvatures where it ends.

# %%
starts = np.random.default_rng(0).uniform(-5, 5, size=(100, 2))
kinds = {2: "a minimum", 1: "a saddle", 0: "the top of the hill"}
ways = {"Newton": (0.0, full_step), "damped by 70, Armijo": (70.0, backtracking)}
rising = {}
for name, (damping, search) in ways.items():
    method = Newton(lambda w: numerical_hessian(himmelblau.grad, w), damping)
    runs = [minimise(method, himmelblau, w, search) for w in starts]
    ends = [numerical_hessian(himmelblau.grad, run.points[-1]) for run in runs]
    rising[name] = np.array([np.sum(np.linalg.eigvalsh(H) > 0) for H in ends])
    shares = ", ".join(f"{np.mean(rising[name] == k):.0%} at {kinds[k]}" for k in kinds)
    print(f"{name:20}: {shares}; {np.mean([len(run.steps) for run in runs]):.0f} steps on average")

# %%
fig, ax = figure(size=(5.6, 5))
contours(ax, himmelblau)
for k, marker in ((2, "o"), (1, "s"), (0, "^")):
    chosen = starts[rising["Newton"] == k]
    ax.plot(*chosen.T, marker, color=COLORS[2 - k], label=f"ends at {kinds[k]}")
ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=3, fontsize=9)
ax.set_title("Four of ten starts lead Newton to where\nthe loss is not lowest")
show(
    fig,
    alt="A hundred starts in a landscape with four valleys, marked by where Newton's method ends. "
    "Those near the valleys end in a minimum, those between them at saddles or on the hill.",
)

# %% [markdown]
# Gradient descent leaves a saddle, if slowly. For Newton a saddle is as good as a minimum. The damping
# repairs it: $\delta$ has to be larger than the most negative curvature is in size. The price is a shorter step,
# everywhere.

# %% [markdown]
# ## The idea: learn the curvature from your own steps
# Second derivatives are tedious to write, and $d^2$ of them are too many. But curvature is the *change
# of the slope*, and you see the slope change in every step. Write
#
# $$ s = w_{t} - w_{t-1}, \qquad y = g_{t} - g_{t-1}. $$
#
# In one dimension the curvature is about $y / s$. By hand: the four gradients again, from $w = 0$. $h$
# is one over the curvature, 1 at first, and each step is $-h\, g$.
#
# | $t$ | $w$ | $g$ | $s$ | $y$ | $h = s/y$ | step |
# |---|---|---|---|---|---|---|
# | 1 | 0 | 1 | | | 1, a guess | −1 |
# | 2 | −1 | 1 | −1 | 0 | no curvature seen: keep 1 | −1 |
# | 3 | −2 | −1 | −1 | −2 | 0.5 | 0.5 |
# | 4 | −1.5 | 0 | 0.5 | 1 | 0.5 | 0 |
#
# From −1 to −2 the slope went from 1 to −1. So it is 0 half-way, and there the method goes. No second
# derivative was asked for.

# %% [markdown]
# ## The equation: BFGS
# In $d$ dimensions, one step says what $H$ does along one direction: $H s \approx y$. Keep a matrix
# $B$, `H_inv`, your estimate of the *inverse* Hessian. Then the direction is $p = -B g$, with nothing
# to solve. After each step correct it, such that it explains the step, $B_{\text{new}}\, y = s$:
#
# $$ B_{\text{new}} = (I - r\, s\, y^{\mathsf T})\, B\, (I - r\, y\, s^{\mathsf T})
# + r\, s\, s^{\mathsf T}, \qquad r = \frac{1}{s \cdot y}. $$
#
# $s\, y^{\mathsf T}$ is a matrix, `np.outer(s, y)`. Read it from the right, for a vector that meets
# $B$: the brackets take out what the step has taught, and the last term puts it back, right. Four
# people found it in 1970: **B**royden, **F**letcher, **G**oldfarb, **S**hanno.
#
# $s \cdot y$ has to be positive: in a bowl, the slope along a step rises. Then $B$ keeps all its
# curvatures positive, and $p$ always points downhill.

# %% [markdown]
# ## Exercise: learn the inverse Hessian from one step (3 points)
# Write the update. If $s \cdot y \le 10^{-10}\, |s|\, |y|$, the step shows no curvature: return a copy
# of `H_inv` as it was.


# %%
def bfgs_update(H_inv, s, y):
    """Return the corrected inverse Hessian, (d, d), a fresh array."""
    ### BEGIN SOLUTION
    sy = s @ y
    if sy <= 1e-10 * np.linalg.norm(s) * np.linalg.norm(y):
        return H_inv.copy()
    bracket = np.eye(len(s)) - np.outer(s, y) / sy
    return bracket @ H_inv @ bracket.T + np.outer(s, s) / sy
    ### END SOLUTION


# %%
check("bfgs-update", bfgs_update)

# %%
hint("bfgs-update")

# %% [markdown]
# Does it find the Hessian of the valley, whose inverse has 100 and 1 on its diagonal? Take random steps,
# and compare with the truth.

# %%
update = ready("bfgs-update", bfgs_update)
rng, H_inv = np.random.default_rng(0), np.eye(2)
for k in range(21):
    if k % 5 == 0:
        off = np.abs(H_inv - np.linalg.inv(valley.hessian)).max()
        print(f"after {k:2} steps: off by {off:.1e}")
    s = rng.normal(size=2)
    H_inv = update(H_inv, s, valley.hessian @ s)

# %% [markdown]
# ## The idea of a second condition: go far enough
# BFGS needs $s \cdot y > 0$ in every step. Armijo's condition does not see to that: it lets a step end
# where the loss falls even more steeply. So ask for a second thing: the slope along $p$, at the end, must
# be flatter than at the beginning. With $g_a$ the gradient there,
#
# $$ |g_a \cdot p| \le c_2\, |g \cdot p|, \qquad \text{usually } c_2 = 0.9. $$
#
# The slope has then risen from $g \cdot p$ to $g_a \cdot p$, and $s \cdot y = a\,(g_a - g) \cdot p$ is
# positive. Both together are the **strong Wolfe conditions**. A search for them tries 1, 2, 4, ... until a good
# step lies in between, and then narrows the interval down, by parabolas. A smaller $c_2$ makes every
# step better. Does that pay?

# %%
for c2 in (0.9, 0.1, 0.01):
    run = minimise(BFGS(), rosenbrock, search=lambda *a, c2=c2: strong_wolfe(*a, c2=c2))
    print(f"c2 = {c2:4}: {len(run.steps):2} steps, {run.evaluations[-1]:3} evaluations")

# %% [markdown]
# It does not. Fewer *steps*, and twice the *price*. Whoever counts steps, or iterations, counts the
# wrong thing.

# %%
run = minimise(BFGS(), rosenbrock)
reveal("bfgs-evaluations", int(run.evaluations[-1]))

# %% [markdown]
# ## Spot the bug: a correction of rank one
# "BFGS adds a matrix of rank one": so it says, and this code does. It explains the step. Try it in a
# place where the slope has risen, as it should.


# %% tags=["bug"]
def published_update(H_inv, s, y):
    miss = s - H_inv @ y
    return H_inv + np.outer(miss, miss) / (miss @ y)


s, y, g = np.array([1.0, 0.0]), np.array([0.9, 1.0]), np.array([0.0, 1.0])
for name, rule in {"published": published_update, "yours": update}.items():
    after = rule(np.eye(2), s, y)
    sizes = np.linalg.svd(after - np.eye(2), compute_uv=False)
    print(
        f"{name:9}: explains the step {np.allclose(after @ y, s)}, rank {np.sum(sizes > 1e-9)}, "
        f"slope along -H_inv g {-g @ after @ g:.2g}"
    )

# %%
diagnose("bfgs-update", published_update)

# %% [markdown]
# <details><summary>What is wrong?</summary>
# A slope above 0 along the direction: it points uphill, although s.y is positive. This is another
# method, the symmetric rank-one update. Only one symmetric correction of rank one explains the step,
# and nothing keeps the matrix positive. BFGS has a second rank to spend on that.
# </details>

# %% [markdown]
# ## The idea: keep the pairs, not the matrix
# With a million weights, $B$ has $10^{12}$ numbers. But $B$ is made of pairs $(s, y)$, two vectors for
# each step. Keep the last $m$ pairs, ten or so, and compute $B g$ from them directly. This is
# **L-BFGS**, L for limited memory.
#
# What would $B$ be before the oldest pair that is kept? Take $\gamma I$, with a number $\gamma$
# (gamma) that has the right units, from the newest pair.

# %% [markdown]
# ## The equation: two loops
# Number the pairs from 1, the oldest, to $m$, the newest; $r_i = 1 / (s_i \cdot y_i)$. Begin with
# $q = g$.
#
# $$ \text{for } i = m, \dots, 1: \quad a_i = r_i\,(s_i \cdot q), \qquad q \leftarrow q - a_i\, y_i $$
#
# $$ q \leftarrow \gamma\, q, \qquad \gamma = \frac{s_m \cdot y_m}{y_m \cdot y_m} $$
#
# $$ \text{for } i = 1, \dots, m: \quad q \leftarrow q + \big(a_i - r_i\,(y_i \cdot q)\big)\, s_i $$
#
# The direction is $p = -q$. The first loop is the brackets on the right of $B$, unfolded; the second
# loop is those on the left, and the last terms. That is $4 m d$ products, and $2 m d$ numbers to keep.

# %% [markdown]
# ## Exercise: the direction, from the last pairs alone (3 points)
# `S` and `Y` have shape (m, d), the oldest pair in row 0. Without pairs, m = 0, return `-g`. Here is a
# first attempt. It is broken. With one pair it is right, with two it is not.


# %% tags=["bug"]
def first_direction(g, S, Y):
    q, kept = 1.0 * g, []
    for s, y in zip(S, Y, strict=True):
        kept.append(s @ q / (s @ y))
        q -= kept[-1] * y
    q *= (S[-1] @ Y[-1]) / (Y[-1] @ Y[-1]) if len(S) else 1.0
    for s, y, share in zip(S, Y, kept, strict=True):
        q += (share - y @ q / (s @ y)) * s
    return -q


# %%
diagnose("lbfgs-direction", first_direction)

# %% [markdown]
# Write the right one.


# %%
def lbfgs_direction(g, S, Y):
    """Return the direction p, shape (d,); leave the inputs alone."""
    ### BEGIN SOLUTION
    q, m = np.array(g, dtype=float), len(S)
    if m == 0:
        return -q
    r = 1 / np.sum(S * Y, axis=1)
    a = np.zeros(m)
    for i in range(m - 1, -1, -1):
        a[i] = r[i] * (S[i] @ q)
        q = q - a[i] * Y[i]
    q = q / (r[-1] * (Y[-1] @ Y[-1]))
    for i in range(m):
        q = q + (a[i] - r[i] * (Y[i] @ q)) * S[i]
    return -q
    ### END SOLUTION


# %%
check("lbfgs-direction", lbfgs_direction)

# %%
hint("lbfgs-direction")

# %% [markdown]
# ## Experiment: the loops are the matrix
# A limit that you know: apply your own `bfgs_update` to all pairs, beginning with $\gamma I$. Minus the
# matrix times $g$ has to be the direction, and no matrix was made for it.

# %%
direction = ready("lbfgs-direction", lbfgs_direction)
rng = np.random.default_rng(0)
S, g = rng.normal(size=(6, 4)), rng.normal(size=4)
Y = S @ np.diag([1.0, 2.0, 5.0, 9.0])
H_inv = (S[-1] @ Y[-1]) / (Y[-1] @ Y[-1]) * np.eye(4)
for s, y in zip(S, Y, strict=True):
    H_inv = update(H_inv, s, y)
print("two loops = matrix times g:", np.allclose(direction(g, S, Y), -H_inv @ g))

# %% [markdown]
# ## Experiment: all of them on Rosenbrock
# To a gradient below $10^{-8}$. The first-order methods are tuned on their grids; the others have
# nothing to tune but the line search, which stays at its usual $c_1$ and $c_2$.

# %%
curves = {}
for name, found in tuned.items():
    run = descend(grids[name][0](**found.best), rosenbrock, steps=int(found.fewest))
    curves[name] = (
        np.arange(1, len(run.points) + 1),
        np.linalg.norm(rosenbrock.grad(run.points), axis=1),
    )
for name, method, search in (
    ("BFGS", BFGS(), strong_wolfe),
    ("L-BFGS", LBFGS(memory=10), strong_wolfe),
    ("Newton", Newton(bent.hessian), full_step),
):
    run = minimise(method, rosenbrock, search=search)
    curves[name] = run.evaluations, run.slopes
    print(f"{name:6}: {len(run.steps):2} steps, {run.evaluations[-1]:2} evaluations")

# %%
fig, ax = figure(size=(8.4, 4.2))
for name, (asked, slopes) in curves.items():
    ax.loglog(asked, slopes, label=f"{name}: {asked[np.argmax(slopes < 1e-8)]}")
ax.axhline(1e-8, color="0.6", linewidth=0.8)
ax.set(xlabel="evaluations", ylabel="length of the gradient", ylim=(1e-9, 1e4))
ax.legend(loc="upper left", bbox_to_anchor=(1, 1), title="evaluations to $10^{-8}$")
ax.set_title(
    "Curvature learned from gradients saves nine of ten\nof them, curvature given saves more"
)
show(
    fig,
    alt="Length of the gradient against evaluations, both on log scales. Newton arrives after 7, BFGS "
    "and L-BFGS after about 65, momentum after 634, Adam after 895, gradient descent after 22919.",
)

# %% [markdown]
# Read it with care. Newton's 7 evaluations come with 6 Hessians. And near the end the curves of the
# second-order methods fall off a cliff: each step gains more digits than the one before. The
# first-order methods gain about the same in each step; it is the log axis below that bends their curves.

# %% [markdown]
# ## Experiment: how much memory is enough?
# In two dimensions ten pairs are more than there are directions: nothing is limited. So take 50
# coordinates, a chain of bent valleys, each inside the other. Three starts; the band reaches from the
# worst to the best.

# %%
chain, memories = ChainedRosenbrock(50), [1, 3, 5, 10, 20, 50]
starts = chain.start + 0.1 * np.random.default_rng(0).normal(size=(3, 50))
rows = np.array([[minimise(LBFGS(m), chain, w).evaluations[-1] for m in memories] for w in starts])
whole = [minimise(BFGS(), chain, w).evaluations[-1] for w in starts]
scaled = [minimise(BFGS(scaled=True), chain, w).evaluations[-1] for w in starts]

# %%
fig, ax = figure(size=(6.5, 4))
ax.semilogx(memories, rows.mean(axis=0), "o-", label="L-BFGS")
ax.fill_between(memories, rows.min(axis=0), rows.max(axis=0), alpha=0.25)
ax.axhline(np.mean(whole), color=COLORS[1], linestyle="--", label="BFGS, from $I$")
ax.axhline(np.mean(scaled), color=COLORS[2], linestyle="-.", label=r"BFGS, from $\gamma I$")
ax.set_xticks(memories, memories)
ax.set(xlabel="pairs in memory, m", ylabel="evaluations", ylim=(0, 800))
ax.legend(loc="lower left")
ax.set_title("In 50 dimensions, five pairs are\nnearly as good as the whole matrix")
show(
    fig,
    alt="Evaluations of L-BFGS against its memory: about 630 with one pair, 380 with five, 330 with "
    "fifty. The full matrix needs about 620 from the identity, and 340 if it is scaled first.",
)

# %% [markdown]
# Two findings. A handful of pairs is enough: the last curvatures are the ones that count. And plain
# BFGS, with its whole matrix, is *worse* here than five pairs. Its steps are good, but it begins with
# $I$, a curvature of 1 in all directions, and most of its steps are far too long at first try. (One of
# its runs even jumps into another valley: the chain has a second minimum.) L-BFGS has $\gamma$ for that.
# Give BFGS the same, once, and it is as good as twenty pairs.

# %% [markdown]
# ## Experiment: the price per step
# A step of Newton solves $d$ equations: about $d^3/3$ products. BFGS needs a few times $d^2$, if you
# multiply a matrix by a vector first, never two matrices. The matrix is kept, 8 bytes a number.

# %%
print("weights        the matrix      ten pairs   products: Newton    BFGS  L-BFGS  Adam")
for d in (2, 50, 2410, 10**6):
    print(
        f"{d:7}   {8 * d * d:10.0e} bytes {8 * 20 * d:8.0e} bytes"
        f"{d**3 / 3:18.0e} {4 * d * d:7.0e} {40 * d:7.0e} {6 * d:5.0e}"
    )

# %% [markdown]
# A million weights are a small network today. Its Hessian has $8 \cdot 10^{12}$ bytes: 8 terabytes.
# Does the time really grow like $d^3$? Measure it on your machine. Twice $d$ should take eight times
# as long, once $d$ is large.

# %% tags=["timing"]
for d in (200, 400, 800, 1600):
    print(f"d = {d:4}: {1000 * seconds_to_solve(d):.1f} ms")

# %% [markdown]
# ## Real data: 442 patients, as measured
# In lesson 02 you standardised the ten measurements, since as they came the condition number was fifty
# million, and gradient descent stood still. How much does it matter here? Count evaluations until the
# error is within 1 of the lowest. Momentum, at its best, needed 98 on the standardised data.

# %%
data, ones = diabetes(), np.ones((442, 1))
even = (data.X - data.X.mean(axis=0)) / data.X.std(axis=0)
for name, X in {"standardised": even, "as measured": data.X}.items():
    patients = least_squares(np.hstack([ones, X]), data.y)
    floor = patients.value(patients.minimum)
    methods = {
        "Newton": Newton(lambda w, H=patients.hessian: H),
        "BFGS": BFGS(),
        "L-BFGS": LBFGS(),
    }
    for title, method in methods.items():
        run = minimise(method, patients, tol=1e-3)
        there = np.argmax(run.values < floor + 1)
        asked = float(f"{run.evaluations[there]:.1g}")
        print(f"{name:12}  {title:6}: about {asked:3.0f} evaluations")

# %% [markdown]
# For Newton there are no units: 2 evaluations, one step, whatever you measure in. The others have to
# learn what the units are, and that takes evaluations. Standardise for them.

# %% [markdown]
# ## Experiment: what is invariant?
# The three changes that leave a problem what it is: the loss times 100, the first coordinate in other
# units, the axes turned by 45 degrees. In the valley, four steps.

# %%
c = np.sqrt(0.5)
turn = np.array([[c, -c], [c, c]])
changes = {  # the changed valley, and the way back
    "loss x 100": (quadratic((1.0, 100.0), start=(10, 1)), np.eye(2)),
    "units": (quadratic((0.0001, 1.0), start=(100, 1)), np.diag([0.1, 1.0])),
    "rotation": (quadratic((0.01, 1.0), np.pi / 4, start=turn @ (10, 1)), turn),
}
rules = {
    "Newton": lambda problem: Newton(lambda w: problem.hessian),
    "Newton, damped by 0.1": lambda problem: Newton(lambda w: problem.hessian, 0.1),
    "BFGS": lambda problem: BFGS(),
    "L-BFGS": lambda problem: LBFGS(),
}

# %%
for name, rule in rules.items():
    plain = minimise(rule(valley), valley, most=4).points
    same = {}
    for change, (problem, back) in changes.items():
        points = minimise(rule(problem), problem, most=4, tol=1e-10).points @ back
        same[change] = np.allclose(points[:3], plain[:3], atol=1e-6)
    print(f"{name:21}", *(f"{change}: {'same' if s else 'other'}" for change, s in same.items()))

# %% [markdown]
# | method | loss × 100 | units | rotation |
# |---|---|---|---|
# | gradient descent, momentum, Nesterov | no | no | **yes** |
# | Adagrad, RMSprop, Adam | **yes** | no | no |
# | Newton | **yes** | **yes** | **yes** |
# | Newton, damped | no | no | **yes** |
# | BFGS, L-BFGS | no | no | **yes** |
#
# Newton is the only method of the course that does not care at all: the curvature knows the units. The
# damping is a number with units of its own, and spoils it. BFGS begins with $I$ and L-BFGS with $-g$:
# their very first step has the wrong units, and that one is enough.

# %% [markdown]
# ## Spot the bug: 673 steps
# "A line search is a line search": this run takes the simple one, backtracking, with L-BFGS. Nothing
# fails, the loss falls in every step, and it arrives.

# %% tags=["bug"]
run = minimise(LBFGS(memory=10), rosenbrock, search=backtracking)
print(f"{len(run.steps)} steps, {run.evaluations[-1]} evaluations")
s, y = np.diff(run.points, axis=0), np.diff(rosenbrock.grad(run.points), axis=0)
bad = np.sum(s * y, axis=1) <= 0
print(f"s.y was not positive in {bad.sum()} of them, for the first time in step {bad.argmax() + 1}")
print(f"a step in the middle is {np.linalg.norm(s[300]):.1g} long")

# %% [markdown]
# <details><summary>What is wrong?</summary>
# Armijo's condition lets it stop where the slope is still getting steeper. Such a pair has no
# positive s.y, and is not remembered. So it goes on with the pairs from the first three steps, taken
# on the steep wall, which say: large curvature, make tiny steps. Tiny steps meet Armijo's condition.
# It learned nothing in more than six hundred steps. The second condition forces each step to go on
# until the slope flattens, and with it every pair counts.
# </details>

# %% [markdown]
# Keep the size of that in mind: the *same* direction with the Wolfe conditions took 38 steps.
# Backtracking does well with Newton, which learns nothing from its steps, and by luck with BFGS:

# %%
for search in (backtracking, strong_wolfe):
    run = minimise(BFGS(), rosenbrock, search=search)
    print(f"BFGS, {search.__name__:12}: {len(run.steps)} steps, {run.evaluations[-1]} evaluations")

# %% [markdown]
# ## Claim court: "L-BFGS is very heavy"
# | for | against |
# |---|---|
# | It keeps $2m$ vectors, 20 for $m = 10$. Adam keeps 2. | It grows like $m d$, not like $d^2$: for a million weights 160 megabytes, not 8 terabytes. |
# | The two loops cost $4md$ products a step. | A gradient over $n$ examples costs about $3nd$ in a network: with 100 examples, seven times as much. |
# | It is hardly used for networks. | It is: on full batches, where they fit. |
#
# **Verdict.** False, if "heavy" means memory or time: it is *linear* in the number of weights, and the
# loops hide behind the gradient as soon as a batch has some tens of examples. The sentence is
# true of BFGS and Newton. That networks are trained without L-BFGS has another reason, and it comes
# next.

# %% [markdown]
# ## When it fails: a mini-batch
# All of this was for *exact* gradients. L-BFGS lives on differences of gradients, $y = g_t - g_{t-1}$.
# With mini-batches, the two come from different examples. Take a network on the digits, step down by a
# known length, and compare the $y$ of batches of 32 with that of all examples.

# %%
data, network = digits(), Network((64, 32, 10))
w = network.init(np.random.default_rng(0))
for _ in range(50):
    w = w - 0.5 * network.grad(w, *data.train)
lengths = np.geomspace(1e-3, 10, 9)
found = disagreement(network, data.train, w, lengths, 32, 40, np.random.default_rng(0))
print(f"length {lengths[2]:.2g}: the error is {found.other[2]:.1g} times y between two batches,")
print(f"and {found.same[2]:.1g} times y on one")
bent = found.bent[:5].mean()
print(f"up to length {lengths[4]:.2g}: s.y is negative in {bent:.0%} of the trials")

# %%
fig, ax = figure(size=(6.5, 3.8))
ax.loglog(lengths, found.other, "o-", label="$g_t$ and $g_{t-1}$ on two batches")
ax.loglog(lengths, found.same, "s-", label="both on the same batch")
ax.axhline(1, color="0.6", linewidth=0.8)
ax.set(xlabel="length of the step s", ylabel="error of y, in units of y")
ax.legend(loc="upper right")
ax.set_title("Between two batches, a short step's y\nis noise, and nothing else")
show(
    fig,
    alt="Relative error of y against the length of the step, log scales. With two batches it falls "
    "from 2500 like one over the length; with the same batch it is about one half at every length.",
)

# %% [markdown]
# The true change of the gradient shrinks with the step. The noise of two batches does not. For short
# steps $s \cdot y$ has the sign of a coin.
#
# The usual repair is to take both gradients on the *same* batch, at twice the price. Does it save the
# method? Same budget for all, eight epochs of gradients; four batch sizes up to all 1347 examples; three
# random starts. Each method gets the best of six learning rates at each size, and it never is the
# smallest or the largest of them. With all examples there is only one batch: "two batches" are the same
# then, and $y$ is exact.

# %%
sizes, lrs = (64, 192, 449, 1347), (0.1, 0.3, 0.6, 1.0, 1.5, 2.0)
losses = {name: np.empty((4, 6, 3)) for name in ("momentum", "two batches", "same batch")}
for i, k, seed in np.ndindex(4, 6, 3):
    B, lr = sizes[i], lrs[k]
    rng = np.random.default_rng(seed)
    run = train(Momentum(lr), network, data, 8, B, rng, progress=False, drop_last=True)
    losses["momentum"][i, k, seed] = np.nan_to_num(run.loss[-1], nan=np.inf)
    for name in ("two batches", "same batch"):
        rng, same = np.random.default_rng(seed), name == "same batch"
        losses[name][i, k, seed] = train_lbfgs(network, data.train, lr, 8, B, rng, same)
best_of = {name: runs[range(4), runs.mean(axis=2).argmin(axis=1)] for name, runs in losses.items()}

# %%
fig, ax = figure(size=(6.8, 4.2))
for name, best in best_of.items():
    label = name if name == "momentum" else f"L-BFGS, {name}"
    ax.loglog(sizes, best.mean(axis=1), "o-", label=label)
    ax.fill_between(sizes, best.min(axis=1), best.max(axis=1), alpha=0.2)
    print(f"{label:19}: {best[0].mean():.2g} at B = 64, {best[-1].mean():.2g} on all examples")
ax.set_xticks(sizes, sizes)
ax.set(xlabel="batch size B", ylabel="training loss after 8 epochs")
ax.legend(loc="upper left")
ax.set_title("On large batches L-BFGS is level with momentum,\non small ones it falls behind")
show(
    fig,
    alt="Training loss against batch size, log scales. Momentum is lowest at 64 and 192, below 0.1; "
    "from 449 on L-BFGS with two batches is level, at 0.2 and 0.6, and with the same batch higher.",
)

# %% [markdown]
# On large batches L-BFGS is level with momentum. But with this budget, eight gradients on all examples,
# *everybody* does better on small batches, as they allow more updates. On those momentum wins, and the
# repaired L-BFGS, at twice the price, does not come near.
#
# It is a large part of why networks are trained without it. Curvature is worth a lot where gradients are
# exact and evaluations are dear. Where a noisy gradient is cheap, take more of them.

# %% [markdown]
# ## Summary
# - A gradient gives a line, a Hessian a parabola. Newton's step goes to where the parabola is flat: a
#   bottom, or a saddle.
# - It needs damping or a line search. Armijo: fall enough. Wolfe: go far enough as well.
# - BFGS learns the inverse Hessian from pairs $(s, y)$, by corrections of rank two, if
#   $s \cdot y > 0$.
# - L-BFGS keeps the last pairs, and costs $O(md)$. Newton costs $O(d^2)$ memory and $O(d^3)$ time.
# - Count evaluations, not steps. And use exact gradients, or none of this.
#
# The valley once more, 100 gradients for the others, and 13 for BFGS. Adadelta, the slowest, is left out:
# there are seven colours.

# %%
methods = dict(contest("Adam", valley))
methods.pop("Adadelta")
run = minimise(BFGS(), valley)
asked = float(run.evaluations[-1])
methods["BFGS"] = Sweep({}, run.values[-1:], {"evaluations": asked}, Path(run.points, run.values))
fig, ax = figure(size=(8, 5.6))
family(ax, valley, methods)
ax.set(xlabel="$w_1$", ylabel="$w_2$")
ax.set_title("BFGS has nothing to tune, and is there after 13 evaluations")
show(
    fig,
    alt="The valley with the best paths of six methods and that of BFGS, which goes almost straight "
    "along the floor to the minimum after a few steps.",
)

# %% [markdown]
# ```
# gradient descent          w = w - lr * g
# ├── momentum              v = beta * v + g           w = w - lr * v
# │   └── Nesterov          the same, g at w - lr * beta * v
# ├── Adagrad               G = G + g**2               w = w - lr * g / (sqrt(G) + eps)
# │   ├── Adadelta          a mean for G, and the root of mean squared steps for lr
# │   └── RMSprop           s = mean of g**2, memory rho   w = w - lr * g / (sqrt(s) + eps)
# │       └── Adam          and momentum's mean of g on top, both corrected while young
# │           └── AdamW     w = (1 - lr * wd) * w first, out of sight of both means
# └── Newton                w = w - solve(H + damping * I, g)
#     └── BFGS              w = w - a * H_inv @ g      H_inv learned from s and y
#         └── L-BFGS        the same, from the last m pairs
# ```

# %%
progress("14_second_order")

# %% [markdown]
# Next: [compare optimizers fairly, and build your own](15_fair_comparison.ipynb).

# %% [markdown]
# ## Sources
# - Nocedal and Wright (2006), *Numerical Optimization*: Newton, line searches, BFGS, L-BFGS; the book for
#   this lesson.
# - Levenberg (1944), *A method for the solution of certain non-linear problems in least squares*: damping.
# - Armijo (1966), *Minimization of functions having Lipschitz continuous first partial derivatives*;
#   Wolfe (1969), *Convergence conditions for ascent methods*.
# - Broyden (1970), Fletcher (1970), Goldfarb (1970), Shanno (1970): four papers, one update.
# - Nocedal (1980), *Updating quasi-Newton matrices with limited storage*; Liu and Nocedal (1989), *On the
#   limited memory BFGS method for large scale optimization*.
# - Rosenbrock (1960), *An automatic method for finding the greatest or least value of a function*.
# - Schraudolph, Yu and Günter (2007), *A stochastic quasi-Newton method for online convex optimization*:
#   both gradients on one batch.
# - SciPy's `minimize` has BFGS and L-BFGS; our matrices and directions are held against recordings of its
#   runs. Its line searches differ from ours, so its counts do, too: 41 and 46 evaluations.
