# %% [markdown]
# # Tell the flat places of a landscape apart, and know how long each will hold you
#
# | | |
# |---|---|
# | **Do** | write a test for minima and saddles, the time it takes to leave one, and a rule for stopping |
# | **Learn** | why a saddle does not trap you but can keep you waiting, and what a small gradient proves |
# | **Need** | gradient descent, from [lesson 02](02_gradient_descent.ipynb); eigenvalues of a symmetric matrix |
# | **Time** | 55 minutes |

# %%
import numpy as np

from course_lib.data import digits
from course_lib.descent import descend, train
from course_lib.exercises import check, diagnose, hint, predict, progress, ready, reveal
from course_lib.explorers import choose_start
from course_lib.landscapes import critical_points, hessian, share_of_minima
from course_lib.models import Network
from course_lib.optimizers import GD
from course_lib.plots import COLORS, contours, figure, path, show
from course_lib.problems import double_well, himmelblau, quadratic, saddle, valley
from course_lib.sweep import contest

# %% [markdown]
# ## Recall: three questions from lesson 01
# Answer in your head, then open the answer.
#
# <details><summary>In which direction is the slope largest, and in which is it zero?</summary>
# Largest along the gradient, zero across it: along the level line.
# </details>
#
# <details><summary>What do two gradients, a little way apart, tell you?</summary>
# How the slope changes along that way: the Hessian times the direction.
# </details>
#
# <details><summary>A gradient by differences, and one by backpropagation: which do you trust?</summary>
# Neither, before you have compared the two once.
# </details>

# %% [markdown]
# ## Where we were: the start decides where you end
# The **double well** has two minima, one lower than the other, and a hill between them, its top at
# $x = 0.25$. Two walks of gradient descent, whose starts are a tenth apart.

# %%
fig, ax = figure(size=(6.5, 3.8))
x = np.linspace(-1.7, 1.8, 201)
ax.plot(x, double_well.value(np.stack([x, 0 * x], axis=-1)), color="0.6", linewidth=2)
for start, style in ((0.2, "o-"), (0.3, "s-")):
    run = descend(GD(0.2), double_well, start=(start, 0.0), steps=100)
    end = run.points[-1, 0]
    ax.plot(run.points[:, 0], run.values, style, markersize=4, label=f"{start} -> {end:.2f}")
ax.set(xlabel="x", ylabel="loss")
ax.legend(title="start -> end", loc="upper center")
ax.set_title("A tenth to the right, and it ends\nin the poorer of the two minima")
show(
    fig,
    alt="A curve with two wells, the left one deeper. From 0.2 a path goes left into the deep well, "
    "from 0.3 another goes right into the shallow one.",
)

# %% [markdown]
# Both walks stopped for the same reason: the gradient is zero where they are. It is zero at the top
# of the hill as well. This lesson is about all such places: what kinds there are, how many of each,
# and what gradient descent does near them.

# %% [markdown]
# ## Predict: minutes on the ridge
# Here is a **saddle**: $f(x, y) = \frac12 (x^2 - y^2)$. Along $x$ it is a valley, along $y$ it falls
# away to both sides. The line $y = 0$ is the ridge between the sides.
#
# You stand a hundred-millionth beside that ridge, at $y = 10^{-8}$, and walk by gradient descent
# with a learning rate of 0.1. Every step takes one second. The slope that leads you off is
# $10^{-8}$, so your first step off the ridge is $10^{-9}$ long.
#
# How many **minutes** until you are 1 away from the ridge? Replace `None` by your guess.

# %%
predict("minutes-on-the-ridge", None)

# %% [markdown]
# ## The idea: no slope, yet no bottom
# Cut the saddle along both axes. In the middle, the slope is zero in both cuts. Only the way it
# *bends* tells you that one way leads down.

# %%
fig, axes = figure(ncols=2, size=(9.5, 3.8))
contours(axes[0], saddle)
path(axes[0], descend(GD(0.1), saddle, start=(1.4, 0.02), steps=44).points)
axes[0].set_title("It comes along the ridge,\nand leaves to the side")
t = np.linspace(-1.5, 1.5, 61)
axes[1].plot(t, t**2 / 2, label="along x: curvature 1")
axes[1].plot(t, -(t**2) / 2, label="along y: curvature −1")
axes[1].set(xlabel="distance from the middle", ylabel="loss")
axes[1].legend(loc="upper center")
axes[1].set_title("Up in one direction,\ndown in another")
show(
    fig,
    alt="Left, level lines of a saddle; a path comes in along the ridge, slows down near the middle "
    "and leaves upwards. Right, the cut along x is a valley, the cut along y a hill.",
)

# %% [markdown]
# ## The equation: the signs of the curvatures
# A place without slope is a **critical point**: $\nabla f(w) = 0$. Around it, what is left of $f$ is
#
# $$ f(w + d) \approx f(w) + \tfrac12\, d^{\mathsf T} H d , $$
#
# where $H$ is the **Hessian**, the matrix of second derivatives, and $d$ a small step. Along an
# eigenvector of $H$ the curvature is its eigenvalue $\lambda$. So the signs of the eigenvalues say
# which place it is:
#
# | eigenvalues | the place is a | from there |
# |---|---|---|
# | all positive | **minimum** | every way leads up |
# | all negative | **maximum** | every way leads down |
# | both signs | **saddle** | some ways up, some down |
# | zeros, and at most one sign | **degenerate** | curvature cannot tell |
#
# A place with both signs and zeros is a saddle: a way up and a way down are there already.

# %% [markdown]
# ## Exercise: which kind of flat place (2 points)
# Given the Hessian $H$ and a tolerance, return `'minimum'`, `'maximum'`, `'saddle'` or
# `'degenerate'`. A computed eigenvalue is never exactly zero: count it as zero if its size is at most
# `tol` times the largest size of all. By hand first, with `tol = 0.01`:
#
# | eigenvalues | largest size | zero if at most | kind |
# |---|---|---|---|
# | 2, 0.5 | 2 | 0.02 | minimum |
# | −3, 1 | 3 | 0.03 | saddle |
# | −3, −0.02 | 3 | 0.03 | degenerate |
# | −3, 0.02, 1 | 3 | 0.03 | saddle |
#
# The first two lines and the last are there. Fill in what is between.


# %%
def classify_critical_point(H, tol):
    """Return 'minimum', 'maximum', 'saddle' or 'degenerate', for a symmetric H."""
    curvatures = np.linalg.eigvalsh(H)
    zero = tol * np.abs(curvatures).max()
    ### BEGIN SOLUTION
    up, down = curvatures > zero, curvatures < -zero
    if up.any() and down.any():
        return "saddle"
    if up.all():
        return "minimum"
    if down.all():
        return "maximum"
    ### END SOLUTION
    return "degenerate"


# %%
check("classify-critical-point", classify_critical_point)

# %%
hint("classify-critical-point")

# %% [markdown]
# ## Experiment: every flat place of a landscape
# Himmelblau's function, from the end of the last lesson, has four minima. What else is flat there?
# `critical_points` looks for places without slope, whatever their kind; your function sorts them.

# %%
classify = ready("classify-critical-point", classify_critical_point)
places = critical_points(himmelblau)
kinds = [classify(hessian(himmelblau.grad, place), 1e-6) for place in places]
for (a, b), kind in zip(places, kinds, strict=True):
    print(f"({a:5.2f}, {b:5.2f})  loss {himmelblau.value((a, b)):5.1f}  {kind}")

# %%
fig, ax = figure(size=(5.6, 5))
contours(ax, himmelblau)
for kind, mark in (("saddle", "X"), ("maximum", "^")):
    ax.plot(*places[[k == kind for k in kinds]].T, mark, markersize=10, label=kind)
ax.plot([], [], "k*", markersize=10, label="minimum")
ax.legend(loc="upper left", ncols=3, fontsize=9)
ax.set_title("Between two valleys there is a pass:\nfour minima, four saddles, one peak")
show(
    fig,
    alt="Level lines with four stars at the minima, four crosses on the passes between them, and a "
    "triangle on the peak in the middle.",
)

# %% [markdown]
# Count: minima − saddles + maxima = 4 − 4 + 1 = 1. The double well has 2 − 1 + 0 = 1. In two
# dimensions this is 1 for every landscape that rises on all sides and has no degenerate place, so
# you can check that you have found them all.

# %% [markdown]
# ## Experiment: gradient descent from many starts
# 6400 starts, spread evenly. Each gets the colour of the minimum at which it ends. How many end on a
# saddle, or on the peak?

# %%
side = np.linspace(-5, 5, 80)
starts = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
ends = descend(GD(0.005), himmelblau, start=starts, steps=300).points[-1]
distances = np.linalg.norm(ends[:, None] - places, axis=-1)
nearest, arrived = distances.argmin(axis=1), distances.min(axis=1) < 0.01
for k, (place, kind) in enumerate(zip(places, kinds, strict=True)):
    share = np.mean(arrived & (nearest == k))
    print(f"{kind:8} at ({place[0]:5.2f}, {place[1]:5.2f}): {share:6.1%} of the starts")
print(f"still on their way: {np.mean(~arrived):.1%}")

# %%
fig, ax = figure(size=(5.6, 5))
for k in range(4):
    region = (nearest == k).reshape(80, 80)
    ax.contourf(side, side, region, levels=[0.5, 1.5], colors=[COLORS[k]], alpha=0.35)
ax.plot(*places[:4].T, "k*", markersize=11)
ax.plot(*places[4:8].T, "kX", markersize=9)
ax.set(xlabel="x of the start", ylabel="y of the start")
ax.set_title("Every start has its minimum;\nthe borders run through the saddles")
show(
    fig,
    alt="The plane of starts in four coloured regions, each around one minimum. The borders between "
    "the regions pass through the four saddles.",
)

# %% [markdown]
# None. A saddle catches only the starts that lie *exactly* on a border, and a line has no area. But
# who starts *near* a border comes near a saddle first, and has to leave it again. That takes time.
# How much?

# %% [markdown]
# ## The equation: a distance that grows by a factor
# Across the ridge, let the curvature be $-c$. At distance $w$ from the ridge the slope is $-c\,w$, and
# one step makes of $w$
#
# $$ w - \eta\, (-c\, w) = (1 + \eta c)\, w . $$
#
# In lesson 02 the factor was $1 - \eta\lambda$. It is the same formula, with a negative curvature:
# now the factor is above 1. By hand, with $\eta = 0.1$, $c = 1$, from 0.01:
#
# | step | slope | distance after |
# |---|---|---|
# | 1 | −0.01 | 0.011 |
# | 2 | −0.011 | 0.0121 |
# | 3 | −0.0121 | 0.01331 |
#
# After $n$ steps it is $(1 + \eta c)^n$ times the distance at first: slow, then suddenly fast.

# %% [markdown]
# ## Exercise: how long a ridge holds you (2 points)
# Return the smallest whole number of steps after which a point at distance `delta` from the ridge is
# at distance `reach` or further. `curvature` is the size $c$, a positive number. If the point is that
# far at the start, it takes 0 steps.
#
# Solve $(1 + \eta c)^n\, \delta \ge r$ for $n$.


# %%
def escape_time(lr, curvature, delta, reach=1.0):
    """Return the number of steps, an int."""
    ### BEGIN SOLUTION
    steps = np.log(reach / delta) / np.log(1 + lr * curvature)
    return max(0, int(np.ceil(steps)))
    ### END SOLUTION


# %%
check("escape-time", escape_time)

# %%
leaving = ready("escape-time", escape_time)
reveal("minutes-on-the-ridge", leaving(0.1, 1.0, 1e-8) / 60)

# %% [markdown]
# About three minutes. If you thought of years, the first step of $10^{-9}$ misled you: the steps do not
# stay so short.

# %% [markdown]
# ## Experiment: walk it
# Is that so? Walk, and look at the first step that is 1 away from the ridge. Then start ten thousand
# times as close.

# %%
runs = {d: descend(GD(0.1), saddle, start=(1.0, d), steps=300) for d in (1e-4, 1e-8, 1e-12)}
for delta, run in runs.items():
    walked = np.argmax(np.abs(run.points[:, 1]) >= 1)
    print(f"from {delta:g}: {walked} steps, and {leaving(0.1, 1.0, delta)} by the formula")

# %%
fig, axes = figure(ncols=2, size=(9.5, 3.8))
for delta, run in runs.items():
    axes[0].plot(run.values, linewidth=2, label=f"from {delta:g}")
    axes[1].semilogy(np.linalg.norm(saddle.grad(run.points), axis=-1), label=f"from {delta:g}")
axes[0].set(xlabel="step", ylabel="loss", ylim=(-0.6, 0.6))
axes[0].set_title("The loss stands still,\nand then falls at once")
axes[1].set(xlabel="step", ylabel="length of the gradient", ylim=(1e-7, 10))
axes[1].set_title("The gradient shrinks as at a minimum,\nbefore it grows")
axes[0].legend(loc="upper right")
show(
    fig,
    alt="Left, the loss of three walks: it falls to 0, stays there for 97, 194 or 290 steps, and "
    "falls off. Right, the length of their gradients on a log scale: three V shapes.",
)

# %% [markdown]
# Ten thousand times as close costs 97 steps more: the time grows with the *logarithm* of the
# distance. So a saddle does not hold you for ever. But look at the left picture between steps 50
# and 150, as you would on the screen while you train: it looks converged.

# %% [markdown]
# ## Explorer: choose the start
# Three landscapes: a saddle, a valley, the double well. The dashed line is the ridge. Put the start on
# it, then 0.001 beside it, and find out how long the walk takes to decide. Then double the
# learning rate. On the double well, put the start at the left or the right of the ridge: does a larger
# learning rate always stay on its side?

# %%
choose_start()

# %% [markdown]
# ## Experiment: how many critical points are minima?
# In two dimensions there are four minima for four saddles. In ten million dimensions? For a minimum
# *every* eigenvalue must be positive. A simple model: take the Hessian at random, $H = (A +
# A^{\mathsf T})/2$, the entries of $A$ independent normal numbers. How often is it that of a minimum?
#
# If the signs were tossed like coins, it would be $2^{-n}$.

# %%
rng, shares, samples = np.random.default_rng(0), {}, 200_000
for n in (1, 2, 3, 4):
    shares[n] = share_of_minima(n, samples, rng)
    error = 2 * np.sqrt(shares[n] * (1 - shares[n]) / samples)
    print(f"n = {n}: {shares[n]:.4f} +- {error:.4f}; tossed coins {0.5**n:.4f}")
print(f"in closed form: n = 2: {(2 - np.sqrt(2)) / 4:.4f}", end=", ")
print(f"n = 3: {(np.pi - np.sqrt(8)) / (4 * np.pi):.4f}")

# %% [markdown]
# It falls much faster than by coins: the eigenvalues of a random matrix push each other apart, so it
# is hard for all of them to be on one side. For large $n$ it falls like $3^{-n^2/4}$ (Dean and
# Majumdar 2006).
#
# This is a **model, not a law about losses**. A loss is bounded from below, it is not drawn at
# random, and gradient descent does not visit its critical points blindly: it comes from above. So let
# us look at a real one.

# %% [markdown]
# ## Real data: the curvatures of a network, while it learns
# A network with 610 weights on 200 images of digits. All 610 eigenvalues of its Hessian, at the start
# of training and after 100 and 400 steps. What share of them is negative, and how large are they?

# %%
data = digits()
X, y = data.train.X[:200], data.train.y[:200]
network = Network((64, 8, 10), "tanh")
w, spectra = network.init(np.random.default_rng(0)), {}
for step in range(401):
    if step in (0, 100, 400):
        e = np.linalg.eigvalsh(hessian(lambda v: network.grad(v, X, y), w))
        spectra[step] = e
        shares = np.mean(e < -1e-6 * e[-1]), np.mean(np.abs(e) < 1e-3 * e[-1])
        print(f"step {step:3}: loss {network.loss(w, X, y):.2f}, ", end="")
        print(f"{shares[0]:.0%} negative, lowest {e[0]:.2g}, highest {e[-1]:.2g}, ", end="")
        print(f"{shares[1]:.0%} below a thousandth of the highest")
    w = w - 0.5 * network.grad(w, X, y)

# %%
fig, ax = figure(size=(6.5, 4))
for step, e in spectra.items():
    ax.plot(e / e[-1], np.linspace(0, 1, len(e)), linewidth=2, label=f"after {step} steps")
ax.axvline(0, color="0.6", linewidth=0.8)
ax.set_xscale("symlog", linthresh=1e-3)
ax.set(xlabel="eigenvalue, in units of the highest", ylabel="share of eigenvalues below")
ax.legend(loc="upper left")
ax.set_title("Learning, the network runs out of ways down;\nmost of its directions are nearly flat")
show(
    fig,
    alt="Three cumulative curves of eigenvalues. At the start two fifths are negative, down to minus "
    "0.8. After 400 steps a tenth are negative, all close to zero, and most others are near zero.",
)

# %% [markdown]
# At the start there are hundreds of ways down; the steepest bends nearly as much as the steepest way up.
# After 400 steps a tenth of the curvatures are still negative, but tiny: at most 1/400 of the highest. It is neither the random model
# nor a clean bowl. What gradient descent meets most is *flatness*. (Some of it is simple: a pixel that
# is white in all 200 images has eight weights that change nothing.)

# %% [markdown]
# ## Real data: a network that starts on a ridge
# Set all weights of that network to zero, and only the last biases so that it says how common each
# digit is. The gradient is zero then: a critical point. Which kind?

# %%
weights = np.zeros(network.size)
network.unpack(weights)[-1][1][:] = np.log(np.bincount(y) / len(y))
H = hessian(lambda v: network.grad(v, X, y), weights)
c = -np.linalg.eigvalsh(H)[0]
print("gradient below 1e-12:", np.linalg.norm(network.grad(weights, X, y)) < 1e-12)
print(f"kind: {classify(H, 1e-6)}, and the steepest way down has the curvature {-c:.3f}")

# %% [markdown]
# So your formula should hold for a network on real images. Start beside the ridge, with weights of
# size $\delta$, and count the steps until the loss has fallen by 0.1. For weights a hundredth as large
# it should take about $\ln 100 / \ln(1 + \eta c)$ steps more.

# %%
lr, curves = 0.5, {}
for delta in (1e-2, 1e-4, 1e-6, 1e-8):
    rng, losses = np.random.default_rng(0), []
    w = weights + delta * rng.normal(size=network.size) * (weights == 0)
    while not losses or losses[-1] > losses[0] - 0.5:
        losses.append(network.loss(w, X, y))
        w = w - lr * network.grad(w, X, y)
    curves[delta] = np.array(losses)
counts = [int(np.argmax(losses < losses[0] - 0.1)) for losses in curves.values()]
print("steps:", counts, " more for each hundredth:", np.diff(counts))
print(f"predicted: {np.log(100) / np.log(1 + lr * c):.0f} more")

# %%
fig, ax = figure(size=(6.5, 3.8))
for delta, losses in curves.items():
    ax.plot(losses, linewidth=2, label=f"weights of size {delta:g}")
ax.set(xlabel="step", ylabel="loss", ylim=(1.75, 2.55))
ax.legend(loc="upper center", ncols=2)
ax.set_title("The smaller the weights at the start, the longer\nthe network stays on the ridge")
show(
    fig,
    alt="Loss against step for four sizes of initial weights. Each curve is level at 2.3 and then falls "
    "off; each hundredth in size makes the level part some 40 steps longer.",
)

# %% [markdown]
# The prediction is for the steepest way down alone. Others are nearly as steep and leave with it, so
# the counts are a little larger. With weights of *exactly* zero, the network would learn nothing at
# all.

# %% [markdown]
# ## Exercise: when to stop (1 point)
# A walk should end by itself. Here is a first attempt. It is broken: try it on the same walk, once with
# the loss in euros, once in cents, and on a start that lies exactly on a ridge. Even at the lowest point
# the loss is 500 euros.


# %% tags=["bug"]
def first_attempt(grad_norm, step, loss, tol):
    return grad_norm <= tol


walks = {}
for unit, worth in {"euros": 1, "cents": 100}.items():
    bowl = quadratic((worth, 100.0 * worth))
    run = descend(GD(0.01 / worth), bowl, start=(100.0, 0.0), steps=2000)
    sizes = np.linalg.norm(bowl.grad(run.points), axis=-1)
    walks[unit] = list(zip(sizes, run.values + 500 * worth, strict=True))
    k = next(k for k, (g, f) in enumerate(walks[unit]) if first_attempt(g, k, f, 0.01))
    print(f"in {unit}: stops after {k} steps")
print("on the ridge, before the first step:", first_attempt(0.0, 0, 0.5, 0.01))

# %%
diagnose("should-stop", first_attempt)

# %% [markdown]
# The repaired rule: stop if at least one step has been made, and the gradient is at most `tol` times a
# scale. The scale is the size of the loss, but at least 1. With the four gradients of this course, from
# $w = 0$, $\eta = 0.1$, `tol = 0.01`, and a loss of 1 throughout:
#
# | step | gradient | $w$ after | stop? |
# |---|---|---|---|
# | 1 | 1 | −0.1 | no |
# | 2 | 1 | −0.2 | no |
# | 3 | −1 | −0.1 | no |
# | 4 | 0 | −0.1 | yes: 0 ≤ 0.01 · 1 |
#
# No frame this time.


# %%
def should_stop(grad_norm, step, loss, tol):
    """Return True if the walk may stop; step counts the updates made."""
    ### BEGIN SOLUTION
    return bool(step >= 1 and grad_norm <= tol * max(1, abs(loss)))
    ### END SOLUTION


# %%
check("should-stop", should_stop)

# %%
stop = ready("should-stop", should_stop)
for unit, walk in walks.items():
    k = next(k for k, (g, f) in enumerate(walk) if stop(g, k, f, 0.01))
    print(f"in {unit}: stops after {k} steps")

# %% [markdown]
# Now euros and cents agree. That is so while the loss is above 1. Near 0 there is nothing left to compare
# with: the scale is 1 then, and the unit counts again.

# %% [markdown]
# ## Experiment: what does a stop prove?
# Use your rule on three walks: down a bowl, along a ridge, and over a **plateau**, where the loss is
# nearly level without any minimum near. The plateau is a neuron that is far on the wrong side: $f(w) =
# (1 - \sigma(w))^2$ with $\sigma(w) = 1/(1 + e^{-w})$, from $w = -8$.

# %%
bowl = descend(GD(0.1), quadratic((1.0, 1.0)), start=(1.0, 0.5), steps=400)
ridge = descend(GD(0.1), saddle, start=(1.0, 1e-8), steps=400)
for name, problem, run in (("bowl", quadratic((1, 1)), bowl), ("ridge", saddle, ridge)):
    sizes = np.linalg.norm(problem.grad(run.points), axis=-1)
    k = next(k for k, g in enumerate(sizes) if stop(g, k, run.values[k], 1e-2))
    print(f"{name:7}: stops after {k} steps, at a loss of {abs(run.values[k]):.2g}")
s = 1 / (1 + np.exp(8.0))
slope = 2 * (1 - s) * s * (1 - s)
print(
    f"plateau: slope {slope:.2g}, stops after 1 step: {stop(slope, 1, (1 - s) ** 2, 1e-2)}", end=""
)
print(f", at a loss of {(1 - s) ** 2:.2g} where 0 is possible")

# %% [markdown]
# All three stop. **A small gradient says that you are not moving; it does not say why.** On a ridge the
# curvatures tell you. Cheaper: push the point a little, at random, and walk on. From a minimum it
# comes back, from a ridge it goes.

# %% [markdown]
# ## Experiment: what is invariant?
# The three changes that leave the problem what it is: the loss times 100, the coordinate across
# the ridge in other units, the axes turned by 45 degrees. Does a saddle stay a saddle? And does gradient descent
# take the same time to leave it?

# %%
H, turn = np.diag([1.0, -1.0]), np.array([[1, -1], [1, 1]]) / np.sqrt(2)
unit = np.diag([1.0, 0.5])  # the second coordinate is across the ridge: measure it in halves
changed = {"loss x 100": 100 * H, "units": unit @ H @ unit, "rotation": turn @ H @ turn.T}
print(f"{'as it is':10}  {classify(H, 1e-6)}, {leaving(0.01, 1.0, 1e-8)} steps")
for name, other in changed.items():
    c = -np.linalg.eigvalsh(other)[0]
    scale = 2 if name == "units" else 1  # a distance of 1 is two halves
    steps = leaving(0.01, c, 1e-8 * scale, 1.0 * scale)
    print(f"{name:10}  {classify(other, 1e-6)}, {steps} steps")

# %% [markdown]
# | | loss × 100 | units | rotation |
# |---|---|---|---|
# | gradient descent: the path | no | no | **yes** |
# | the kind of a critical point | **yes** | **yes** | **yes** |
# | the time on the ridge | no | no | **yes** |
#
# The *signs* of the eigenvalues survive any change of coordinates (Sylvester's law of inertia); their
# sizes do not. So the kind is a property of the landscape, the time one of the walker.

# %% [markdown]
# ## Spot the bug: "practically never"
# A published note says that gradient descent cannot leave a saddle. Its argument, as code: beside the
# ridge the first step is lr · c · delta long, so a way of 1 takes that many of them.


# %% tags=["bug"]
def published_time(lr, curvature, delta, reach=1.0):
    first_step = lr * curvature * delta
    return max(0, int(np.ceil((reach - delta) / first_step)))


print(f"published: {published_time(0.1, 1.0, 1e-8):.3g} steps; walked above: 194")
run = descend(GD(0.1), saddle, start=(1.0, 0.0), steps=3000)
print(f"their proof: after 3000 steps |y| = {abs(run.points[-1, 1])}")

# %%
diagnose("escape-time", published_time)

# %% [markdown]
# <details><summary>And their proof?</summary>
# They start at y = 0 exactly. The slope across is exactly zero there, and so is every step. Of all y
# it is the only one that stays. Turn the axes, and rounding alone pushes you off the ridge,
# as in the next cell.
# </details>

# %%
along, across = np.array([0.8, 0.6]), np.array([-0.6, 0.8])  # of the saddle, turned by 37 degrees
slanted = np.outer(along, along) - np.outer(across, across)
w = along.copy()  # on the ridge, as far as 16 digits go
for _ in range(1000):
    w = w - 0.1 * slanted @ w
print("turned by 37 degrees, off the ridge after 1000 steps:", bool(abs(across @ w) > 1))

# %% [markdown]
# ## Spot the bug: the determinant from school
# "At a critical point compute the determinant of the Hessian. If it is negative, it is a saddle. If it
# is positive, look at the upper left entry: positive means a minimum." Here it is, on a place with
# two ways down.


# %% tags=["bug"]
def by_determinant(H, tol):
    by_corner = "minimum" if H[0, 0] > 0 else "maximum"
    name = "saddle" if np.linalg.det(H) < 0 else by_corner
    return name


print("curvatures 3, 2, -1, -1:", by_determinant(np.diag([3.0, 2.0, -1.0, -1.0]), 1e-6))

# %%
print(diagnose("classify-critical-point", by_determinant).message)

# %% [markdown]
# <details><summary>What is wrong?</summary>
# The determinant is the product of the eigenvalues, and two minus signs multiply to plus. With two
# coordinates that is a maximum, and the corner shows it. From three on, a plus in the corner can hide
# them.
# </details>

# %% [markdown]
# ## Claim court: "gradient descent cannot leave a saddle"
# | for | against |
# |---|---|
# | From a start on the ridge it ends on the saddle, and stays. | Such starts have no area: 0 of 6400 did. |
# | Near one it stands still for hundreds of steps. | It leaves, after a time that grows with $\log(1/\delta)$. |
#
# **Verdict.** False, under three conditions. The saddle is **strict**: it has a negative curvature.
# The learning rate is below $1/L$. The start is drawn at random. Then it leaves with probability 1
# (Lee and others 2016). Slowly, though: a row of many saddles can take very long (Du and others 2017).

# %% [markdown]
# ## Claim court: "on a convex function it arrives from any start"
# | for | against |
# |---|---|
# | A convex function has no saddles, and no second valley. | The learning rate must be below $2/L$, and $L$ may have no bound. |
# | | $e^{-x}$ is convex and falls for ever: there is nowhere to arrive. |
#
# Try $f(x) = x^4/4$. It is convex, its slope is $x^3$ and its curvature $3x^2$.

# %%
for start in (4.0, 4.4, 4.5, 5.0):
    x, steps = start, 0
    while abs(x) < 1e6 and steps < 50:
        x, steps = x - 0.1 * x**3, steps + 1
    print(f"from {start}: after {steps} steps ", "exploded" if abs(x) >= 1e6 else f"at {x:.2g}")

# %% [markdown]
# **Verdict.** True with two conditions: there is a minimum; and the curvature is bounded by some $L$, with
# the learning rate below $2/L$. For $x^4/4$ no $L$ serves all starts: at lr 0.1, those beyond $\sqrt{20} = 4.47$ explode.

# %% [markdown]
# ## Claim court: "networks get stuck in bad local minima"
# Train small networks on the digits, six random starts each, 20 epochs in batches of 32 (the 3 images
# that are left over sit out), the same learning rate of 0.1. Where do they end?

# %%
ends = {}
for width in (2, 4, 8, 32):
    model, seeds = Network((64, width, 10), "tanh"), [np.random.default_rng(s) for s in range(6)]
    runs = [train(GD(0.1), model, data, 20, 32, rng, drop_last=True) for rng in seeds]
    ends[width] = [run.loss[-1] for run in runs]
    apart = np.linalg.norm(runs[0].w - runs[1].w) / np.linalg.norm(runs[0].w)
    print(f"{width:2} hidden: loss {np.mean(ends[width]):.2f}, spread ", end="")
    print(f"{np.std(ends[width], ddof=1):.2f}; two ends are {apart:.1f} of their length apart")

# %%
fig, ax = figure(size=(6, 3.8))
for width, losses in ends.items():
    ax.plot([width] * 6, losses, "o", color=COLORS[0], alpha=0.6)
ax.set(xscale="log", ylim=(0, 1.3), xlabel="hidden units", ylabel="loss after 20 epochs")
ax.set_xticks(list(ends), list(ends))
ax.minorticks_off()
ax.set_title("Six starts end about equally low;\nthe width of the network decides how low")
show(
    fig,
    alt="Training losses of six starts for 2, 4, 8 and 32 hidden units. The six dots of a width lie "
    "close together; from width to width they fall from 1.2 to 0.13.",
)

# %% [markdown]
# **Verdict.** Not here. The starts end far apart from each other, and about equally low; what makes
# the difference is the width of the network. The condition: this size of network, this data, 20 epochs. And whether
# the ends *are* minima, this experiment does not say: you have seen how little a small gradient
# proves.

# %% [markdown]
# ## When it fails: a way down without curvature
# The logarithm came from the curvature. Take it away: $f(y) = -y^3/3$ has slope $-y^2$ and at 0 no
# curvature, so your test says degenerate. It leads down all the same, for $y > 0$. Now a step is
# $\eta\, y^2$.

# %%
for delta in (1e-2, 1e-3, 1e-4):
    y, steps = delta, 0
    while y < 1:
        y, steps = y + 0.1 * y**2, steps + 1
    print(f"from {delta:g}: {steps:.4g} steps here, {leaving(0.1, 1.0, delta)} on a strict saddle")

# %% [markdown]
# A tenth of the distance takes *ten times* as long, about $1/(\eta\, \delta)$ steps. From $10^{-8}$ that
# is a billion: at one step a second, 32 years. Here "practically never" is right.
#
# Gradient descent itself has no way to notice. But look what happens on the strict saddle, started
# *exactly* on the ridge, if each gradient is off by a little, at random.

# %%
for size in (1e-2, 1e-4, 1e-6):
    rng, counts = np.random.default_rng(0), []
    for _ in range(20):
        y, steps = 0.0, 0
        while abs(y) < 1:
            y, steps = y - 0.1 * (-y + size * rng.normal()), steps + 1
        counts.append(steps)
    print(f"noise {size:g}: off after {np.mean(counts):.0f} steps, spread {np.std(counts):.0f}")

# %% [markdown]
# An error pushes you off the ridge. Where do you get gradients that are a little wrong, and cheaper
# than the right ones? From a few examples at a time: the next lesson.

# %% [markdown]
# ## Summary
# - A place without slope is a minimum, a maximum, a saddle or degenerate: the signs of the curvatures
#   tell, not the determinant.
# - Gradient descent leaves a strict saddle. It takes $\log(r/\delta)/\log(1 + \eta c)$ steps, while the
#   loss looks converged.
# - Random matrices are hardly ever those of minima; real networks are mostly *flat*.
# - A small gradient says that you do not move. It does not say why. Push, and see.
#
# The valley of the course is convex: it has a single flat place, and all starts lead there. The same
# budget, 100 gradients at the best learning rate, from five starts:

# %%
best = contest("gradient descent", valley)["gradient descent"].best["lr"]
fig, ax = figure(size=(7.5, 3.6))
contours(ax, valley)
for start in ((10.0, 1.0), (-10.0, 1.0), (6.0, -2.0), (-5.0, -1.5), (2.0, 2.0)):
    run = descend(GD(best), valley, start=start)
    path(ax, run.points, label=f"from ({start[0]:g}, {start[1]:g}): {run.values[-1]:.1e}")
ax.legend(loc="lower left", fontsize=9, title=f"lr {best:.3g}, and the last loss")
ax.set(xlabel="$w_1$", ylabel="$w_2$")
ax.set_title("In a convex valley the start decides how far, not where")
show(
    fig,
    alt="The valley with five paths of gradient descent from different starts. All zigzag towards the "
    "one minimum in the middle.",
)

# %% [markdown]
# The family tree has no new method yet, but it knows where it leads:
#
# ```
# gradient descent          w = w - lr * g         off every strict saddle, from almost every start
# ```

# %%
progress("03_landscapes")

# %% [markdown]
# Next: [learn from a few examples at a time, and know what the noise costs](04_batch_size.ipynb).

# %% [markdown]
# ## Sources
# - Lee, Simchowitz, Jordan and Recht (2016), *Gradient descent only converges to minimizers*: strict
#   saddles, random starts, lr below 1/L.
# - Du, Jin, Lee, Jordan, Póczos and Singh (2017), *Gradient descent can take exponential time to
#   escape saddle points*: a row of them. Jin and others (2017), *How to escape saddle points
#   efficiently*: a push now and then is enough.
# - Dauphin and others (2014), *Identifying and attacking the saddle point problem in high-dimensional
#   non-convex optimization*: the argument from random matrices.
# - Dean and Majumdar (2006), *Large deviations of extreme eigenvalues of random matrices*: how rarely
#   all are positive.
# - Sagun, Bottou and LeCun (2016), *Eigenvalues of the Hessian in deep learning*: a bulk near zero.
# - Dennis and Schnabel (1983), and Gill, Murray and Wright (1981): when to stop.
# - Himmelblau (1972), and Alpaydin and Kaynak (1998): the landscape, and the digits.
