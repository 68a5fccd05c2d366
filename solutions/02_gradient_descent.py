# %% [markdown]
# # Walk downhill, and know how large a step you may take
#
# | | |
# |---|---|
# | **Do** | write gradient descent and the four functions that predict how it behaves |
# | **Learn** | why the learning rate must stay below $2/L$, and why a long valley makes it slow |
# | **Need** | the gradient, from [lesson 01](01_gradients.ipynb); what an eigenvalue is |
# | **Time** | 60 minutes |

# %%
import numpy as np

from course_lib.data import diabetes
from course_lib.descent import descend
from course_lib.exercises import check, hint, predict, progress, ready, reveal
from course_lib.explorers import step_size
from course_lib.optimizers import GD
from course_lib.plots import contours, figure, path, show, values
from course_lib.problems import himmelblau, least_squares, quadratic, valley

# %% [markdown]
# ## Recall: three questions from lesson 01
# Answer in your head, then open the answer.
#
# <details><summary>In which direction is the slope zero?</summary>
# Across the gradient: along the level line.
# </details>
#
# <details><summary>What does a gradient by central differences cost, for d parameters?</summary>
# 2d losses. Backpropagation costs about as much as two or three.
# </details>
#
# <details><summary>Which way does minus the gradient point, and how far should you go?</summary>
# Steepest downhill. How far, it does not say. That is this lesson.
# </details>

# %% [markdown]
# ## Predict: when does it explode?
# Here is the valley that goes with you through the course:
#
# $$ f(w) = \tfrac12 \left( 0.01\, w_1^2 + 1 \cdot w_2^2 \right), \qquad
# \nabla f(w) = (0.01\, w_1,\; w_2). $$
#
# You start at $(10, 1)$ and walk against the gradient: $w \leftarrow w - \eta\, \nabla f(w)$. The
# number $\eta$ (eta) is the **learning rate**, `lr` in code. If it is tiny, you creep. If it is
# huge, every step leaps over the valley and lands higher up on the other side.
#
# Above which learning rate does the walk explode? Replace `None` by your guess.

# %%
predict("explodes-above", None)

# %% [markdown]
# ## The idea: two curvatures in one valley
# Cut the valley along each of its two axes, through the minimum. **Curvature** is how fast the slope
# changes: along $w_2$ it is 1, along $w_1$ it is 0.01, a hundred times less.

# %%
fig, axes = figure(ncols=2)
t = np.linspace(-2, 2, 101)
for ax, name, curvature in zip(axes, ("w_1", "w_2"), (0.01, 1.0), strict=True):
    ax.plot(t, curvature * t**2 / 2, linewidth=2)
    ax.set(ylim=(-0.1, 2), xlabel=f"${name}$", ylabel="loss")
    ax.set_title(f"Along ${name}$ the curvature is {curvature:g}")
show(
    fig,
    alt="Two cuts through the valley, on the same scale. Along w1 the loss is almost flat; "
    "along w2 it is a steep parabola.",
)

# %% [markdown]
# One learning rate has to serve both. Watch what that does, with a learning rate of 1.9.

# %%
fig, ax = figure(size=(7.5, 3.4))
contours(ax, valley)
path(ax, descend(GD(lr=1.9), valley, steps=100).points)
ax.set(xlabel="$w_1$", ylabel="$w_2$")
ax.set_title("Across the valley it overshoots, along the valley it crawls")
show(
    fig,
    alt="The path of gradient descent in a long valley: it jumps from wall to wall across the "
    "valley, while it moves along the valley by ever smaller steps.",
)

# %% [markdown]
# ## The equation: subtract the gradient, times the learning rate
# $$ w_{t} = w_{t-1} - \eta\, \nabla f(w_{t-1}). $$
#
# Here $w_t$ is where you stand after $t$ steps. By hand first, with one coordinate, from
# $w_0 = 0$ with $\eta = 0.1$, if the gradient happened to be 1, 1, −1, 0:
#
# | step | gradient | $w$ before | $w$ after |
# |---|---|---|---|
# | 1 | 1 | 0 | −0.1 |
# | 2 | 1 | −0.1 | −0.2 |
# | 3 | −1 | −0.2 | −0.1 |
# | 4 | 0 | −0.1 | −0.1 |
#
# It has no memory: where the gradient is 0, it stands still. Each method of the course will get
# these same four gradients, so that you can see what it does with them.

# %% [markdown]
# ## Exercise: gradient descent (2 points)
# `grad` is a function: `grad(w)` is the gradient at `w`. Start at `w0`, make `n` updates, and return
# the whole path: an array of $n + 1$ rows, the first of which is `w0`. Ask for the gradient once per
# update, at the point where you are.
#
# The first and the last line are there.


# %%
def gradient_descent(grad, w0, lr, n):
    """Return the path, shape (n + 1, d), row 0 the start; w0 stays as it is."""
    path = [np.array(w0, dtype=float)]
    ### BEGIN SOLUTION
    for _ in range(n):
        w = path[-1]
        path.append(w - lr * grad(w))
    ### END SOLUTION
    return np.array(path)


# %%
check("gradient-descent", gradient_descent)

# %%
hint("gradient-descent")

# %% [markdown]
# Walk down the valley with your own function, at three learning rates. The same number of steps, and
# very different ends.

# %%
walk = ready("gradient-descent", gradient_descent)
for lr in (0.1, 1.0, 1.9):
    w = walk(valley.grad, valley.start, lr, 100)[-1]
    print(f"lr {lr}: after 100 steps the loss is {valley.value(w):.2g}, it began at 1")

# %% [markdown]
# ## Explorer: turn the learning rate up
# Begin small, and turn it up. Look for three places: where one step lands exactly on the bottom of
# the steep direction; where the walk is fastest; and where it explodes. The buttons beside the
# slider take you there. Then change $k$, which says how many times steeper the one direction is.

# %%
step_size()

# %% [markdown]
# ## The equation behind the picture: each direction on its own
# Along the steep axis the slope at distance $e$ from the minimum is $L e$, with $L$ the curvature.
# One step turns $e$ into
#
# $$ e - \eta L e = (1 - \eta L)\, e. $$
#
# The same factor in every step. So after $t$ steps, $e_t = (1 - \eta L)^t\, e_0$:
#
# | $\eta L$ | factor | what you see |
# |---|---|---|
# | 0.1 | 0.9 | creeps |
# | 1 | 0 | lands on the bottom at once |
# | 1.9 | −0.9 | overshoots, and comes closer |
# | 2 | −1 | jumps to and fro for ever |
# | 2.1 | −1.1 | explodes |
#
# It converges if and only if $|1 - \eta L| < 1$, that is $0 < \eta < 2/L$. The flat axis, with
# curvature $\mu$, has the factor $1 - \eta \mu$, close to 1.

# %% [markdown]
# In a valley that lies askew, the axes are the eigenvectors of the Hessian $H$ and the curvatures
# its eigenvalues. $L$ is the largest of them, $\mu$ the smallest.

# %% [markdown]
# ## Exercise: the learning rate at which it explodes (1 point)
# Given a symmetric Hessian $H$ with positive eigenvalues, return the learning rate that gradient
# descent must stay below.


# %%
def critical_lr(H):
    """Return the limit of the learning rate, a float."""
    ### BEGIN SOLUTION
    return float(2 / np.linalg.eigvalsh(H).max())
    ### END SOLUTION


# %%
check("critical-lr", critical_lr)

# %%
limit = ready("critical-lr", critical_lr)
reveal("explodes-above", limit(valley.hessian))

# %% [markdown]
# Did you say 1? There one step lands on the bottom of the steep axis. You may overshoot by almost as
# much as you came, and still end up closer.

# %% [markdown]
# ## Exercise: the best learning rate, and how good it is (2 points)
# Turn $\eta$ up, and the flat axis gets faster. Turn it up too far, and the steep axis gets slower.
# The best $\eta$ makes both equally slow: $1 - \eta\mu = -(1 - \eta L)$.
#
# Given the eigenvalues in any order, return that $\eta$, and the **rate**: the size of the factor by
# which the distance to the minimum shrinks in every step.


# %%
def best_lr_and_rate(eigenvalues):
    """Return (lr, rate), two floats."""
    ### BEGIN SOLUTION
    mu, L = np.min(eigenvalues), np.max(eigenvalues)
    return float(2 / (mu + L)), float((L - mu) / (L + mu))
    ### END SOLUTION


# %%
check("best-lr-and-rate", best_lr_and_rate)

# %% [markdown]
# ## Experiment: four learning rates, one valley
# For the valley, $L = 1$ and $\mu = 0.01$. Theory says: at $1/L$ the factor is $1 - \mu/L = 0.99$; at
# the best rate it is $(L - \mu)/(L + \mu) = 0.9802$. At $2/L$ it never arrives, above it never stays.
# Measure it: the last distance over the one before.

# %%
best = ready("best-lr-and-rate", best_lr_and_rate)
lr_best, rate = best(np.linalg.eigvalsh(valley.hessian))
rates = {"1/L": 1.0, "2/(L+mu)": lr_best, "2/L": 2.0, "2.02": 2.02}
runs = {name: descend(GD(lr), valley, steps=100) for name, lr in rates.items()}
for name, run in runs.items():
    distance = np.linalg.norm(run.points, axis=-1)
    print(
        f"lr = {name:8}  factor {distance[-1] / distance[-2]:.4g}  last loss {run.values[-1]:.3g}"
    )

# %%
fig, ax = figure(size=(6.5, 4))
values(ax, runs)
ax.set_title("A little below the limit is best,\na little above it is the end")
show(
    fig,
    alt="Loss against step on a log scale. At 1/L and at 2/(L+mu) it falls in a straight line, "
    "twice as steep for the second. At 2/L it stays near one half. At 2.02 it rises.",
)

# %% [markdown]
# ## Exercise: how long and thin a valley is (1 point)
# The best rate depends on one number alone. Divide above and below by $\mu$:
#
# $$ \frac{L - \mu}{L + \mu} = \frac{k - 1}{k + 1}, \qquad k = \frac{L}{\mu}. $$
#
# $k$ is the **condition number**: how many times steeper the steepest direction is than the
# flattest. A curvature may be negative elsewhere, so compare *sizes*, the absolute values of the
# eigenvalues. If one is 0, return `float("inf")`.


# %%
def condition_number(H):
    """Return the largest over the smallest absolute eigenvalue of a symmetric H, a float."""
    ### BEGIN SOLUTION
    sizes = np.abs(np.linalg.eigvalsh(H))
    if sizes.min() == 0:
        return float("inf")
    return float(sizes.max() / sizes.min())
    ### END SOLUTION


# %%
check("condition-number", condition_number)

# %% [markdown]
# ## Experiment: ten times the condition, ten times the steps
# How many steps until the distance to the minimum is a thousandth of what it was, at the best
# learning rate? From $\left(\frac{k-1}{k+1}\right)^t = 10^{-3}$ you get about
# $t = \frac{k}{2} \ln 1000 \approx 3.5\, k$. Count them.

# %%
ks, counts = [2, 5, 10, 20, 50, 100, 200], []
for k in ks:
    problem = quadratic((1.0, k))
    run = descend(GD(2 / (1 + k)), problem, steps=5 * k + 10)
    distance = np.linalg.norm(run.points, axis=-1)
    counts.append(int(np.argmax(distance <= 1e-3 * distance[0])))
    print(f"k = {k:3}: {counts[-1]:3} steps, {counts[-1] / k:.2f} k")

# %%
fig, ax = figure()
ax.loglog(ks, counts, "o-")
ax.loglog(ks, [k / 2 * np.log(1000) for k in ks], "--", color="0.4")
ax.annotate("$\\frac{k}{2} \\ln 1000$", (60, 130))
ax.set(xlabel="condition number k", ylabel="steps to a thousandth of the distance")
ax.set_title("Gradient descent needs steps\nin proportion to the condition number")
show(fig, alt="Steps against condition number on log axes: a straight line, about 3.5 k steps.")

# %% [markdown]
# ## Real data: ten measurements of 442 patients
# The **diabetes** data: ten measurements of each patient, and a number for how the disease went on
# in the year after. Fit it by a linear function, with the mean squared error. Its Hessian is
# $\frac2n X^{\mathsf T} X$, so you can say *before the first step* how gradient descent will do.
#
# $X$ has a column of ones, for the intercept, and the ten columns as they were measured.

# %%
data = diabetes()
ones = np.ones((len(data.y), 1))
raw = least_squares(np.hstack([ones, data.X]), data.y)
conditioning = ready("condition-number", condition_number)
print("columns:", *data.feature_names)
print("their means:", data.X.mean(axis=0).round().astype(int))
print(f"condition number as measured: {conditioning(raw.hessian):.2g}")

# %% [markdown]
# Fifty million. At 3.5 steps for each, that is 180 million steps for a problem of eleven numbers. The
# reason is in the means: cholesterol is near 190, sex is 1 or 2. A large column makes a steep
# direction.

# %% [markdown]
# ## Exercise: make the valley round (2 points)
# **Standardise**: from each column subtract its mean, and divide by its standard deviation. Measure
# both on the training rows *only*, and apply the same numbers to the test rows; what you will be
# judged on must not leak into what you learn from. A column that never changes has deviation 0: use 1
# in its place. The deviation is NumPy's own (`ddof=0`).


# %%
def standardize(train, test):
    """Return (train, test), each scaled by the columns' mean and deviation in train."""
    ### BEGIN SOLUTION
    mean, std = train.mean(axis=0), train.std(axis=0)
    std = np.where(std == 0, 1, std)
    return (train - mean) / std, (test - mean) / std
    ### END SOLUTION


# %%
check("standardize", standardize)

# %% [markdown]
# ## Real data: the same patients, a rounder valley
# Give both the best learning rate there is for them, and the same 1000 gradients. How close does the
# mean squared error come to the lowest there is? The column of ones joins after scaling, or it would
# become zeros.

# %%
scale = ready("standardize", standardize)
scaled, _ = scale(data.X, data.X)
even = least_squares(np.hstack([ones, scaled]), data.y)
for name, problem in {"as measured": raw, "standardised": even}.items():
    lr, _ = best(np.linalg.eigvalsh(problem.hessian))
    error = descend(GD(lr), problem, steps=1000).values
    k, floor = conditioning(problem.hessian), problem.value(problem.minimum)
    print(f"{name:12}  k = {k:.2g}:  {error[0]:.0f} -> {error[-1]:.0f}, lowest {floor:.0f}")

# %% [markdown]
# The condition number fell from fifty million to 470, and what stood still now arrives. Why not 1?
# Standardising scales the columns; it does not untangle them. Total cholesterol and LDL say nearly
# the same, and that is a flat direction which no scaling of columns removes.
#
# The lowest error is the same for both: it is the same problem, in other units. Gradient descent
# cares in which *units* you measure. Should a good method?

# %% [markdown]
# ## Experiment: what is invariant?
# Three changes that do not change the problem: multiply the loss by 100; measure the first
# coordinate in other units; turn the axes by 45 degrees. For each: does gradient descent, with the
# same lr, walk the same path, translated back? We start a matrix, and every method of the course
# adds its row.

# %%
c, s = np.cos(np.pi / 4), np.sin(np.pi / 4)
turn = np.array([[c, -s], [s, c]])
start, lr, steps = valley.start, 0.015, 50
plain = walk(valley.grad, start, lr, steps)
louder = walk(lambda w: 100 * valley.grad(w), start, lr, steps)
unit = np.array([0.1, 1.0])  # u = w / unit, so the slope in u is the slope in w times unit
units = walk(lambda u: unit * valley.grad(unit * u), start / unit, lr, steps) * unit
turned = walk(lambda u: turn @ valley.grad(turn.T @ u), turn @ start, lr, steps) @ turn
for name, other in {"loss x 100": louder, "units": units, "rotation": turned}.items():
    print(f"{name:10}", "the same path" if np.allclose(other, plain) else "another path")

# %% [markdown]
# | method | loss × 100 | units | rotation |
# |---|---|---|---|
# | gradient descent | no | no | **yes** |
#
# It does not care how the axes lie. It cares about the size of the loss, and about units. Keep this
# row in mind: the methods with one learning rate per coordinate will turn it around.

# %% [markdown]
# ## Spot the bug: the walk that climbs
# Five mistakes from published notes, each in a few lines. Run each, see what is wrong, and find the
# repair before you open it. The first loop says it minimises $\frac12 \lVert w \rVert^2$.

# %% tags=["bug"]
w = np.array([2.0, 1.0])
print(f"f = {0.5 * w @ w:.4g}")
for _ in range(50):
    w += 0.1 * w
print(f"f = {int(0.5 * w @ w)}")

# %% [markdown]
# <details><summary>What is wrong?</summary>
# The sign: <code>+=</code> climbs. Each step multiplies the distance by 1 + 0.1, and
# 1.1 to the power 100 is 13781, just the factor you see.
# </details>

# %% [markdown]
# ## Spot the bug: the line that is not in the data
# The notes promise data on the line $y = 4 + 3x$ with noise, and fit it. The fit is poor, whatever
# the learning rate. How strongly do $x$ and $y$ hang together?

# %% tags=["bug"]
rng = np.random.default_rng(0)
x = 2 * rng.random(100)
y_notes = 4 + 3 * rng.normal(size=100)
print(f"correlation {np.corrcoef(x, y_notes)[0, 1]:.2f}")

# %% [markdown]
# <details><summary>What is wrong?</summary>
# The targets never use x: 3 multiplies the noise. They meant 4 + 3 * x + rng.normal(size=100), as in
# the next cell. No optimizer can find what is not there: look at your data first.
# </details>

# %%
y_line = 4 + 3 * x + rng.normal(size=100)
print(f"correlation {np.corrcoef(x, y_line)[0, 1]:.2f}")

# %% [markdown]
# ## Spot the bug: converged, they said
# "After 1000 steps with lr = 0.001 the line has converged." Has it? Compare with the exact solution,
# and ask the flat direction how much of its error is left: $(1 - \eta\mu)^{1000}$.

# %% tags=["bug"]
line = least_squares(np.stack([np.ones(100), x], axis=1), y_line)
run = descend(GD(lr=0.001), line, steps=1000)
mu, L = np.linalg.eigvalsh(line.hessian)
print("after 1000 steps", run.points[-1].round(2), " exact", line.minimum.round(2))
print(f"left of the flat direction's error: {(1 - 0.001 * mu) ** 1000:.2f}")
print(f"the best lr would be {2 / (mu + L):.2f}")

# %% [markdown]
# <details><summary>What is wrong?</summary>
# The loss hardly moved any more, so it looked done. But it was slow, not finished: almost three
# quarters of the error along the flat direction were left. A learning rate four hundred times as
# large is safe here.
# </details>

# %% [markdown]
# ## Spot the bug: stop when the loss stops
# "Stop as soon as the loss falls by less than $10^{-6}$ in a step." It sounds careful. In the valley,
# where the loss begins at 1, run it with a small learning rate.

# %% tags=["bug"]
losses = descend(GD(lr=1e-6), valley, steps=6000).values
stop = int(np.argmax(-np.diff(losses) < 1e-6)) + 1
print(f"stops after {stop} steps, with a loss of {losses[stop]:.3f}")

# %% [markdown]
# <details><summary>What is wrong?</summary>
# A step changes the loss by about lr times the squared gradient. With a small lr that is small
# anywhere. Look at the size of the gradient instead: it does not depend on lr.
# </details>

# %% [markdown]
# ## Claim court: "too small a learning rate never learns"
# | for | against |
# |---|---|
# | You can run 1000 steps and see nothing move. | In exact arithmetic it arrives, in time proportional to 1/lr. |
#
# Try both. Halve the learning rate, and count the steps to half the loss. Then do it in float32,
# which keeps 7 digits.

# %%
for lr in (0.004, 0.002, 0.001):
    w = walk(lambda w: w, [1.0], lr, 1000)[:, 0]
    print(f"lr {lr}: half the loss after {int(np.argmax(w**2 <= 0.5))} steps")

w = np.float32(1.0)
print("float32, lr 1e-8: moved", w - np.float32(1e-8) * w != w)

# %% [markdown]
# **Verdict.** In exact arithmetic the claim is false: half the learning rate takes twice the steps.
# In float32 it is true once lr times the gradient is below about $6 \cdot 10^{-8}$ of the weight:
# then the step rounds away, and the weight never moves at all.
#
# A smaller matter, from the same notes: there are not "three kinds of *gradient*" (batch,
# stochastic, mini-batch) but three kinds of gradient *descent*. Lesson 04 has them.

# %% [markdown]
# ## When it fails: where you start decides where you end
# All of this was for a bowl, a **convex** function: the straight line between any two of its points
# never dips below it, so a bowl has one minimum. Most losses are not convex. Then gradient descent
# finds *a* minimum, and the start decides which.

# %%
starts = np.array([[-0.5, -0.5], [0.0, 0.0], [-1.0, -1.0], [0.5, -2.0]])
run = descend(GD(lr=0.01), himmelblau, start=starts, steps=100)
fig, ax = figure(size=(5.5, 5))
contours(ax, himmelblau)
for k in range(len(starts)):
    path(ax, run.points[:, k])
ax.set_title("Four starts close together,\nfour different minima")
show(
    fig,
    alt="Four paths of gradient descent that begin near the middle of a landscape with four "
    "valleys. Each ends in another valley.",
)

# %% [markdown]
# It also fails where you would most like it to work: in a long valley. You cannot turn the learning
# rate up, because of the steep direction, and you crawl along the flat one. Two thirds of this
# course are about that.

# %% [markdown]
# ## Summary
# - Each direction of curvature $\lambda$ shrinks by the factor $1 - \eta\lambda$ in every step.
# - So $\eta < 2/L$. The best is $2/(L + \mu)$, with rate $(k-1)/(k+1)$.
# - Steps are proportional to the condition number $k$. Standardise your columns.
# - A loss that hardly moves is no sign of convergence; a small gradient is.
#
# The same valley, the same start, 100 gradients, each method at its best: this picture grows with
# every lesson.

# %%
run = runs["2/(L+mu)"]
fig, ax = figure(size=(7.5, 3.4))
contours(ax, valley)
path(ax, run.points, label=f"gradient descent, lr = {lr_best:.3g}: {run.values[-1]:.2g}")
ax.legend(loc="lower left", title="loss after 100 gradients")
ax.set(xlabel="$w_1$", ylabel="$w_2$")
ax.set_title("At its best, gradient descent still crawls along the valley")
show(fig, alt="The valley with the best path of gradient descent; its loss ends at 0.018.")

# %% [markdown]
# And so does this family tree:
#
# ```
# gradient descent          w = w - lr * g
# ```

# %%
progress("02_gradient_descent")

# %% [markdown]
# Next: [tell the flat places of a landscape apart, and know how long each will hold you](03_landscapes.ipynb).

# %% [markdown]
# ## Sources
# - Cauchy (1847), *Méthode générale pour la résolution des systèmes d'équations simultanées*: the
#   first gradient descent, with a step chosen anew each time.
# - Polyak (1964), *Some methods of speeding up the convergence of iteration methods*: the rates on
#   quadratics.
# - Nesterov (2004), *Introductory Lectures on Convex Optimization*: the theory beyond quadratics.
# - Goh (2017), *Why Momentum Really Works*, Distill: the eigenvector picture, and where it leads.
# - Efron, Hastie, Johnstone and Tibshirani (2004), *Least Angle Regression*: the diabetes data.
