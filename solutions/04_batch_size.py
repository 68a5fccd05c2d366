# %% [markdown]
# # Learn from a few examples at a time, and know what the noise costs
#
# | | |
# |---|---|
# | **Do** | cut data into mini-batches, train with them, and predict how wrong their gradients are |
# | **Learn** | why noise falls with the root of the batch, and which batch wins on which budget |
# | **Need** | gradient descent, from [lesson 02](02_gradient_descent.ipynb); mean and variance |
# | **Time** | 55 minutes |

# %%
import numpy as np

from course_lib.batches import cost_of_update, example_gradients, noise_floor, patients, spend
from course_lib.batches import squared_error_grad
from course_lib.data import digits
from course_lib.descent import train
from course_lib.exercises import check, diagnose, hint, predict, progress, ready, reveal
from course_lib.explorers import gradient_cloud
from course_lib.models import SoftmaxRegression
from course_lib.optimizers import GD
from course_lib.plots import family, figure, path, show
from course_lib.problems import least_squares, valley
from course_lib.sweep import contest

# %% [markdown]
# ## Recall: three questions from lesson 02
# Answer in your head, then open the answer.
#
# <details><summary>Above which learning rate does gradient descent explode?</summary>
# 2/L, where L is the largest curvature.
# </details>
#
# <details><summary>Ten times the condition number: how many times the steps?</summary>
# Ten times.
# </details>
#
# <details><summary>The loss hardly moves any more. Has it converged?</summary>
# You cannot tell. Look at the size of the gradient: with a small learning rate the loss hardly moves
# anywhere.
# </details>

# %% [markdown]
# ## Real data: gradient descent reads everything before it moves
# 1347 images of digits, and softmax regression from lesson 01. One update of gradient descent needs
# the gradient of *all* images. So five passes over the data are five updates.
#
# The second line in the picture reads just as many images with the same learning rate, but it
# updates after every 16.

# %%
data = digits()
X, y = data.train
N, model = len(y), SoftmaxRegression(64, 10)
runs = {
    f"{size} images an update": train(GD(lr=1.0), model, data, 5, size, np.random.default_rng(0))
    for size in (N, 16)
}

# %%
fig, ax = figure()
for name, run in runs.items():
    ax.plot(run.loss, "o-", label=f"{name}: {run.updates} updates")
ax.legend()
ax.set(xlabel="passes over the data", ylabel="loss on the training images", ylim=(0, None))
ax.set_title("Five passes: the one has hardly begun,\nthe other is nearly done")
show(
    fig,
    alt="Training loss against passes over the data. With all images in every update it falls "
    "slowly and is above 1.3 after five; with 16 in every update it is below 0.2.",
)

# %% [markdown]
# Why does that work? The gradient over 16 images is not the true one. It is an estimate, and it is
# wrong. This lesson is about *how* wrong, and when that matters.

# %% [markdown]
# ## Predict: four times the images, how much better?
# Take the gradient over a random batch of 16 images, and measure its distance to the gradient over
# all of them. Do the same with batches of 64. By which factor does the typical distance (the root of
# the mean squared distance) fall?
#
# Replace `None` by your guess: a number, such as `3`.

# %%
predict("noise-factor-16-to-64", None)

# %% [markdown]
# ## The idea: every example has an opinion on where down is
# 442 patients, two measurements, one line fitted through them: two weights. So a gradient is a point
# on paper. At $w = (0, 0)$, each patient alone would give another gradient. The star is the mean of
# all 442, the gradient that you know.
#
# Draw 300 random batches, and average the gradients in each. Orange dots are batches whose advice is
# bad: a small step against such a gradient leads *up* the loss over all patients.

# %%
start = np.zeros(2)
G = example_gradients(squared_error_grad, start, *patients())
shuffles = np.random.default_rng(0).permuted(np.tile(np.arange(442), (300, 1)), axis=1)
clouds = {B: G[shuffles[:, :B]].mean(axis=1) for B in (1, 16, 256)}

# %%
fig, axes = figure(ncols=3, size=(10, 3.9))
for ax, (B, cloud) in zip(axes, clouds.items(), strict=True):
    climbs = cloud @ G.mean(axis=0) < 0
    ax.plot(*cloud[~climbs].T, ".", markersize=4)
    ax.plot(*cloud[climbs].T, ".", markersize=4)
    ax.plot(*G.mean(axis=0), "k*", markersize=12, markeredgecolor="white")
    ax.set(xlim=(-5, 3), ylim=(-5, 3), aspect="equal")
    ax.set(xlabel="slope along body mass", ylabel="slope along triglycerides")
    ax.set_title(f"B = {B}: {100 * climbs.mean():.0f} % point uphill")
show(
    fig,
    alt="Three clouds of batch gradients around the gradient of all patients. For B = 1 the cloud is "
    "wider than the gradient is long, and 30 % of the points lie uphill; for 16 it is four times "
    "narrower and almost none do; for 256 it is a dot.",
)

# %% [markdown]
# The cloud sits *around* the star: a batch is wrong at random, not in one direction. That is why you
# can follow it. And it shrinks as the batch grows, but not in proportion: from 1 to 16 examples it is
# about four times narrower, not sixteen.

# %% [markdown]
# ## The equation: a mean over fewer examples
# Let $f_i(w)$ be the loss on example $i$ of $N$. The loss is their mean, so the gradient is a mean as
# well. One thing changes: which examples the mean is taken over.
#
# | | gradient | update |
# |---|---|---|
# | gradient descent | $g = \frac1N \sum_{i\,\in\,\textbf{all}} \nabla f_i(w)$ | $w \leftarrow w - \eta\, g$ |
# | with a batch | $g = \frac1B \sum_{i\,\in\,\textbf{batch}} \nabla f_i(w)$ | $w \leftarrow w - \eta\, g$ |
#
# $B$ is the **batch size**. $\eta$ is the learning rate, as before. If each example is equally likely
# to be in the batch, then $g$ is right on average. One pass over all examples is an **epoch**.
#
# Each update goes through the same four beats: **sample** a batch, **forward** (the loss),
# **backward** (its gradient), **update**.

# %% [markdown]
# By hand: four examples, whose gradients happen to be 1, 1, −1, 0 wherever you stand. From $w = 0$
# with $\eta = 0.1$, one epoch in the order of the list:
#
# | $B$ | gradients of the batches | $w$ after each update | updates |
# |---|---|---|---|
# | 4 | 0.25 | −0.025 | 1 |
# | 2 | 1, −0.5 | −0.1, −0.05 | 2 |
# | 1 | 1, 1, −1, 0 | −0.1, −0.2, −0.1, −0.1 | 4 |
#
# The same four gradients were computed. Small batches make more updates of them: four instead of one.
# And they wander: at $B = 1$ you went too far, and came back.

# %% [markdown]
# ## Exercise: cut an epoch into mini-batches (2 points)
# Yield arrays of indices, so that each of $0, \dots, n-1$ has its turn once in the epoch. Shuffle once
# (that line is there), then cut the order into pieces of $B$. If $B$ does not divide $n$, the last
# batch is short; with `drop_last=True` leave that one out.
#
# A function with `yield` in its loop hands out one batch at a time. In the next epoch it is called
# again, with the same `rng`, which has moved on.


# %%
def minibatches(n, B, rng, drop_last=False):
    """Yield the batches of one epoch, each an array of indices."""
    order = rng.permutation(n)
    ### BEGIN SOLUTION
    end = n - n % B if drop_last else n
    for i in range(0, end, B):
        yield order[i : i + B]
    ### END SOLUTION


# %%
check("minibatches", minibatches)

# %%
hint("minibatches")

# %%
cut = ready("minibatches", minibatches)
for batch in cut(10, 4, np.random.default_rng(0)):
    print(batch)

# %% [markdown]
# ## Exercise: one epoch of updates (2 points)
# `batches` is a list of index arrays. `grad(w, X, y)` gives the gradient of the *mean* loss over the
# rows that you hand it. Make one update per batch, with the rows and the targets of that batch, and
# return the last `w`.


# %%
def sgd_epoch(w, X, y, grad, batches, lr):
    """Return w after one update for each of the batches; w stays as it was."""
    ### BEGIN SOLUTION
    for batch in batches:
        w = w - lr * grad(w, X[batch], y[batch])
    return w
    ### END SOLUTION


# %%
check("sgd-epoch", sgd_epoch)

# %% [markdown]
# Train the digits with your two functions. You are looking at the loop that trains nearly every
# network there is.

# %%
epoch = ready("sgd-epoch", sgd_epoch)
rng = np.random.default_rng(0)
w = model.init(rng)
for k in range(3):
    w = epoch(w, X, y, model.grad, list(cut(N, 16, rng)), lr=1.0)
    print(f"epoch {k + 1}: loss {model.loss(w, X, y):.2f}")
print(f"{100 * model.accuracy(w, *data.validation):.0f} % of new images are read rightly")

# %% [markdown]
# A check at the limit: with $B = N$ there is one batch, and an update is an update of gradient
# descent. The order of the rows cannot matter in a mean.

# %%
together = epoch(w, X, y, model.grad, list(cut(N, N, rng)), lr=1.0)
print("B = N is gradient descent:", np.allclose(together, w - 1.0 * model.grad(w, X, y)))

# %% [markdown]
# ## Experiment: epochs and updates
# Papers count epochs, an optimizer makes updates. How many updates is an epoch? The batches are
# $N/B$, rounded up.

# %%
for name, n, B in [("digits", N, 16), ("ImageNet", 1_200_000, 256), ("ImageNet", 1_200_000, 8192)]:
    print(f"{name}, B = {B}: {int(np.ceil(n / B))} updates an epoch")

# %% [markdown]
# ## The equation: how wrong is a batch?
# Let $G_i$ be the gradient of example $i$ and $g$ the mean of all $N$. The **noise of one example**
# is the mean squared distance
#
# $$ S = \frac1N \sum_{i=1}^N \lVert G_i - g \rVert^2 . $$
#
# The sum of $B$ independent errors has the mean square $B S$. The mean divides the sum by $B$, so its
# square by $B^2$. What is left is $S/B$:
#
# | drawn | mean squared distance of the batch's gradient from $g$ |
# |---|---|
# | with replacement: each anew from all $N$ | $\dfrac{S}{B}$ |
# | without: cut from a shuffle | $\dfrac{S}{B} \cdot \dfrac{N - B}{N - 1}$ |
#
# The second factor is 1 at $B = 1$, and 0 at $B = N$: who has read everything knows everything.

# %% [markdown]
# By hand, for our four gradients 1, 1, −1, 0 with mean 0.25: $S = \frac14 (0.75^2 + 0.75^2 + 1.25^2 +
# 0.25^2) = 0.6875$.
#
# | $B$ | with replacement | without |
# |---|---|---|
# | 1 | 0.6875 | 0.6875 |
# | 2 | 0.3438 | 0.3438 · 2/3 = 0.2292 |
# | 4 | 0.1719 | 0 |
#
# Check the middle of the last column: the six pairs have the means 1, 0, 0.5, 0, 0.5, −0.5. Their
# mean squared distance from 0.25 is $1.375 / 6 = 0.2292$.

# %% [markdown]
# ## Exercise: the noise of a batch (2 points)
# `G` has one row for each example, its gradient. Return the mean squared distance from the table
# above: with replacement if `replace` is true, otherwise without. No frame this time.


# %%
def gradient_noise(G, B, replace):
    """Return the mean squared distance of a batch's gradient from the whole one, a float."""
    ### BEGIN SOLUTION
    N = len(G)
    S = np.mean(np.sum((G - G.mean(axis=0)) ** 2, axis=1))
    factor = 1 if replace else (N - B) / (N - 1)
    return float(S / B * factor)
    ### END SOLUTION


# %%
check("gradient-noise", gradient_noise)

# %%
noise = ready("gradient-noise", gradient_noise)
images = example_gradients(model.grad, model.init(rng), X, y)
print(f"the gradients of {images.shape[0]} images in {images.shape[1]} weights")
for B in (16, 64, 1024):
    anew, shuffled = noise(images, B, True), noise(images, B, False)
    print(f"B = {B:4}: with replacement {anew:.3g}, without {shuffled:.3g}")

# %%
reveal("noise-factor-16-to-64", (noise(images, 16, True) / noise(images, 64, True)) ** 0.5)

# %% [markdown]
# Four times the images, *half* the distance. (Without replacement it is a little
# more, by the second factor.) To halve the error again you need 256, then 1024. Each halving costs four
# times as much: that is why nobody pays for all of it.

# %% [markdown]
# ## Explorer: the cloud against the batch
# Move $B$ up in powers of two, and watch the ring: two steps of the slider halve it. Then move the
# *place* towards the minimum. The ring shrinks by a third at most. What shrinks to nothing?

# %%
gradient_cloud()

# %% [markdown]
# Near the minimum the gradient vanishes, and the noise stays. At the start a batch of 4 points
# downhill nine times out of ten. Close in, even 64 may point anywhere. **How large a batch must be is a question of
# signal to noise, and changes while you train.**

# %% [markdown]
# ## Experiment: is the formula right?
# Measure it on the digits: draw 100 batches of each size in both ways, and average the squared
# distance. The lines are your function, the dots are measured.

# %%
sizes = [1, 4, 16, 64, 256, 1024]
whole, measured = images.mean(axis=0), {True: [], False: []}
for replace, dots in measured.items():
    for B in sizes:
        drawn = [images[rng.choice(N, B, replace=replace)].mean(axis=0) for _ in range(100)]
        dots.append(np.mean(np.sum((np.array(drawn) - whole) ** 2, axis=1)))

# %%
fig, ax = figure(size=(6, 4.2))
for replace, style in {True: "--", False: "-"}.items():
    (line,) = ax.loglog(sizes, [noise(images, B, replace) for B in sizes], style)
    name = "with replacement, measured" if replace else "without, measured"
    ax.loglog(sizes, measured[replace], "o", color=line.get_color(), label=name)
ax.axhline(np.sum(whole**2), color="0.4", linestyle=":")
ax.annotate("squared length of the whole gradient", (1, 1.15 * np.sum(whole**2)))
ax.set(xlabel="batch size B", ylabel="mean squared distance")
ax.legend()
ax.set_title("Noise is S/B; without replacement\nit vanishes as B nears N = 1347")
show(
    fig,
    alt="Mean squared distance of a batch's gradient against B on log axes. The dots lie on the "
    "lines: a straight line that falls with 1/B, and one that bends down below it after B = 256.",
)

# %% [markdown]
# The noise meets the dotted line near $B = 64$: for these images, at the start of training, that is
# where noise and signal are alike. Later, when the gradient is smaller, it takes more.

# %% [markdown]
# ## Experiment: the same budget, three times
# Which batch size is best? It depends on what you count. We give every batch size the same budget,
# and *each its own best learning rate* out of six, from 1/16 to 64:
#
# - **examples**: two passes over the 1347 images;
# - **updates**: 50 of them;
# - **seconds**: but a clock differs from computer to computer, so let us first see what it says.

# %% tags=["timing"]
cost = cost_of_update(model, data.train)
print(f"{1e6 * cost.fixed:.0f} microseconds + {1e6 * cost.per_example:.2f} for each example")
print(f"so the fixed part is worth {cost.fixed / cost.per_example:.0f} examples")

# %% [markdown]
# An update has a fixed cost, whatever the batch: Python, memory, starting the machine. Where this was
# written it was that of 60 to 100 examples, from run to run. So let us say: an update costs $100 + B$
# units, and a budget of seconds is 20 000 units. On a graphics card,
# with a model this small, it would be thousands.

# %%
sizes = [1, 4, 16, 64, 256, N]
budgets = {
    "examples: two passes": lambda B: 2 * N // B,
    "updates: 50": lambda B: 50,
    "seconds: 20000 units": lambda B: 20_000 // (100 + B),
}
spent = spend(model, data.train, sizes, 4.0 ** np.arange(-2, 4), budgets, seeds=range(3))
for name, result in spent.items():
    print(f"{name:20}  winner B = {sizes[result.loss.argmin()]}")

# %%
fig, axes = figure(ncols=3, size=(11, 3.9))
for ax, (name, result) in zip(axes, spent.items(), strict=True):
    best = result.loss.argmin()
    ends = [result.loss - result.lowest, result.highest - result.loss]
    ax.errorbar(sizes, result.loss, yerr=ends, fmt="o-", capsize=3)
    ax.plot(sizes[best], result.loss[best], "o", color="#D55E00", markersize=11, zorder=3)
    ax.set(xscale="log", ylim=(0, 2.1), xlabel="batch size B", ylabel="training loss reached")
    ax.set_xticks(sizes, sizes)
    ax.minorticks_off()
    ax.set_title(f"{name.capitalize()}\nbest at B = {sizes[best]}")
show(
    fig,
    alt="Three curves of the training loss against the batch size. With equal examples the smallest "
    "batches win, with equal updates the largest, with equal seconds one in the middle, 64.",
)

# %% [markdown]
# Three budgets, three winners. The bars go from the best to the worst of three shuffles: with equal
# *examples* $B = 1$ and $B = 4$ are a tie, and both beat 64. With equal *updates* more examples
# only help. With equal *seconds* the middle wins: a single example wastes the fixed cost, the whole
# data waste examples. **A comparison of batch sizes that does not say what was held equal says
# nothing.**

# %%
print("the best learning rate of each batch size, by budget")
for name, result in spent.items():
    rates = zip(sizes, result.lr, strict=True)
    print(f"{name:20} ", "  ".join(f"B={B}: {lr:g}" for B, lr in rates))

# %% [markdown]
# Noisier gradients need smaller steps: the learning rate that suits $B = 1$ is many times smaller
# than the one that suits 64. If you change $B$ and keep $\eta$, you compare a tuned method with one
# that is not.

# %% [markdown]
# ## Experiment: the floor
# Stand on the minimum of the patients' loss, and learn on with one patient at a time, at a constant
# learning rate. The gradients of single patients are not zero there, so you are kicked away. How far
# up do you end, on average? For small $\eta$ theory says
#
# $$ f(w) - f_{\min} \approx \frac{\eta\, S}{4B}, $$
#
# with $S$ the noise at the minimum. Half the learning rate is worth twice the batch.

# %%
problem = least_squares(*patients())
S = noise(example_gradients(squared_error_grad, problem.minimum, *patients()), 1, True)
epochs = {0.03: 8, 0.01: 8, 0.003: 12, 0.001: 24}
anew, shuffled = (
    [noise_floor(problem, lr, n, 40, np.random.default_rng(0), replace) for lr, n in epochs.items()]
    for replace in (True, False)
)

# %%
lrs = list(epochs)
floors = {
    "theory, drawn anew": [lr * S / 4 for lr in lrs],
    "drawn anew": [floor.epoch_ends for floor in anew],
    "shuffled, half-way": [floor.half_way for floor in shuffled],
    "shuffled, at epoch ends": [floor.epoch_ends for floor in shuffled],
}
print(f"{'learning rate':24}", *(f"{lr:8}" for lr in lrs))
for name, floor in floors.items():
    print(f"{name:24}", *(f"{height:8.2g}" for height in floor))

# %%
fig, ax = figure(size=(6, 4.2))
for (name, floor), style in zip(floors.items(), ("--", "o", "s-", "o-"), strict=True):
    ax.loglog(lrs, floor, style, label=name)
ax.set(xlabel="learning rate", ylabel="loss above the minimum")
ax.set_xticks(lrs, lrs)
ax.minorticks_off()
ax.legend()
ax.set_title("A constant learning rate ends on a floor;\nshuffling lowers it if lr is small")
show(
    fig,
    alt="Loss above the minimum against the learning rate on log axes. Drawn anew it is "
    "proportional to lr, on the line of theory. Shuffled it is lower for small lr, and lower still "
    "where epochs end; at lr 0.03 shuffling does not help.",
)

# %% [markdown]
# Two findings, each with its condition.
#
# - **A constant learning rate does not converge.** It ends on a floor in proportion to $\eta/B$. To
#   get lower, make $\eta$ smaller as you go; a later lesson is about that.
# - **Shuffling beats drawing anew, the more so the smaller $\eta$**, because an epoch's errors nearly
#   cancel. *Nearly at the end of the epoch*, that is: half-way the gain is much smaller. And for a
#   large $\eta$ there is none.

# %% [markdown]
# ## Experiment: what is invariant?
# The valley, made of examples: each of 64 examples wants its own minimum $c_i$, and their mean is the
# origin. The gradient over a batch is then $\nabla f(w - \bar c)$, where $\bar c$ is the mean over
# the batch. The same batches for all four runs.

# %%
centres = np.random.default_rng(2).normal(size=(64, 2)) * [3.0, 0.3]
centres -= centres.mean(axis=0)
unused = np.zeros(64)
batches = [batch for _ in range(2) for batch in cut(64, 4, np.random.default_rng(3))]


def valley_grad(w, X, y):
    return valley.grad(w - X.mean(axis=0))


def walk(grad, start, lr=0.015):
    return epoch(start, centres, unused, grad, batches, lr)


# %%
c, s = np.cos(np.pi / 4), np.sin(np.pi / 4)
turn, unit, start = np.array([[c, -s], [s, c]]), np.array([0.1, 1.0]), valley.start
plain = walk(valley_grad, start)
louder = walk(lambda w, X, y: 100 * valley_grad(w, X, y), start)
units = walk(lambda u, X, y: unit * valley_grad(unit * u, X, y), start / unit) * unit
turned = walk(lambda u, X, y: turn @ valley_grad(turn.T @ u, X, y), turn @ start) @ turn
for name, other in {"loss x 100": louder, "units": units, "rotation": turned}.items():
    print(f"{name:10}", "the same end" if np.allclose(other, plain) else "another end")

# %% [markdown]
# | method | loss × 100 | units | rotation |
# |---|---|---|---|
# | gradient descent | no | no | **yes** |
# | with mini-batches | no | no | **yes** |
#
# A batch changes *what is measured*, not what is done with it. So it inherits the row of gradient
# descent, and will inherit the row of every method to come.

# %% [markdown]
# ## Spot the bug: the network that never learns
# From published notes, in other words: "stochastic" batches of a single example, taken by a slice.
# It runs, without an error or a warning. Four epochs, more than 5000 updates. How far did the weights
# move?


# %% tags=["bug"]
def published_batches(n, B, rng, drop_last=False):
    order = rng.permutation(n)
    for i in range(0, n, B):
        yield order[i:i:+1]


before = w = np.ones(model.size)
for _ in range(4):
    w = epoch(w, X, y, model.grad, list(published_batches(N, 1, rng)), lr=1.0)
print("largest change of a weight in", 4 * N, "updates:", np.abs(w - before).max())

# %% [markdown]
# Exactly 0.0, not a small number. A small one would mean slow; zero means that nothing arrives. Ask
# the course, then look at what a batch holds.

# %%
diagnose("minibatches", published_batches)

# %%
print("one of their batches:", next(published_batches(N, 1, rng)))

# %% [markdown]
# <details><summary>What is wrong, and why did nobody complain?</summary>
# A slice from i to i is empty; +1 is only the step, and does not move its end. NumPy sums no rows to
# zero, and a gradient of zero is a fine gradient. They meant a slice from i to i + 1.
# </details>
#
# The lesson in it: before you train, print the shape of one batch, and after one epoch ask whether
# any weight has moved.

# %% [markdown]
# ## Claim court: "batch size is no hyperparameter; single examples give finer steps"
# | for | against |
# |---|---|
# | The gradient is right on average for every $B$. | Its noise is $S/B$, so the best learning rate and the result change with $B$. |
# | An update from one example is cheap. | A cheap step is not a fine one: measure its length. |
#
# The mean squared length of a batch's gradient is $\lVert g \rVert^2 + S/B$: signal plus noise.

# %%
for B in (1, 16, N):
    length = (np.sum(whole**2) + noise(images, B, False)) ** 0.5
    print(f"B = {B:4}: a gradient is typically {length:.2g} long")

# %% [markdown]
# **Verdict.** False, both. With the same learning rate, steps from single examples are the *longest*
# at the start of the digits, eight times as long as those of the whole data. They are more frequent
# and noisier, not finer. The first half would hold only if you never looked at anything but the mean.

# %% [markdown]
# ## Claim court: "batch sizes must be powers of two"
# | for | against |
# |---|---|
# | Hardware computes in groups of a fixed width, such as 32. | 96 is a multiple of 32, and no power of two. |
#
# A machine of width 32 needs $\lceil B/32 \rceil$ rounds for a batch. Count them.

# %%
for B in (33, 64, 65, 96, 128):
    rounds = int(np.ceil(B / 32))
    print(f"B = {B:3}: {rounds} rounds, {B / (32 * rounds):.0%} of the machine in use")

# %% [markdown]
# **Verdict.** *Multiples* of the machine's width are good; one more than such a multiple is bad.
# Powers of two above 32 are such multiples, and nothing else is special about them. For learning,
# 64 and 60 are the same. On your processor the rounds are so short that you may see no difference.

# %% [markdown]
# ## Claim court: "SGD means one example at a time"
# | for | against |
# |---|---|
# | So it was with Robbins and Monro (1951), and in many books: stochastic ($B = 1$), mini-batch, batch ($B = N$). | In most papers and libraries "SGD" is the mini-batch kind, of any $B$. |
#
# **Verdict.** Both are in use. Read for the batch size, not for the name. In a library, `SGD` is not
# even stochastic: it is the update $w \leftarrow w - \eta\, g$, and the chance is in the batches that
# you feed it. And there are three kinds of gradient *descent* here, one kind of gradient.

# %% [markdown]
# ## When it fails: the valley is as long as before
# Batches make updates cheap. They do not make the valley round. And with noise, you cannot use the
# learning rate that was best without: at 1.98 the steep direction keeps nearly all of its error
# from step to step, and noise piles up in it.
#
# The loss after 100 updates, from 1 at the start; with batches of 4 a mean over 50 runs.

# %%
for lr in (1.98, 1.0, 0.3):
    rng, losses = np.random.default_rng(4), []
    for _ in range(50):
        chosen = [b for _ in range(7) for b in cut(64, 4, rng)][:100]
        losses.append(valley.value(epoch(start, centres, unused, valley_grad, chosen, lr)))
    quiet = epoch(start, centres, unused, valley_grad, [np.arange(64)] * 100, lr)
    print(f"lr {lr}: all examples {valley.value(quiet):.2g}, batches {np.mean(losses):.2g}")

# %% [markdown]
# The best rate without noise is the worst with it: it ends higher than it began. A smaller rate makes
# the steep direction calm and the flat one slow. You are back where lesson 02 ended, with less
# room.
#
# Zigzag and noise have something in common: both change sign, while the way along the valley does
# not. Whoever *remembers* a few gradients and adds them up cancels the one and keeps the other.

# %% [markdown]
# ## Summary
# - A batch's gradient is right on average. Its squared error is $S/B$, times $(N-B)/(N-1)$ if cut
#   from a shuffle.
# - Half the error costs four times the batch.
# - Small batches win per example, large ones per update, the middle per second. Tune $\eta$ for each.
# - A constant learning rate ends on a floor in proportion to $\eta/B$.
#
# The valley, 100 updates: gradient descent at its best, and mini-batches of 4 out of 64 examples.
# They read a sixteenth of the examples.

# %%
rng, points = np.random.default_rng(4), [start]
chosen = [b for _ in range(7) for b in cut(64, 4, rng)][:100]
for batch in chosen:
    points.append(epoch(points[-1], centres, unused, valley_grad, [batch], lr=1.0))

# %%
fig, ax = figure(size=(7.5, 3.8))
family(ax, valley, contest("gradient descent", valley))
label = f"batches of 4 (lr 1): {valley.value(points[-1]):.1e}"
path(ax, np.array(points), label=label)
ax.legend(loc="lower left", fontsize=9, title="best settings, and the last loss")
ax.set(xlabel="$w_1$", ylabel="$w_2$")
ax.set_title("With batches the same valley, and noise on top of it")
show(
    fig,
    alt="The valley with gradient descent at its best, and a noisy path with batches of 4 "
    "that gets half as far.",
)

# %% [markdown]
# The family tree:
#
# ```
# gradient descent          w = w - lr * g
# └─ with mini-batches      the same line, g from a few examples
# ```

# %%
progress("04_batch_size")

# %% [markdown]
# Next: [give gradient descent a memory, and let it roll](05_momentum.ipynb).

# %% [markdown]
# ## Sources
# - Robbins and Monro (1951), *A Stochastic Approximation Method*: steps along noisy measurements.
# - Cochran (1977), *Sampling Techniques*: the factor for draws without replacement.
# - LeCun, Bottou, Orr and Müller (1998), *Efficient BackProp*: batch against stochastic, in practice.
# - Mandt, Hoffman and Blei (2017), *Stochastic Gradient Descent as Approximate Bayesian Inference*:
#   the floor at a constant learning rate.
# - McCandlish, Kaplan, Amodei and others (2018), *An Empirical Model of Large-Batch Training*: signal
#   and noise as a guide to the batch size.
# - Shallue, Lee, Antognini and others (2019), *Measuring the Effects of Data Parallelism on Neural
#   Network Training*: equal budgets of updates, and tuning for each batch size.
# - Mishchenko, Khaled and Richtárik (2020), *Random Reshuffling: Simple Analysis with Vast
#   Improvements*: why a shuffle beats drawing anew.
# - Alpaydin and Kaynak (1998): the digits. Efron and others (2004): the diabetes data.
