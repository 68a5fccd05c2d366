# %% [markdown]
# # Give gradient descent a memory, and let it roll
#
# | | |
# |---|---|
# | **Do** | write one step of momentum, and the functions that say how fast it is and when it explodes |
# | **Learn** | why a memory turns $k$ steps into $\sqrt k$ steps, and what it costs |
# | **Need** | gradient descent, from [lesson 02](02_gradient_descent.ipynb); eigenvalues; complex numbers have a size |
# | **Time** | 60 minutes |

# %%
import numpy as np

from course_lib.data import diabetes, digits
from course_lib.descent import descend, train
from course_lib.exercises import check, diagnose, hint, predict, progress, ready, reveal
from course_lib.explorers import momentum_map
from course_lib.models import Network
from course_lib.optimizers import GD, Momentum
from course_lib.plots import contours, family, figure, path, show
from course_lib.problems import double_well, least_squares, quadratic, valley
from course_lib.sweep import contest

# %% [markdown]
# ## Recall: three questions from lesson 03
# Answer in your head, then open the answer.
#
# <details><summary>The gradient is zero. What do the curvatures tell you about the place?</summary>
# All positive: a minimum. All negative: a maximum. Both signs: a saddle.
# </details>
#
# <details><summary>Gradient descent starts a hair's breadth beside a ridge. Is it trapped?</summary>
# No. Where the curvature is -c, its distance grows by the factor 1 + lr c. It only has to wait.
# </details>
#
# <details><summary>The loss hardly changes any more. Are you at a minimum?</summary>
# Perhaps. A saddle, a plateau and a learning rate that is too small look the same.
# </details>

# %% [markdown]
# ## Where we were: at its best, and stuck
# Here is gradient descent in the valley with the best learning rate there is for it. It jumps from
# wall to wall, and each jump undoes the one before. Along the floor, where the way is, it makes
# tiny steps, all in the same direction.

# %%
fig, ax = figure(size=(7.5, 3.4))
contours(ax, valley)
path(ax, descend(GD(lr=1.98), valley, steps=40).points)
ax.set(xlabel="$w_1$", ylabel="$w_2$")
ax.set_title("Forty gradients: much bouncing, little progress")
show(
    fig,
    alt="Forty steps of gradient descent in the valley: it jumps from wall to wall, and has "
    "covered half the way along the floor.",
)

# %% [markdown]
# ## Predict: a longer or a shorter fuse?
# This lesson adds a memory: a share $\beta = 0.9$ of the last step is kept, and added to the next.
# In the valley, with $L = 1$, gradient descent explodes above a learning rate of 2. With the memory
# the steps get longer.
#
# Above which learning rate does it explode now? Replace `None` by your guess.

# %%
predict("momentum-explodes-above", None)

# %% [markdown]
# ## The idea: let the slopes of the past vote
# Take the slopes that gradient descent meets on its way, one axis at a time. Across the valley they
# change sign at every step. Along the valley they agree. Keep a *fading sum* of them: in every step,
# keep 80 % of the old sum, and add the new slope.

# %%
slopes = valley.grad(descend(GD(lr=1.98), valley, steps=24).points)
sums = np.zeros_like(slopes)
for t, slope in enumerate(slopes):
    sums[t] = 0.8 * sums[t - 1] + slope

# %%
fig, axes = figure(ncols=2, size=(9, 3.6))
for i, (ax, says) in enumerate(
    zip(axes, ("Along the valley they add up", "Across it they cancel"), strict=True)
):
    ax.bar(range(25), slopes[:, i], color="0.7", label="slope")
    ax.plot(sums[:, i], linewidth=2, label="fading sum")
    ax.set(xlabel="step", ylabel=f"along $w_{i + 1}$")
    ax.set_title(says)
    ax.legend()
show(
    fig,
    alt="Slopes of 25 steps as bars, their fading sum as a line. Along the valley the slopes are "
    "alike and the sum grows to four times a slope. Across it they alternate, and the sum is "
    "soon about half a slope.",
)

# %% [markdown]
# Step along the sum in place of the slope. Then the floor gets a longer step, and the walls a
# shorter one, with one and the same learning rate. That is what you want.
#
# It is also what a heavy ball does. It keeps its speed, so a wall that throws it left and right
# hardly moves it, while a slight slope, all in one direction, makes it faster and faster.

# %% [markdown]
# ## The equation: a velocity
# $$ v_t = \beta\, v_{t-1} + g_t, \qquad w_t = w_{t-1} - \eta\, v_t. $$
#
# - $g_t = \nabla f(w_{t-1})$ is the gradient, as before; $\eta$ the learning rate, `lr`;
# - $v_t$ is the **velocity**: the fading sum. It has the shape of $w$, and starts at $v_0 = 0$;
# - $\beta$ (beta), from 0 to below 1, is the share of it that is kept: the **memory**.
#
# Put the equation into itself, and you see all the past:
# $v_t = g_t + \beta g_{t-1} + \beta^2 g_{t-2} + \dots$ If every gradient is the same $g$, this adds
# up to $g / (1 - \beta)$. At $\beta = 0.9$ that is ten gradients: a **sum**, not an average.

# %% [markdown]
# By hand first: the four gradients that every method of the course gets, from $w_0 = 0$, with
# $\eta = 0.1$ and $\beta = 0.9$.
#
# | step | gradient | velocity: 0.9 × old + gradient | $w$ after | gradient descent |
# |---|---|---|---|---|
# | 1 | 1 | 1 | −0.1 | −0.1 |
# | 2 | 1 | 0.9 + 1 = 1.9 | −0.29 | −0.2 |
# | 3 | −1 | 1.71 − 1 = 0.71 | −0.361 | −0.1 |
# | 4 | 0 | 0.639 | −0.4249 | −0.1 |
#
# Look at step 3: the gradient says *back*, and the point goes on. And at step 4: no gradient at all,
# and still it moves. That is the memory.

# %% [markdown]
# Beside gradient descent, one line is new, and one letter has changed:
#
# ```
# gradient descent                     momentum
#                                      v = beta * v + g      <- new: the memory
# w = w - lr * g                       w = w - lr * v        <- v where g was
# ```

# %% [markdown]
# ## Exercise: one step of momentum (2 points)
# `w`, `g` and `v` are arrays of one shape; `lr` and `beta` are numbers. Return the new point and the
# new velocity, and leave the inputs as they are. The velocity that you return comes back to you in
# the next step.


# %%
def momentum_step(w, g, v, lr, beta):
    """Return (w, v) after one step."""
    ### BEGIN SOLUTION
    v = beta * v + g
    return w - lr * v, v
    ### END SOLUTION


# %%
check("momentum-step", momentum_step)

# %%
hint("momentum-step")

# %% [markdown]
# Give your step the four gradients, and compare with the table.

# %%
step = ready("momentum-step", momentum_step)
w, v = 0.0, 0.0
for g in (1, 1, -1, 0):
    w, v = step(w, g, v, 0.1, 0.9)
    print(f"gradient {g:2}: velocity {v:.3f}, point {w:.4f}")

# %% [markdown]
# ## Experiment: two limits you know
# A new rule should become an old one where it must. With $\beta = 0$ nothing is remembered: this has
# to be gradient descent. And under a constant gradient of 1 the velocity should grow to
# $1/(1-\beta)$.

# %%
memoryless = descend(Momentum(lr=1.9, beta=0.0), valley).points
plain = descend(GD(lr=1.9), valley).points
print("beta = 0 is gradient descent:", np.array_equal(memoryless, plain))
for beta in (0.5, 0.9, 0.99):
    v = 0.0
    for _ in range(2000):
        _, v = step(0.0, 1.0, v, 0.1, beta)
    print(f"beta = {beta}: the velocity under a constant gradient of 1 is {v:.4g}")

# %% [markdown]
# ## Explorer: a map of all pairs
# Now there are two numbers to choose. Every point of the map on the left is a pair (lr, beta). Its
# colour is the share of the distance to the minimum that a step leaves, in the long run: darker is
# faster. The dot is where you are.
#
# Start with gradient descent, at the bottom edge. Then look for three things: how much faster you
# can get; what happens if you turn beta up too far; and how the limit on the right moves as beta
# grows.

# %%
momentum_map()

# %% [markdown]
# ## The equation behind the map: two numbers for each axis
# Along an axis of curvature $\lambda$ the slope at distance $w$ is $\lambda w$. A step turns the pair
# $(w, v)$ into another pair:
#
# $$ \begin{pmatrix} w_t \\ v_t \end{pmatrix} =
# \begin{pmatrix} 1 - \eta\lambda & -\eta\beta \\ \lambda & \beta \end{pmatrix}
# \begin{pmatrix} w_{t-1} \\ v_{t-1} \end{pmatrix}. $$
#
# The same matrix in every step. So its eigenvalues $z$ play the part that $1 - \eta\lambda$ played
# for gradient descent. They are the two roots of
#
# $$ z^2 - (1 + \beta - \eta\lambda)\, z + \beta = 0, $$
#
# and the one of larger size rules in the long run.

# %% [markdown]
# The two roots multiply to $\beta$. So there are two cases:
#
# | roots | what the axis does | size of the larger root |
# |---|---|---|
# | real | creeps, or jumps to and fro | more than $\sqrt\beta$, or equal |
# | complex | swings through the minimum and back | exactly $\sqrt\beta$, whatever $\eta$ is |
#
# The size of a complex number $a + b\,i$ is $\sqrt{a^2 + b^2}$; `np.abs` gives it.

# %% [markdown]
# ## Exercise: the factor of one step, with memory (2 points)
# The **spectral radius** is the size of the larger root: the factor of the distance to the minimum
# in each step, in the long run. Here is a first attempt. It is broken: it runs without an error, and
# promises far too much.


# %% tags=["bug"]
def first_radius(lr, beta, curvature):
    update = np.array([[1 - lr * curvature, -lr * beta], [curvature, beta]])
    return float(np.linalg.eigvals(update).real.max())


print(f"lr 0.95, beta 0.9: {first_radius(0.95, 0.9, 1.0):.4g}; and in truth:")
w, v = 1.0, 0.0
for _ in range(100):
    w, v = step(w, w, v, 0.95, 0.9)
print(f"of 1.0, after 100 steps, {np.hypot(w, v):.2g} is left: {np.hypot(w, v) ** 0.01:.2f} a step")

# %%
diagnose("spectral-radius", first_radius)

# %% [markdown]
# Write the repaired one. You may keep the matrix, or ask NumPy for the roots of a polynomial: it
# wants the coefficients, highest power first.


# %%
def spectral_radius(lr, beta, curvature):
    """Return the size of the larger root, a float."""
    ### BEGIN SOLUTION
    z = np.roots([1, -(1 + beta - lr * curvature), beta])
    return float(np.abs(z).max())
    ### END SOLUTION


# %%
check("spectral-radius", spectral_radius)

# %% [markdown]
# ## Experiment: where it explodes
# With your function you can answer the question from the beginning. Go through learning rates on the
# steep axis, curvature 1, until the factor reaches 1.

# %%
radius = ready("spectral-radius", spectral_radius)
lrs = np.linspace(0.01, 4.1, 410)
curves = {beta: np.array([radius(lr, beta, 1.0) for lr in lrs]) for beta in (0.0, 0.5, 0.9)}
for beta, curve in curves.items():
    print(f"beta = {beta}: stays below 1 up to lr = {lrs[curve < 1 - 1e-9].max():.2f}")

# %%
fig, ax = figure(size=(6.5, 4))
for beta, curve in curves.items():
    ax.plot(lrs, curve, linewidth=2, label=f"beta = {beta}")
ax.axhspan(1, 1.3, color="0.92", zorder=0)
ax.text(0.1, 1.1, "diverges")
ax.set(xlabel="learning rate, in units of 1/L", ylabel="distance left by a step", ylim=(0, 1.25))
ax.set_title("More memory leaves more room: the limit\nmoves from 2/L to 2(1 + beta)/L")
ax.legend(loc="lower right")
show(
    fig,
    alt="The factor of a step against the learning rate for three memories. Without memory it is a V "
    "that reaches 1 at lr 2. With beta 0.5 it is flat at 0.71 and reaches 1 at 3; with 0.9 it is "
    "flat at 0.95 and reaches 1 at 3.8.",
)

# %% [markdown]
# The flat stretch of each curve is where the roots are complex: there the learning rate does not
# matter, only $\sqrt\beta$. On the right a root runs through $-1$. Put $z = -1$ into the polynomial:
#
# $$ 1 + (1 + \beta - \eta\lambda) + \beta = 0 \quad\Longrightarrow\quad
# \eta = \frac{2(1 + \beta)}{\lambda}. $$
#
# So the limit is $2(1 + \beta)/L$.

# %%
reveal("momentum-explodes-above", 2 * (1 + 0.9) / 1.0)

# %% [markdown]
# Did you expect it to fall? The steps get longer, but the memory works *against* bouncing. On the far
# wall the slope pushes back, while the velocity that was kept still points outward. They cancel in
# part.

# %% [markdown]
# ## Exercise: the best pair (1 point)
# For a given learning rate, each axis is fastest at the edge where its roots turn complex. There
# $(1 + \beta - \eta\lambda)^2 = 4\beta$, which is the same as $\sqrt\beta = |1 - \sqrt{\eta\lambda}|$.
# One pair is at the edge for both axes at once: $1 - \sqrt{\eta\mu} = \sqrt{\eta L} - 1$. From there
#
# $$ \eta = \frac{4}{(\sqrt L + \sqrt\mu)^2}, \qquad
# \beta = \left(\frac{\sqrt L - \sqrt\mu}{\sqrt L + \sqrt\mu}\right)^2. $$
#
# The two roots are there; return the pair.


# %%
def best_heavy_ball(mu, L):
    """Return (lr, beta), two floats, for curvatures from mu to L."""
    flat, steep = np.sqrt(mu), np.sqrt(L)
    ### BEGIN SOLUTION
    lr = 4 / (steep + flat) ** 2
    beta = ((steep - flat) / (steep + flat)) ** 2
    return float(lr), float(beta)
    ### END SOLUTION


# %%
check("best-heavy-ball", best_heavy_ball)

# %% [markdown]
# ## Experiment: the square root of the condition number
# Both axes then shrink by $\sqrt\beta$ in every step, which is
#
# $$ \sqrt\beta = \frac{\sqrt k - 1}{\sqrt k + 1}, \qquad k = \frac L\mu. $$
#
# That is the rate of gradient descent, with $\sqrt k$ in place of $k$. For $k = 100$: 0.818 in place
# of 0.980.

# %%
best = ready("best-heavy-ball", best_heavy_ball)
lr, beta = best(0.01, 1.0)
print(f"lr = {lr:.4g}, beta = {beta:.4g}, sqrt(beta) = {np.sqrt(beta):.4g}")
length = np.linalg.norm(descend(Momentum(lr, beta), valley, steps=400).points, axis=-1)
# At the edge the two roots are one, and the distance falls like t times sqrt(beta)^t: take t out.
print(f"measured, from step 200 to step 400: {(length[400] / length[200] / 2) ** (1 / 200):.3f}")

# %% [markdown]
# What does it save? Count steps to a thousandth of the distance, as in lesson 02, for valleys of
# many lengths.

# %%
ks, counts = [10, 20, 50, 100, 200, 500, 1000], {"gradient descent": [], "momentum": []}
for k in ks:
    problem = quadratic((1.0, k))
    rules = {"gradient descent": GD(2 / (1 + k)), "momentum": Momentum(*best(1.0, k))}
    for name, rule in rules.items():
        length = np.linalg.norm(descend(rule, problem, steps=4 * k + 20).points, axis=-1)
        counts[name].append(int(np.flatnonzero(length > 1e-3 * length[0])[-1]) + 1)
print("k              ", *(f"{k:5}" for k in ks))
for name, count in counts.items():
    print(f"{name:16}", *(f"{n:5}" for n in count))

# %%
fig, ax = figure()
for name, count in counts.items():
    ax.loglog(ks, count, "o-", label=name)
ax.loglog(ks, 5 * np.sqrt(ks), "--", color="0.4", label="$5 \\sqrt{k}$")
ax.set(xlabel="condition number k", ylabel="steps to a thousandth of the distance")
ax.set_title("A hundred times the condition:\nten times the steps, not a hundred")
ax.legend()
show(
    fig,
    alt="Steps against condition number on log axes. Gradient descent rises in proportion to k, to "
    "3450 at k = 1000; momentum rises like the square root, to 151.",
)

# %% [markdown]
# ## Real data: 442 patients again
# In lesson 02 you standardised the ten measurements, and a condition number of 470 was left, because
# some measurements say nearly the same. Gradient descent needed hundreds of steps. Now with a memory,
# for the same price of one gradient a step.

# %%
data = diabetes()
scaled = (data.X - data.X.mean(axis=0)) / data.X.std(axis=0)
patients = least_squares(np.hstack([np.ones((len(data.y), 1)), scaled]), data.y)
curvatures = np.linalg.eigvalsh(patients.hessian)
mu, L = curvatures[0], curvatures[-1]
floor = patients.value(patients.minimum)
runs = {
    "gradient descent": descend(GD(2 / (mu + L)), patients, steps=1000),
    "momentum": descend(Momentum(*best(mu, L)), patients, steps=1000),
}
for name, run in runs.items():
    above = np.flatnonzero(run.values - floor > 1)[-1]
    print(f"{name:16}  {above + 1} steps until the error stays within 1 of the lowest, {floor:.0f}")

# %%
fig, ax = figure(size=(6.5, 4))
for name, run in runs.items():
    ax.semilogy(run.values[:201] - floor, linewidth=2, label=name)
ax.set(xlabel="step", ylabel="error above the lowest", ylim=(1e-3, 1e6))
ax.legend()
ax.set_title("Momentum is worse at first,\nand then ten times faster")
show(
    fig,
    alt="The error above the lowest against the step, on a log scale. Momentum first climbs to a hundred "
    "thousand, falls below gradient descent after fifty steps, and goes on falling steeply; "
    "gradient descent falls slowly.",
)

# %% [markdown]
# The best pair is best *in the long run*. At first the ball is thrown far up the other side. If you
# can afford only fifty steps here, take less memory.

# %% [markdown]
# ## Experiment: over the hill
# A ball that rolls can cross a small hill. The **double well** has two wells, at $-1$ and at $1$; the
# left one is deeper, and the top of the hill between them is at $1/4$. With a small learning rate,
# gradient descent ends in the well on whose side it starts. Start 400 balls anywhere from $-2$ to 2,
# at rest, with lr 0.02, and see where they end.

# %%
starts = np.stack([np.linspace(-2, 2, 400), np.zeros(400)], axis=-1)
right = starts[:, 0] > 0.25
for beta in (0.0, 0.5, 0.8, 0.9, 0.95):
    ends = descend(Momentum(0.02, beta), double_well, start=starts, steps=1000).points[-1, :, 0]
    good, bad = np.mean(ends[right] < 0), np.mean(ends[~right] > 0)
    print(f"beta = {beta:4}: {good:4.0%} leave the shallow well, {bad:4.0%} leave the deep one")

# %% [markdown]
# So a memory can carry you out of a poor minimum. It can carry you out of the good one as well. More
# leave the shallow well, as its hill is lower, but nothing here *looks* for the deeper one. It is
# speed, not sight.

# %%
fig, ax = figure(size=(6.5, 3.8))
x = np.linspace(-1.8, 2, 201)
ax.plot(x, double_well.value(np.stack([x, 0 * x], axis=-1)), color="0.6", linewidth=2)
for beta, style in ((0.8, "s-"), (0.95, "o-")):
    run = descend(Momentum(0.02, beta), double_well, start=(1.8, 0.0), steps=60)
    ax.plot(run.points[:, 0], run.values, style, markersize=4, label=f"beta = {beta}")
ax.set(xlabel="$w_1$", ylabel="loss")
ax.set_title("From the same start, the ball with the\nlonger memory rolls over the hill")
ax.legend()
show(
    fig,
    alt="A curve with two wells, the left one deeper. From the right edge one path stops in the right "
    "well, and another with more memory crosses the hill into the left well.",
)

# %% [markdown]
# ## Experiment: what is invariant?
# The three changes from lesson 02, which leave the problem what it is: the loss times 100, the first
# coordinate in other units, the axes turned by 45 degrees. Does momentum walk the same path,
# translated back?

# %%
rule, (x, y) = Momentum(lr=0.015, beta=0.9), valley.start
c = np.sqrt(0.5)
turn = np.array([[c, -c], [c, c]])
plain = descend(rule, valley).points
louder = descend(rule, quadratic((1.0, 100.0), start=(x, y))).points
units = descend(rule, quadratic((0.0001, 1.0), start=(10 * x, y))).points * [0.1, 1.0]
slanted = quadratic((0.01, 1.0), rotation=np.pi / 4, start=turn @ (x, y))
turned = descend(rule, slanted).points @ turn
for name, other in {"loss x 100": louder, "units": units, "rotation": turned}.items():
    print(f"{name:10}", "the same path" if np.allclose(other, plain) else "another path")

# %% [markdown]
# | method | loss × 100 | units | rotation |
# |---|---|---|---|
# | gradient descent | no | no | **yes** |
# | momentum | no | no | **yes** |
#
# A memory changes nothing here: the velocity is made of gradients, and has their faults.

# %% [markdown]
# ## Spot the bug: the mean that is ten times too slow
# Notes call $v$ "the running mean of the gradients", and write it like this. Then they take the
# learning rate from a page that uses the sum. Nothing fails. It only crawls.


# %% tags=["bug"]
def published_step(w, g, v, lr, beta):
    mean = beta * v + (1 - beta) * g
    return w - lr * mean, mean


for name, rule in {"published": published_step, "yours": step}.items():
    w, v = valley.start, np.zeros(2)
    for _ in range(50):
        w, v = rule(w, valley.grad(w), v, 1.0, 0.9)
    print(f"{name:9}: after 50 steps the loss is {valley.value(w):.2g}, it began at 1")

# %%
diagnose("momentum-step", published_step)

# %% [markdown]
# <details><summary>What is wrong?</summary>
# Neither form is wrong. The mean has weights that add up to 1, the sum has weights that add up to
# 1/(1 - beta), ten at 0.9. With the mean you need ten times the learning rate for the same path.
# Before you copy a learning rate, look which form it was made for.
# </details>

# %% [markdown]
# ## Spot the bug: "all forms give the same path"
# Some libraries, Keras among them, put the learning rate inside the velocity:
# $u_t = \beta u_{t-1} + \eta g_t$, then $w_t = w_{t-1} - u_t$. It is the same path, notes say, so it
# does not matter. Run both, and let the learning rate fall to a tenth after 30 steps.

# %% tags=["bug"]
w, v = valley.start, np.zeros(2)
w_inside, u = valley.start, np.zeros(2)
gaps = []
for k in range(60):
    lr = 0.1 if k < 30 else 0.01
    w, v = step(w, valley.grad(w), v, lr, 0.9)
    u = 0.9 * u + lr * valley.grad(w_inside)
    w_inside = w_inside - u
    gaps.append(np.linalg.norm(w - w_inside))
print(f"before the drop: apart by less than 1e-12: {max(gaps[:30]) < 1e-12}")
print(f"after the drop: apart by {max(gaps):.3f}")

# %% [markdown]
# <details><summary>What is wrong?</summary>
# They are the same only as long as lr is constant. Inside, u still carries the old, larger learning
# rate after the drop, and goes on with it for about ten steps. Outside, the new lr acts at once on
# the whole velocity.
# </details>

# %% [markdown]
# ## Exercise: carry a velocity over a change of the learning rate (1 point)
# You have a velocity $u$ of the form with lr *inside*, and the learning rate is about to change.
# Return the velocity that makes the next steps equal to those of the form with lr *outside*. No
# scaffold this time: as long as lr is constant, $u = \eta\, v$. What should $u$ be after the change?


# %%
def convert_velocity(v, lr_old, lr_new):
    """Return the lr-inside velocity to go on with, in the shape of v; v stays as it is."""
    ### BEGIN SOLUTION
    return v * (lr_new / lr_old)
    ### END SOLUTION


# %%
check("convert-velocity", convert_velocity)

# %%
convert = ready("convert-velocity", convert_velocity)
w, v = valley.start, np.zeros(2)
w_inside, u = valley.start, np.zeros(2)
for k in range(60):
    lr = 0.1 if k < 30 else 0.01
    u = convert(u, 0.1, 0.01) if k == 30 else u
    w, v = step(w, valley.grad(w), v, lr, 0.9)
    u = 0.9 * u + lr * valley.grad(w_inside)
    w_inside = w_inside - u
same = np.allclose(w, w_inside, atol=1e-12)
print(f"with the velocity carried over: apart by less than 1e-12: {same}")

# %% [markdown]
# ## Spot the bug: a comparison at equal learning rates
# A small network on the digits, four epochs, the same learning rate of 0.01 for both. "Momentum is
# far better", the notes conclude. Look at the last line before you agree.

# %% tags=["bug"]
digit_data, network = digits(), Network((64, 32, 10))
for name, rule in {
    "SGD, lr 0.01": GD(0.01),
    "momentum 0.9, lr 0.01": Momentum(0.01, 0.9),
    "SGD, lr 0.1": GD(0.1),
}.items():
    seeds = [np.random.default_rng(seed) for seed in range(5)]
    runs = [train(rule, network, digit_data, 4, 32, rng, progress=False) for rng in seeds]
    last = [run.loss[-1] for run in runs]
    print(f"{name:22}: training loss {np.mean(last):.2f}, spread {np.std(last, ddof=1):.2f}")

# %% [markdown]
# <details><summary>What is wrong?</summary>
# Along a direction in which the gradients persist, momentum at 0.9 makes steps up to ten times as
# long. Equal lr does not mean equal steps. Most of the gain here is a larger learning rate in
# disguise: give SGD ten times as much, and it does as well. Tune both, then compare.
# </details>

# %% [markdown]
# ## Claim court: "the velocity is a mean, and beta is its friction"
# | for | against |
# |---|---|
# | With weight $1 - \beta$ on the gradient, $v$ *is* a running mean; many notes write it so. | Polyak (1964), PyTorch and this course use weight 1: a sum, ten times as large at 0.9. |
# | A ball in oil is a fair picture, and its friction is a number near $\beta$. | Friction takes speed away. $\beta$ is the share that is *kept*. |
#
# If beta were friction, a larger beta would stop the swinging sooner. Let a ball go in a round bowl.

# %%
for beta in (0.5, 0.9, 0.99):
    swing = np.abs(descend(Momentum(0.1, beta), quadratic([1.0]), steps=3000).points[:, 0])
    last = np.flatnonzero(swing > 0.01)[-1]
    print(f"beta = {beta:4}: off by more than 0.01 for the last time after {last} steps")

# %% [markdown]
# **Verdict.** *A mean* holds for the form with $1 - \beta$, and only there. *Friction* is wrong as
# said: $1 - \beta$ plays its part, and a larger beta means *less* friction. From 0.9 to 0.99 the ball
# swings ten times as long.

# %% [markdown]
# ## When it fails: a convex bowl in which it never arrives
# The best pair was made for bowls whose curvature is the same everywhere. Here is one with a kink in
# its slope: curvature 25, then 1 between 1 and 2, then 25 again. It is convex, smooth, and has one
# minimum, at 0. The best pair for $\mu = 1$ and $L = 25$ is lr 1/9, beta 4/9. Start at 3.3.


# %% tags=["bug"]
def slope(x):
    return np.select([x < 1, x < 2], [25 * x, x + 24], 25 * x - 24)


lr, beta = best(1.0, 25.0)
ball, v, walker = [3.3], 0.0, [3.3]
for _ in range(60):
    x, v = step(ball[-1], slope(ball[-1]), v, lr, beta)
    ball.append(float(x))
    walker.append(float(walker[-1] - 2 / 26 * slope(walker[-1])))
print(f"lr = {lr:.4g}, beta = {beta:.4g}; momentum's last six points:")
print(*(f"{x:.4g}" for x in ball[-6:]))

# %%
fig, ax = figure(size=(6.5, 3.8))
ax.plot(ball, "o-", markersize=3, label="momentum, its best pair")
ax.plot(walker, "s-", markersize=3, label="gradient descent, its best lr")
ax.axhline(0, color="0.6", linewidth=0.8)
ax.set(xlabel="step", ylabel="x")
ax.set_title("Momentum goes round three points for ever;\ngradient descent arrives")
ax.legend(loc="lower right")
show(
    fig,
    alt="The coordinate x against the step. Momentum repeats three values, 2.1, 0.65 and minus 1.8, "
    "without end; gradient descent bounces, and settles at 0.",
)

# %% [markdown]
# It does not explode, and it does not arrive. It is always just too fast: when it feels the far wall,
# it is already on it (Lessard, Recht and Packard 2016).
#
# You saw the milder form on the patients: it overshoots, and swings back. The ball feels the slope
# where it *is*. It should feel the slope where it is *about to be*.

# %% [markdown]
# ## Summary
# - Momentum keeps a fading sum of gradients and steps along it: slopes that agree add up, slopes that
#   alternate cancel.
# - Each axis has two roots. While they are complex, $\sqrt\beta$ is the factor of a step.
# - On a quadratic it explodes above $2(1 + \beta)/L$, and at its best the factor is $(\sqrt k - 1)/(\sqrt k + 1)$.
# - $v$ is a sum: ten gradients at $\beta = 0.9$. Check the form before you copy a learning rate, and
#   before you change it half-way.
# - More memory means less friction: it overshoots, and on some convex bowls it cycles for ever.
#
# The same valley, the same start, 100 gradients, each method at its best of a grid.

# %%
fig, ax = figure(size=(7.5, 3.6))
family(ax, valley, contest("momentum", valley))
ax.set(xlabel="$w_1$", ylabel="$w_2$")
ax.set_title("With a memory, 100 gradients are more than enough")
show(
    fig,
    alt="The valley with the best paths of gradient descent and of momentum. Momentum makes a few wide "
    "swings and ends at the minimum; gradient descent ends with a loss of 0.014.",
)

# %% [markdown]
# ```
# gradient descent          w = w - lr * g
# └── momentum              v = beta * v + g           w = w - lr * v
# ```

# %%
progress("05_momentum")

# %% [markdown]
# Next: [look where you are going: the gradient ahead of you](06_nesterov.ipynb).

# %% [markdown]
# ## Sources
# - Polyak (1964), *Some methods of speeding up the convergence of iteration methods*: the heavy ball,
#   and its best pair on quadratics.
# - Sutskever, Martens, Dahl and Hinton (2013), *On the importance of initialization and momentum in
#   deep learning*: the form with the learning rate inside.
# - O'Donoghue and Candès (2015), *Adaptive restart for accelerated gradient schemes*: the 2 × 2 update
#   and its three regimes.
# - Lessard, Recht and Packard (2016), *Analysis and design of optimization algorithms via integral
#   quadratic constraints*: the bowl in which it cycles.
# - Goh (2017), *Why Momentum Really Works*, Distill: the eigenvectors, in moving pictures.
# - Efron, Hastie, Johnstone and Tibshirani (2004), and Alpaydin and Kaynak (1998): the data.
