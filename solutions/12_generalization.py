# %% [markdown]
# # Win on data you have not seen: flat minima, penalties, weight decay
#
# | | |
# |---|---|
# | **Do** | measure how sharp a minimum is, fool the measure, put a price on weights, write AdamW |
# | **Learn** | what noise, sharpness and penalties do for new data, and what is only said of them |
# | **Need** | batches and Adam, lessons [04](04_batch_size.ipynb) and [10](10_adam.ipynb) |
# | **Time** | 60 minutes |

# %%
import numpy as np

from course_lib.data import Examples, diabetes, digits
from course_lib.descent import descend, train
from course_lib.exercises import check, diagnose, hint, predict, progress, ready, reveal
from course_lib.explorers import penalty_ball, two_well_particles
from course_lib.models import Network, SoftmaxRegression
from course_lib.optimizers import GD, Adam, AdamW
from course_lib.plots import family, figure, show
from course_lib.problems import least_squares, valley
from course_lib.regularization import ProximalGD, penalty_sweep, with_products
from course_lib.sharpness import learn_until, losses_from, sharpness
from course_lib.streams import remember
from course_lib.sweep import LRS, contest, sweep
from course_lib.two_wells import loss, particles, share_in_flat_well

# %% [markdown]
# ## Recall: three questions from lesson 10
# Answer in your head, then open the answer.
#
# <details><summary>The gradient is a million times as large. How much longer is Adam's first step?</summary>
# Not at all: it is lr for any gradient, as its size divides out.
# </details>
#
# <details><summary>Why does Adam divide its means by 1 minus beta to the power t?</summary>
# They begin at 0, and after t steps their weights add up to that only.
# </details>
#
# <details><summary>Which of the three changes leave Adam's path as it is: loss × 100, units, rotation?</summary>
# Only the first.
# </details>

# %% [markdown]
# ## Real data: the better optimizer, the worse result
# So far, a lower loss was a better loss. Here are the patients of lesson 02: ten measurements, and now
# also all products of two of them, 65 columns. Fit a linear function to 100 patients, with gradient
# descent and with Adam, and try it on the 342 others.

# %%
data = diabetes()
columns, progression = with_products(data.X), (data.y - data.y.mean()) / data.y.std()
rows = np.random.default_rng(3).permutation(442)
few, new = rows[:100], rows[100:]
scaled = (columns - columns[few].mean(axis=0)) / columns[few].std(axis=0)
target = progression - progression[few].mean()
seen, unseen = (least_squares(scaled[part], target[part]) for part in (few, new))
L = np.linalg.eigvalsh(seen.hessian)[-1]
rules = {"gradient descent": GD(1 / L), "Adam": Adam(0.01)}
runs = {name: descend(rule, seen, steps=3000) for name, rule in rules.items()}

# %%
tests = {name: unseen.value(run.points) for name, run in runs.items()}
for name, test in tests.items():
    print(f"{name:16}: in the end {runs[name].values[-1]:.2f} on the 100,", end=" ")
    print(f"{test[-1]:.2g} on the others; at step {test.argmin():2} that was {test.min():.2f}")

# %%
fig, ax = figure(size=(7, 4))
for (name, run), color in zip(runs.items(), ("#0072B2", "#D55E00"), strict=True):
    ax.loglog(range(1, 3002), run.values, "--", color=color, label=f"{name}, the 100")
    ax.loglog(range(1, 3002), tests[name], color=color, linewidth=2, label=f"{name}, the others")
ax.set(xlabel="step, counted from 1", ylabel="error, in units of the variance")
ax.set_yticks([0.2, 0.5, 1, 2, 4], ["0.2", "0.5", "1", "2", "4"])
ax.minorticks_off()
ax.legend(loc="upper left", frameon=False)
ax.set_title("What is learned falls; what is wanted turns\nround, more so for the better optimizer")
show(
    fig,
    alt="Error against step. On the 100 patients both errors fall, Adam's lower. On the others both "
    "fall to about 0.6 in ten steps and then rise, gradient descent's to 1.7, Adam's to 4.",
)

# %% [markdown]
# An error of 1 is what you get if you always answer the mean. After 3000 steps both are worse than
# that on new patients. This is one choice of the 100; with others (`default_rng(0)`, 1, 2) both turn
# round as well. What you can measure is the **training loss**. What you want is the loss on new
# data, the **test loss**. How far they lie apart is the question of this lesson: **generalization**.
#
# Early stopping is one answer: you saw it work. There are two more. Choose another *kind* of minimum;
# or change what is minimised.

# %% [markdown]
# ## Predict: which batch is flatter, and which is better?
# Train a network on 400 digits down to the same loss, at the same learning rate. Once with batches of
# 4 images, once with all 400 in each update. It is said that small batches find *flat* minima, large
# ones *sharp* minima, and that flat ones do better on new data.
#
# First, which batch size ends in the flatter minimum, 4 or 400?

# %%
predict("flatter-batch", None)

# %% [markdown]
# Second, how many points of test accuracy lie between the two: those of $B = 4$, in percent, minus
# those of $B = 400$?

# %%
predict("small-batch-gain", None)

# %% [markdown]
# ## The idea: the test loss is the training loss, a little moved
# Other data give another curve. In the simplest picture it is the same curve, moved sideways. The
# bottom that you found is then no longer the bottom, and what that costs depends on how sharp it was.

# %%
fig, ax = figure(size=(7.5, 3.8))
x = np.linspace(-1.6, 3, 400)
ax.plot(x, loss(x), linewidth=2, label="training loss")
ax.plot(x, loss(x - 0.2), "--", linewidth=2, label="test loss: moved by 0.2")
for bottom, name, place in ((-1.0, "sharp", (-2.1, 0.17)), (1.0, "flat", (0.7, 0.25))):
    rise = loss(bottom - 0.2)
    print(f"{name:5} bottom: training loss {loss(bottom):.3f}, test loss {rise:.3f}")
    ax.plot([bottom, bottom], [0, rise], "o-", color="#009E73", linewidth=3)
    ax.annotate(f"{name}: + {rise:.3f}", place)
ax.set(xlabel="w", ylabel="loss", xlim=(-2.2, 3), ylim=(-0.05, 1.5))
ax.legend(frameon=False)
ax.set_title(
    "Moved by the same amount, the sharp bottom\nloses twenty times as much as the flat one"
)
show(fig, alt="A curve with a sharp and a flat well, and the same curve moved to the right by 0.2.")

# %% [markdown]
# A picture, no proof: nobody says that test losses are training losses moved sideways. Keep that in
# mind. First, let us measure what "sharp" is.

# %% [markdown]
# ## The equation: sharpness is the largest curvature
# Near a minimum, a move by $s$ along a direction of curvature $\lambda$ costs $\frac12 \lambda s^2$:
# with curvatures 10 and 0.5 and $s = 0.2$ that is 0.200 and 0.010, as you saw. The worst direction is
# the eigenvector of the Hessian $H$ with the largest eigenvalue $\lambda_{\max}$. That is the usual
# measure of **sharpness**.
#
# A network with $n$ weights has an $n \times n$ Hessian: too large to write down. But two gradients
# give you $Hv$ for any direction $v$ (lesson 01), and that is enough:
#
# $$ v \leftarrow \frac{H v}{\lVert H v \rVert}, \quad \text{again and again; then} \quad
# \lambda = v \cdot H v. $$
#
# This is **power iteration**. $H$ stretches each eigenvector in $v$ by its own eigenvalue, so the one
# that is largest in size wins.

# %% [markdown]
# ## Exercise: the curvature of the sharpest direction (2 points)
# By hand, for $H = \mathrm{diag}(1, 3)$ from $v_0 = (1, 1)$:
#
# | turns | $v$ points along | $v \cdot Hv$, at length 1 |
# |---|---|---|
# | 0 | (1, 1) | 2 |
# | 1 | (1, 3) | 28/10 = 2.8 |
# | 2 | (1, 9) | 244/82 = 2.976 |
# | 3 | (1, 27) | 2188/730 = 2.997 |
#
# `hvp` is a function: `hvp(v)` is $Hv$. Make `iters` turns, then measure. The first and the last line
# are there; the sign of the result stays.


# %%
def top_hessian_eigenvalue(hvp, v0, iters):
    """Return the eigenvalue that is largest in size, with its sign, a float."""
    v = v0 / np.linalg.norm(v0)
    ### BEGIN SOLUTION
    for _ in range(iters):
        turned = hvp(v)
        v = turned / np.linalg.norm(turned)
    ### END SOLUTION
    return float(v @ hvp(v))


# %%
check("top-hessian-eigenvalue", top_hessian_eigenvalue)

# %%
hint("top-hessian-eigenvalue")

# %% [markdown]
# Try it where you know the answer: the table, the valley, and a matrix whose largest curvature points
# down.

# %%
top = ready("top-hessian-eigenvalue", top_hessian_eigenvalue)
print("the table:     ", [round(top(lambda v: v * (1, 3), np.ones(2), n), 3) for n in range(4)])
print(f"the valley:     {top(lambda v: valley.hessian @ v, np.ones(2), 20):.4g}")
print(f"diag(-4, 1):    {top(lambda v: v * (-4, 1), np.ones(2), 20):.4g}")

# %% [markdown]
# ## The idea: noise does not stay in a narrow well
# Let many balls walk in the two wells of the picture. Each makes steps of gradient descent with
# $\eta = 0.1$, and to every gradient we add noise, as a mini-batch does: a normal number of deviation
# $2/\sqrt B$. All of them begin at the *sharp* bottom. Both bottoms have the same loss.
#
# From the sharp bottom it is a short way up to the ridge. From the flat one it is a long way.

# %% [markdown]
# ## Explorer: shake the two wells
# Begin with $B = 4$, and press play. Then try the other batches. Look for three things: a batch that
# empties the sharp well at once; one that seems never to leave it; and whether *more* noise always
# puts *more* balls into the flat well. What does the learning rate do?

# %%
two_well_particles()

# %% [markdown]
# ## Experiment: 3000 steps, four batch sizes
# 400 balls for each batch size. For infinitely many we need no random numbers: cut the line into cells,
# and let the probability of each cell move on, step by step.

# %%
noise = np.random.default_rng(0).standard_normal((3000, 400))
shares = {B: particles(B, 0.1, noise).share for B in (1, 2, 4, 8)}
exact = {B: share_in_flat_well(B, 0.1, 3000) for B in shares}
for B, share in shares.items():
    print(f"B = {B}: {share[-1]:.2f} of 400 balls, {exact[B]:.2g} of infinitely many")

# %%
fig, ax = figure(size=(6.5, 4))
for B, share in shares.items():
    ax.plot(share, linewidth=1.6, label=f"B = {B}: {exact[B]:.2g}")
ax.set(xlabel="step", ylabel="share in the flat well", ylim=(-0.03, 1.03))
ax.legend(title="in the end", frameon=False, loc="center right")
ax.set_title(
    "Noise empties the sharp well, but the most\nnoise is not the best, and 8 is not never"
)
show(
    fig,
    alt="Share of the balls in the flat well against the step. For B = 1 and 2 it rises at once to "
    "about 0.95, for B = 4 slowly to a quarter, for B = 8 it stays at 0.",
)

# %% [markdown]
# With $B = 1$ the flat well is left now and then, too: a little less stays there than with $B = 2$.
# With $B = 8$ a ball needs a kick of five deviations. That is rare, and not never.
#
# So noise can prefer flat wells *in a landscape like this one*. Nothing here looks for flatness: the
# narrow well has its ridge nearby, that is all. Now a network.

# %% [markdown]
# ## Experiment: batches of 4 against all 400
# A network with 32 hidden ReLU units learns from 400 digits, until the loss over the 400 is below
# 0.005. The same loss for all: the curvature of this kind of loss falls with the loss itself.
# `sharpness` is your power iteration on all 400, with two gradients for each product. The test is on
# 1172 other images. Three seeds.

# %%
images, network = digits(), Network((64, 32, 10))
learn = Examples(images.train.X[:400], images.train.y[:400])
other = Examples(
    np.vstack([images.train.X[400:], images.test.X]),
    np.append(images.train.y[400:], images.test.y),
)
found = {}
for B, lr in ((4, 0.3), (400, 0.3), (4, 0.1), (400, 1.0)):
    ends = [learn_until(0.005, network, learn, B, lr, seed).w for seed in range(3)]
    sharp = np.array([sharpness(network, w, learn) for w in ends])
    right = np.array([100 * network.accuracy(w, *other) for w in ends])
    found[B, lr] = ends, sharp, right
    print(f"B = {B:3}, lr {lr}: sharpness {sharp.mean():.2f} +- {sharp.std(ddof=1):.2f},", end=" ")
    print(f"test {right.mean():.1f} % +- {right.std(ddof=1):.1f}")

# %%
fig, ax = figure(size=(6.8, 4))
for (B, lr), marker in zip(found, "osDv", strict=True):
    _, sharp, right = found[B, lr]
    ax.plot(sharp, right, marker, markersize=9, linestyle="none", label=f"B = {B}, lr {lr}")
ax.set(xlabel="sharpness: largest curvature", ylabel="test accuracy, %", ylim=(92, 97))
ax.set(xlim=(0, None))
ax.legend(frameon=False, loc="lower right")
ax.set_title("At equal lr the full batch is three times as sharp,\nand not worse on new images")
show(
    fig,
    alt="Test accuracy against sharpness for twelve runs. Sharpness goes from 0.2 to 0.65; all "
    "accuracies lie near 95 percent, without a trend.",
)

# %%
reveal("flatter-batch", min((4, 400), key=lambda B: found[B, 0.3][1].mean()))

# %%
reveal("small-batch-gain", round(found[4, 0.3][2].mean() - found[400, 0.3][2].mean()))

# %% [markdown]
# The first half of the saying holds here: at equal lr, small batches end up three times as flat. The
# second half does not: less than half a point lies between them, within the spread.
#
# And look at the last two lines. Give the small batch a smaller lr and the full batch a larger one, and
# both are equally flat. The batch alone does not decide. Noise counts, and it grows with $\eta$ and
# falls with $B$. And a larger $\eta$ may keep even the full batch out of sharp places: it cannot stay
# where the curvature is above $2/\eta$ (lesson 02).

# %% [markdown]
# ## Spot the bug: hundreds of times as sharp
# A note measures the same minima, with a step of $h = 5 \cdot 10^{-5}$ in its Hessian-vector products. It
# finds the full batch not three, but more than ten times as sharp. Another one takes a smaller step, and
# finds hundreds of times. Smaller still, and it is less than three.

# %% tags=["bug"]
for h in (5e-5, 1e-6, 1e-8):
    small, full = ([sharpness(network, w, learn, h=h) for w in found[B, 0.3][0]] for B in (4, 400))
    print(f"h = {h:g}:  B = 4: {max(small):.1g}, B = 400: {max(full):.1g}, the sharpest of three")

# %% [markdown]
# <details><summary>What is wrong?</summary>
# A ReLU has a kink, where its slope jumps. If one image crosses one kink between w - h v and w + h v,
# the gradient jumps; divided by the tiny 2h the jump looks like a huge curvature. A smaller h crosses
# none. Measure with two steps h, and believe the number if they agree.
# </details>

# %% [markdown]
# ## Exercise: the same function at another place (2 points)
# A network with one hidden layer computes $\max(0, x W_1 + b_1)\, W_2 + b_2$. A ReLU lets a positive
# factor through: $\max(0, a z) = a \max(0, z)$. So you can multiply the first layer by $a$, and undo it
# in the second. Return the new four; all outputs must stay what they are.


# %%
def rescale_network(params, a):
    """Return (W1, b1, W2, b2) with the first layer a times as large, and the same function."""
    W1, b1, W2, b2 = params
    ### BEGIN SOLUTION
    return a * W1, a * b1, W2 / a, b2
    ### END SOLUTION


# %%
check("rescale-network", rescale_network)

# %% [markdown]
# ## Experiment: as sharp as you like
# Take the flattest minimum you found, and rescale it.

# %%
move = ready("rescale-network", rescale_network)
flat = found[4, 0.3][0][found[4, 0.3][1].argmin()]
(W1, b1), (W2, b2) = network.unpack(flat)
scales, sharps = 2.0 ** np.arange(-6, 7), []
for a in scales:
    w = np.concatenate([part.ravel() for part in move((W1, b1, W2, b2), a)])
    sharps.append(sharpness(network, w, learn))
    same = np.allclose(network.scores(w, other.X), network.scores(flat, other.X))
    if a in (1 / 32, 1, 32):
        print(f"first layer times {a:g}: sharpness {sharps[-1]:.2g}, the same scores: {same}")

# %%
fig, ax = figure()
ax.loglog(scales, sharps, "o-")
ax.set(xlabel="a: the first layer times a, the second over a", ylabel="sharpness")
ax.set_title("One function, and as sharp\nas you want it")
show(
    fig, alt="Sharpness against a, on log axes: a V from 600 at a = 1/64 down to 0.2 and up again."
)

# %% [markdown]
# The function is the same, so it does exactly as well on new data; its sharpness is hundreds of times
# as large. So $\lambda_{\max}$ *by itself* cannot tell which of two networks generalizes.

# %% [markdown]
# ## Claim court: "large batches find sharp minima, so they generalize worse"
# | for | against |
# |---|---|
# | Keskar et al. (2017) saw both in several networks: sharper, and worse by some points. | Here: sharper, and no worse. |
# | Noise empties narrow wells; you saw it. | A larger lr flattens the full batch as well. |
# | Measures that cannot be fooled by rescaling do predict something (Jiang et al. 2020), and looking for flat places on purpose often helps (Foret et al. 2021). | Dinh et al. (2017): rescaled, the same function is as sharp as you like. |
# | | Goyal et al. (2017), Hoffer et al. (2017): with lr scaled, warmed up, and enough updates, most of the gap goes away. |

# %% [markdown]
# **Verdict.** A correlation, under conditions: the same lr, the same number of epochs (so the large
# batch makes fewer updates), no tuning. It is no law. Do not choose a small batch *because* it
# generalizes; tune the learning rate for the batch that your machine likes, and look at the validation
# accuracy. This is one small network, on easy data: on yours, measure.

# %% [markdown]
# ## The idea: change what is minimised
# The patients at the beginning needed no flat minimum. They needed a brake: 65 weights, 100 patients,
# and nothing that keeps the weights small. So put a price on weights.
#
# A weight is then only used if it earns more than it costs. The price comes in two currencies: the
# *size* of a weight, or its *square*.

# %% [markdown]
# ## The equation: L1, L2, and both
# $$ \text{loss}(w) \;+\; \ell_1 \sum_i |w_i| \;+\; \ell_2 \sum_i w_i^2. $$
#
# - $\ell_1, \ell_2 \ge 0$ say how dear weights are. Sums go over the weights; biases are free, as they
#   only shift.
# - $\ell_2 = 0$: **L1**, the lasso. $\ell_1 = 0$: **L2**, ridge. Both: the **elastic net**.
#
# The slopes tell them apart. That of the square, $2 \ell_2 w$, fades as $w$ gets small: weights shrink,
# and hardly any becomes 0. That of the size is $\ell_1$ down to the end: small weights are pushed all
# the way to 0, and stay there while the loss pulls less than $\ell_1$.

# %% [markdown]
# ## Exercise: a price on the size of the weights (1 point)
# `params` is a list of `(W, b)`, one for each layer of a network. Return the elastic net's penalty: no
# half anywhere, and the biases are free. By hand, for one layer with $W = (1, -2)$ and $b = (5, 0)$: at
# $\ell_1 = 1, \ell_2 = 0$ it is 3; at $\ell_1 = 0, \ell_2 = 1$ it is 5.


# %%
def elastic_net(params, l1, l2):
    """Return the penalty of all layers together, a float."""
    ### BEGIN SOLUTION
    return float(sum(l1 * np.abs(W).sum() + l2 * (W**2).sum() for W, b in params))
    ### END SOLUTION


# %%
check("elastic-net", elastic_net)

# %% [markdown]
# ## Spot the bug: "L1 prefers [1, 0, 0, 0] to four quarters"
# Notes explain with these two why L1 makes zeros. And they write the penalty of L2, "the L2 norm", as
# below. Let both be computed.


# %% tags=["bug"]
def norm_penalty(params, l1, l2):
    weights = np.concatenate([W.ravel() for W, b in params])
    return float(l1 * np.sum(np.abs(weights)) + l2 * np.linalg.norm(weights))


price = ready("elastic-net", elastic_net)
for weights in ([1.0, 0.0, 0.0, 0.0], [0.25] * 4):
    layer = [(np.array([weights]), np.zeros(4))]
    print(f"{weights}: L1 {price(layer, 1, 0):.4g},", end=" ")
    print(f"squared {price(layer, 0, 1):.4g}, published L2 {norm_penalty(layer, 0, 1):.4g}")

# %%
diagnose("elastic-net", norm_penalty)

# %% [markdown]
# <details><summary>What is wrong?</summary>
# First: for L1 it is a tie, 1 and 1. L1 does not *prefer* the one with zeros; L2 prefers the other, and
# L1 does not mind. The zeros come from the constant slope, or, in a picture, from the corners of the
# next explorer. Second: ridge and weight decay use the *squared* norm. The norm itself has a slope of
# constant length: it pulls all weights to 0 together. Say "squared" when you mean it, or nobody can use
# your number for the strength.
# </details>

# %% [markdown]
# ## Explorer: a corner catches what comes near
# The star is the minimum of the loss alone, grey are its level lines. Green are all weights that have
# the same price. The best place for that price is where a level line touches green. Turn the share of
# L1 up, and watch green get corners. Then turn the minimum: how long does a corner hold it? On the
# right, both weights against the strength.

# %%
penalty_ball()

# %% [markdown]
# ## Exercise: towards zero by t, and stop there (1 point)
# How do you minimise something with a kink at 0? Make a step for the loss, as always. Then make one for
# the price, exactly: find the $u$ with the least $\frac12 (u - w)^2 + t\,|u|$. That moves each weight
# towards 0 by $t$, and stops it at 0: the **soft threshold**.
#
# | $w$ | 3 | −3 | 0.5 | −1 |
# |---|---|---|---|---|
# | $t = 1$ | 2 | −2 | 0 | 0 |
#
# Here is a first attempt. It is broken: run it, and see what it does to the large ones.


# %% tags=["bug"]
def first_threshold(w, t):
    return np.where(np.abs(w) > t, w, 0.0)


print(first_threshold(np.array([3.0, -3.0, 0.5, -1.0]), 1.0))

# %%
diagnose("soft-threshold", first_threshold)

# %% [markdown]
# Write the repaired one, for arrays of any shape.


# %%
def soft_threshold(w, t):
    """Return w, each entry moved towards 0 by t but not past it."""
    ### BEGIN SOLUTION
    return np.sign(w) * np.maximum(np.abs(w) - t, 0)
    ### END SOLUTION


# %%
check("soft-threshold", soft_threshold)

# %% [markdown]
# ## Experiment: does it reach zero?
# The ten measurements of all 442 patients, with L1 of strength 0.1. Once with the slope of the price in
# the gradient, $g + \ell_1 \operatorname{sign}(w)$; once with a step for the loss and your threshold of
# $\eta\,\ell_1$. And the same price on squares.

# %%
shrink = ready("soft-threshold", soft_threshold)
ten = (data.X - data.X.mean(axis=0)) / data.X.std(axis=0)
problem = least_squares(ten, progression)
signed, exact, squares = np.zeros(10), np.zeros(10), np.zeros(10)
for _ in range(2000):
    signed = signed - 0.1 * (problem.grad(signed) + 0.1 * np.sign(signed))
    exact = shrink(exact - 0.1 * problem.grad(exact), 0.1 * 0.1)
    squares = squares - 0.1 * (problem.grad(squares) + 2 * 0.1 * squares)
for name, w in {"L1, by its slope": signed, "L1, threshold": exact, "L2": squares}.items():
    tiny = np.sum((w != 0) & (np.abs(w) < 0.02))
    print(f"{name:16}: {np.sum(w == 0)} weights are 0, {tiny} tiny but not 0")
print("left by L1:", *(data.feature_names[i] for i in np.flatnonzero(exact)))

# %% [markdown]
# With the slope alone a small weight jumps over 0 and back for ever, as the slope has the same size on
# both sides. The threshold stops it. Six measurements are left, for a reader who wants to know *which*.
#
# Two limits that you know: with $t = 0$ nothing moves. And what does L2 do to gradient descent? The
# last line of the loop is also $w \leftarrow (1 - 2\eta\ell_2)\, w - \eta g$: each weight decays by a
# share, then comes the usual step. For gradient descent, L2 and **weight decay** are one and the same.

# %%
w, g, lr, l2 = np.array([2.0, -1.0]), np.array([0.5, 0.5]), 0.1, 0.3
nothing = np.array_equal(shrink(w, 0.0), w)
decayed = np.allclose(w - lr * (g + 2 * l2 * w), (1 - 2 * lr * l2) * w - lr * g)
print("t = 0 changes nothing:", nothing, "  L2 in gradient descent is decay:", decayed)

# %% [markdown]
# ## Spot the bug: "a penalty always improves the test"
# Is that so? Two tasks: 100 patients with 65 columns, as in the beginning; and 242 patients with the 10
# columns. Sweep the strength, over six random splits. 100 more patients choose it, the rest are the
# test.

# %% tags=["bug"]
strengths = np.geomspace(0.01, 10, 25)
tasks = {"100 patients, 65 columns": (columns, 100), "242 patients, 10 columns": (data.X, 242)}
sweeps = {
    (task, kind): penalty_sweep(X, data.y, n, *prices)
    for task, (X, n) in tasks.items()
    for kind, prices in {"L1": (strengths, 0.0), "L2": (0.0, strengths)}.items()
}
for (task, kind), tried in sweeps.items():
    gain = tried.plain - tried.chosen
    print(f"{task}, {kind}: {tried.plain.mean():.2f} -> {tried.chosen.mean():.2f};", end=" ")
    print(f"better by {gain.min():.2f} to {gain.max():.2f}")

# %%
fig, axes = figure(ncols=2, size=(9.5, 4))
for (task, kind), tried in sweeps.items():
    ax = axes[0 if task.startswith("100") else 1]
    color = "#0072B2" if kind == "L1" else "#D55E00"
    ax.semilogx(strengths, tried.test.mean(axis=0), color=color, label=f"{kind}, test")
    ax.semilogx(strengths, tried.train.mean(axis=0), "--", color=color, label=f"{kind}, training")
    ax.set(xlabel="strength of the penalty", ylabel="error", ylim=(0, 1.4))
axes[0].set_title("65 columns: without a price 4.7,\nfar above; with a good one 0.56")
axes[1].set_title("10 columns: nothing to gain,\nand much to lose")
axes[1].legend(frameon=False, loc="upper left")
show(
    fig,
    alt="Error against strength. With 65 columns the test error is a valley with its lowest point "
    "near 0.56; with 10 columns it is flat near 0.54 and then rises. Training errors only rise.",
)

# %% [markdown]
# <details><summary>What is wrong?</summary>
# "Always". The *training* error gets worse with any price: that is what it is paid with. The *test*
# error gets much better where there are many weights for few patients, and hardly changes where there
# are few weights; on some splits it gets worse. Beyond its best price it rises in both tasks. Show the
# sweep, choose on validation data, and look at the test once.
# </details>

# %% [markdown]
# ## The idea: decay that Adam cannot see
# Put L2 into Adam's gradient, as PyTorch's `Adam` does if you ask it for weight decay. What happens to
# it? Adam divides every gradient by its usual size, and the price with it. A weight with large
# gradients then hardly pays; one with tiny gradients pays far too much. You wanted every weight to lose
# the same share.
#
# So take the decay out of the gradient: let $w$ shrink first, by itself. Then make Adam's step, which
# knows nothing of it. This is **decoupled** weight decay: AdamW.

# %% [markdown]
# ## The equation: one line before Adam
# | Adam with L2 | AdamW |
# |---|---|
# | **changed:** $g \leftarrow g + \lambda\, w$ | **changed:** $w \leftarrow (1 - \eta \lambda)\, w$ |
# | $m \leftarrow \beta_1 m + (1 - \beta_1)\, g$ | the same |
# | $v \leftarrow \beta_2 v + (1 - \beta_2)\, g^2$ | the same |
# | $w \leftarrow w - \eta\, \hat m / (\sqrt{\hat v} + \varepsilon)$ | the same |
#
# Only the first line differs. On the left $\lambda w$ runs through $m$ and $v$; on the right it goes
# past them. $\lambda$ is `wd`, the **weight decay**; $\eta$, the betas and $\varepsilon$ are Adam's. The
# 2 of the squared price is left out, by convention.
#
# PyTorch, Optax and Keras multiply by $\eta\lambda$, as here. The paper (Loshchilov and Hutter 2019)
# leaves the decay without $\eta$, and puts a schedule in front of both.

# %% [markdown]
# ## Exercise: one step of Adam with decoupled decay (2 points)
# The four gradients by hand, this time from $w = 1$, or there would be nothing to decay: $\eta = 0.1$,
# wd = 0.5, so that a step leaves 95 %. Adam's own steps are those of lesson 10.
#
# | $t$ | $g$ | $w$ before | decayed | Adam's step | $w$ after | Adam alone |
# |---|---|---|---|---|---|---|
# | 1 | 1 | 1 | 0.95 | −0.1 | 0.85 | 0.9 |
# | 2 | 1 | 0.85 | 0.8075 | −0.1 | 0.7075 | 0.8 |
# | 3 | −1 | 0.7075 | 0.6721 | −0.0262 | 0.6459 | 0.7738 |
# | 4 | 0 | 0.6459 | 0.6136 | −0.0215 | 0.5922 | 0.7523 |


# %%
def adamw_step(w, g, m, v, t, lr, beta1, beta2, eps, wd):
    """Return the new point and the raw moments, (w, m, v); leave the inputs alone."""
    ### BEGIN SOLUTION
    w = w * (1 - lr * wd)
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), m, v
    ### END SOLUTION


# %%
check("adamw-step", adamw_step)

# %%
step = ready("adamw-step", adamw_step)
w, m, v = np.ones(1), np.zeros(1), np.zeros(1)
for t, g in enumerate((1.0, 1.0, -1.0, 0.0), start=1):
    w, m, v = step(w, np.array([g]), m, v, t, 0.1, 0.9, 0.999, 1e-8, 0.5)
    print(f"g = {g:4}  w = {w[0]:.4g}")

# %% [markdown]
# ## Spot the bug: the decay that vanishes
# "Weight decay is L2", so this step adds it to the gradient. It runs, it trains, and nobody notices.


# %% tags=["bug"]
def published_step(w, g, m, v, t, lr, beta1, beta2, eps, wd):
    g = g + wd * w
    m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2
    ratio = (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps)
    return w - lr * ratio, m, v


# %%
diagnose("adamw-step", published_step)

# %% [markdown]
# ## Experiment: the same decay for every weight
# Gradients that are pure noise, of three sizes. Two weights each, one begins at 1, one at 0. The noise
# moves both alike; so what is left of the distance between them is the work of the decay. With
# lr 0.01 and wd 0.1, a thousand steps should leave $(1 - 0.001)^{1000}$.

# %%
sizes = np.array([[1e-3], [1.0], [1e3]])
start = np.array([[1.0, 0.0]] * 3)
settings = 0.01, 0.9, 0.999, 1e-8, 0.1
print(f"(1 - lr wd)^T = {(1 - 0.01 * 0.1) ** 1000:.3f}; left for gradients of 0.001, 1 and 1000:")
for name, rule in {"yours": step, "published": published_step}.items():
    w, m, v = start, 0 * start, 0 * start
    for t, z in enumerate(np.random.default_rng(0).normal(size=1000), start=1):
        w, m, v = rule(w, z * sizes + 0 * w, m, v, t, *settings)
    print(f"{name:9}", *(f"{left:.3f}" for left in w[:, 0] - w[:, 1]))

# %% [markdown]
# With AdamW every weight keeps 0.368 of itself, whatever its gradients. With L2 in the gradient a weight
# with tiny gradients keeps almost nothing, one with large gradients keeps all. And two limits: with
# wd = 0 it is Adam. Without gradients only the decay is left.

# %%
grads = np.random.default_rng(1).normal(size=(50, 2))
plain, _ = remember(Adam(0.1), grads, start=1.0)
free, _ = remember(AdamW(0.1, weight_decay=0.0), grads, start=1.0)
quiet, _ = remember(AdamW(0.1, weight_decay=0.1), np.zeros((50, 2)), start=1.0)
print("wd = 0 is Adam:                   ", np.array_equal(plain, free))
print("no gradients leave (1 - lr wd)^T: ", np.allclose(quiet[-1], 0.99**50))

# %% [markdown]
# ## Experiment: what is invariant?
# The loss 100 times as large; the first coordinate in other units; the axes turned by 45 degrees: for
# your step, and for the published one. The valley again, but with its minimum at $(10, 1)$, and from 0:
# decay pulls to 0, and a minimum there would hide what it does.


# %%
def walk(rule, louder, axes):  # the rule sees u, where w = axes @ u
    u, m, v, points = np.zeros(2), np.zeros(2), np.zeros(2), []
    for t in range(1, 51):
        g = louder * axes.T @ valley.grad(axes @ u - (10, 1))
        u, m, v = rule(u, g, m, v, t, 0.1, 0.9, 0.999, 1e-8, 0.1)
        points.append(axes @ u)
    return np.array(points)


# %%
c, whole = np.sqrt(0.5), np.eye(2)
for name, rule in {"AdamW": step, "L2 in g": published_step}.items():
    changed = {
        "loss x 100": walk(rule, 100.0, whole),
        "units": walk(rule, 1.0, np.diag([0.1, 1.0])),
        "rotation": walk(rule, 1.0, np.array([[c, -c], [c, c]])),
    }
    path = walk(rule, 1.0, whole)
    same = [change for change, moved in changed.items() if np.allclose(moved, path, 1e-4)]
    print(f"{name:8} walks the same path after:", *(same or ["none of them"]))

# %% [markdown]
# | method | loss × 100 | units | rotation |
# |---|---|---|---|
# | gradient descent, momentum, Nesterov | no | no | **yes** |
# | Adagrad, RMSprop, Adam | **yes** | no | no |
# | Adadelta, as everyone runs it | nearly | no | no |
# | Adam with L2 in the gradient | no | no | no |
# | AdamW | **yes** | no | no |
#
# L2 in the gradient takes from Adam something that made it easy to tune: that the size of the loss
# does not matter. AdamW gives it back. And sharpness? Loss × 100 multiplies it by 100, units change it: it is not invariant either.

# %% [markdown]
# ## When it fails: a price so high that nothing is left
# Train a network and softmax regression on the 1347 digits, both with L2 of strength 0.2. Then take the
# price away, and let the network learn on, beside a fresh one.

# %%
for name, model in {"softmax": SoftmaxRegression(64, 10), "network": network}.items():
    rng = np.random.default_rng(0)
    run = train(ProximalGD(0.1, l2=0.2), model, images, 20, 32, rng, progress=False)
    print(f"{name}: loss {run.loss[-1]:.2f}, {100 * run.validation_accuracy[-1]:.0f} % right")
fresh, losses = network.init(np.random.default_rng(0)), {}
for name, w in {"after the price": run.w, "fresh": fresh}.items():
    losses[name] = losses_from(w, network, learn, 0.3, 400)
    print(f"{name:15}: below 2.2 from update {np.argmax(losses[name] < 2.2)} on")

# %%
fig, ax = figure(size=(6.5, 3.8))
for name, curve in losses.items():
    ax.plot(curve, linewidth=2, label=name)
ax.axhline(np.log(10), color="0.5", linestyle=":")
ax.annotate("ln 10: guessing", (290, 2.36))
ax.set(xlabel="update, without a price", ylabel="training loss", ylim=(0, 2.7))
ax.legend(frameon=False)
ax.set_title("Weights that have shrunk to nothing\nkeep the network on a saddle")
show(
    fig,
    alt="Training loss against the update. A fresh network falls at once. The one that was trained "
    "with a high price stays at ln 10 for more than 250 updates and then falls.",
)

# %% [markdown]
# Softmax regression gets worse, and still reads half of the digits. The network is dead: its loss is
# $\ln 10$, which is guessing. And it stays so for long when the price is gone. The slope of the first
# layer's weights is a product with the second layer's, and the other way round. Both are nearly 0, so
# both slopes are, too: a saddle, which gradient descent leaves, but slowly.
#
# So it matters how large weights are, also at the *start*: too small, and nothing gets through. How
# large should they be, in a network of ten layers?

# %% [markdown]
# ## Summary
# - What you minimise is not what you want: the best optimizer can give the worst test loss.
# - Sharpness is the largest curvature; power iteration finds it with Hessian-vector products.
# - Noise, $\eta$ against $B$, leaves narrow wells. Here full batches were three times as sharp at equal
#   lr, and *not* worse; and rescaling makes any ReLU network as sharp as you like.
# - L2 shrinks, L1 makes zeros: a threshold gets there, a slope alone does not. Sweep the strength.
# - L2 in Adam's gradient is no weight decay. AdamW leaves $(1 - \eta\lambda)^T$ of every weight.
#
# The growing picture needs a change. Decay pulls to 0, and there the valley has its minimum: AdamW would
# win by luck. So AdamW walks in the mirrored valley, from 0 to a minimum at $(10, 1)$, with Adam's best
# settings and a decay of 0.1. Its path is drawn mirrored back. To the others both valleys are the same.

# %%
mirrored, methods = least_squares(np.diag([0.1, 1.0]), [1.0, 1.0]), contest("Adam", valley)
grid = {name: [value] for name, value in methods["Adam"].best.items()} | {"weight_decay": [0.1]}
walked = sweep(AdamW, mirrored, **grid)
back = walked.path._replace(points=mirrored.minimum - walked.path.points)
fig, ax = figure(size=(8, 5.4))
family(ax, valley, {**methods, "AdamW": walked._replace(path=back)})
ax.set(xlabel="$w_1$", ylabel="$w_2$")
ax.set_title("Decay has its price: AdamW stops short of the training minimum")
show(
    fig,
    alt="The valley with the best paths of eight methods. Most end at the minimum or near it; AdamW, "
    "with a decay of 0.1, stops on the floor of the valley, far from it.",
)

# %%
free = sweep(AdamW, mirrored, lr=LRS, beta1=[0.5, 0.8, 0.9], weight_decay=[0.0, 0.01, 0.1])
print(f"AdamW, free to choose its decay by the training loss: {free.best['weight_decay']}")

# %% [markdown]
# Asked by the training loss alone, it chooses no decay. Of course: decay is for data that you have not
# seen.
#
# ```
# gradient descent          w = w - lr * g
# ├── momentum              v = beta * v + g           w = w - lr * v
# │   └── Nesterov          the same, g at w - lr * beta * v
# └── Adagrad               G = G + g**2               w = w - lr * g / (sqrt(G) + eps)
#     ├── Adadelta          a mean for G, and the root of mean squared steps for lr
#     └── RMSprop           s = mean of g**2, memory rho   w = w - lr * g / (sqrt(s) + eps)
#         └── Adam          and momentum's mean of g on top, both corrected while young
#             └── AdamW     w = (1 - lr * wd) * w first, out of sight of both means
# ```

# %%
progress("12_generalization")

# %% [markdown]
# Next: [start a deep network so that every layer can learn](13_depth.ipynb).

# %% [markdown]
# ## Sources
# - Hochreiter and Schmidhuber (1997), *Flat Minima*; Keskar et al. (2017), *On Large-Batch Training for
#   Deep Learning: Generalization Gap and Sharp Minima*.
# - Dinh, Pascanu, Bengio and Bengio (2017), *Sharp Minima Can Generalize For Deep Nets*: rescaling.
# - Hoffer, Hubara and Soudry (2017), *Train longer, generalize better*; Goyal et al. (2017), *Accurate,
#   Large Minibatch SGD*; Jastrzebski et al. (2017), *Three Factors Influencing Minima in SGD*.
# - Jiang et al. (2020), *Fantastic Generalization Measures and Where to Find Them*; Foret et al. (2021),
#   *Sharpness-Aware Minimization*.
# - Hoerl and Kennard (1970): ridge; Tibshirani (1996): the lasso; Zou and Hastie (2005): the elastic net;
#   Daubechies, Defrise and De Mol (2004): the threshold in every step.
# - Loshchilov and Hutter (2019), *Decoupled Weight Decay Regularization*: AdamW.
# - von Mises and Pollaczek-Geiringer (1929): power iteration; Pearlmutter (1994): products with H.
