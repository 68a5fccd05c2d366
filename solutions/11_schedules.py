# %% [markdown]
# # Plan the learning rate: from the first update to the last, and from batch to batch
#
# | | |
# |---|---|
# | **Do** | write the schedules that everybody uses, a loop that takes them, and two rules for larger batches |
# | **Learn** | what a falling learning rate buys, what warm-up is for, and where scaling with the batch ends |
# | **Need** | batches and their noise, from [lesson 04](04_batch_size.ipynb); the limit $2/L$, from [lesson 02](02_gradient_descent.ipynb) |
# | **Time** | 60 minutes |

# %%
import numpy as np

from course_lib.data import digits
from course_lib.descent import descend, minibatches, train
from course_lib.exercises import check, diagnose, hint, predict, progress, ready, reveal
from course_lib.explorers import schedule_curve
from course_lib.models import Network
from course_lib.noise import Noisy
from course_lib.optimizers import GD, Adam
from course_lib.plots import COLORS, family, figure, path, show
from course_lib.problems import quadratic, valley
from course_lib.schedules import Constant, Cosine, Inverse, InverseRoot, Linear, Step, WarmUp
from course_lib.sweep import contest
from course_lib.warming import curvature_on_the_way

# %% [markdown]
# ## Recall: three questions from lesson 09
# Answer in your head, then open the answer.
#
# <details><summary>What does rho set, in RMSprop?</summary>
# How long it remembers: about 1/(1 - rho) steps.
# </details>
#
# <details><summary>How long is the first step of RMSprop, at rho = 0.9?</summary>
# 3.16 times lr, whatever the gradient: its mean is still too small.
# </details>
#
# <details><summary>What does RMSprop do near a minimum, if the gradients are noisy?</summary>
# It keeps making steps of about lr: it divides the noise by the size of the noise.
# </details>

# %% [markdown]
# ## Where we were: Adam, and a floor
# Lesson 10 ended with a list of what Adam does not solve. One item: with a constant learning rate and
# noise, it does not settle. Here it is in the valley, each gradient off by 0.3 at random, as from a
# mini-batch; the lines are means over 50 runs.

# %%
start = np.tile(valley.start, (50, 1))
fig, ax = figure(size=(6.5, 3.8))
for lr in (1.0, 0.3, 0.1):
    rough = Noisy(valley, 0.3, np.random.default_rng(0))
    losses = descend(Adam(lr), rough, start, steps=1000).values.mean(axis=1)
    ax.semilogy(losses, label=f"lr {lr}")
ax.set(xlabel="update", ylabel="loss, a mean of 50 runs")
ax.legend(frameon=False)
ax.set_title("The larger the learning rate, the faster it falls,\nand the higher up it stays")
show(
    fig,
    alt="Loss of Adam in noise. The largest learning rate falls fastest and levels off highest.",
)

# %% [markdown]
# No single number is right. Far away you want a large one, close in a small one. So let it depend on
# the update. This lesson is about two questions: how should the learning rate change *with time*, and
# how *with the batch*?

# %% [markdown]
# ## Predict: 168 times the batch
# A small network, trained on the digits with batches of 8 and a learning rate of 0.04, reads 98 % of
# new images. You have a large machine, and take all 1347 images at once: 168 times the batch. A
# well-known rule says: multiply the learning rate by 168, too.
#
# What percentage of new images will it read, after the same 60 epochs? Replace `None` by your guess.

# %%
predict("percent-at-168-times", None)

# %% [markdown]
# ## The idea: first far, then near
# A bowl with curvatures 1/16 and 1, plain gradient descent, noise of 0.5. A learning rate of 1 rushes
# down to its floor and stays. A learning rate of 0.05 has a far lower floor, and does not get
# there. Change from the one to the other half-way:

# %%
bowl = quadratic((0.0625, 1.0), name="bowl")
start = np.tile(bowl.start, (64, 1))
plans = {"1": Constant(1.0), "0.05": Constant(0.05), "1, then 0.05": Step(1.0, 200, (0.5,), 0.05)}

# %%
fig, ax = figure(size=(6.5, 3.8))
for name, plan in plans.items():
    rough = Noisy(bowl, 0.5, np.random.default_rng(0))
    losses = descend(GD(1.0), rough, start, 200, schedule=plan).values.mean(axis=1)
    ax.semilogy(losses, linewidth=1.8, label=f"lr {name}: ends at {losses[-1]:.2g}")
ax.set(xlabel="update", ylabel="loss, a mean of 64 runs")
ax.legend(frameon=False)
ax.set_title("First a large learning rate, then a small one:\nlower than either of them alone")
show(
    fig,
    alt="Loss against update. At lr 1 it falls at once and stays near 0.16; at 0.05 it falls slowly to "
    "0.15; with the change after 100 updates it drops from the floor to 0.02.",
)

# %% [markdown]
# ## The equation: a learning rate for each update
# $$ w_{k+1} = w_k - \eta_k\, g_k, \qquad k = 0, 1, \dots, T - 1. $$
#
# One letter is new beside gradient descent: the index on $\eta$. $T$ is the number of updates that you
# plan. These are in use, all beginning at $\eta_0$ = `base`:
#
# | kind | $\eta_k$ | needs $T$ |
# |---|---|---|
# | step | $\eta_0$, a tenth from $T/2$ on, a hundredth from $3T/4$ on | yes |
# | inverse | $\eta_0 / (1 + k)$; more generally $t_0 / (k + t_1)$ | no |
# | inverse root | $\eta_0 / \sqrt{1 + k}$ | no |
# | linear | $\eta_0\, (1 - k/T)$ | yes |
# | cosine | $\eta_0\, (1 + \cos(\pi k / T)) / 2$ | yes |
#
# **Warm-up** is a straight line up to $\eta_0$ in front of any of them. What it is for, you will see.

# %% [markdown]
# By hand: the four gradients 1, 1, −1, 0 from $w_0 = 0$, with the inverse schedule from 0.1.
#
# | $k$ | $\eta_k$ | gradient | $w$ after | at a constant 0.1 |
# |---|---|---|---|---|
# | 0 | 0.1 | 1 | −0.1 | −0.1 |
# | 1 | 0.05 | 1 | −0.15 | −0.2 |
# | 2 | 0.0333 | −1 | −0.1167 | −0.1 |
# | 3 | 0.025 | 0 | −0.1167 | −0.1 |
#
# Later gradients count for less. That is the point, if they are mostly noise, and the danger, if they
# are not.

# %% [markdown]
# ## Exercise: descent with a schedule (1 point)
# `schedule(k)` gives the learning rate of update $k$, for $k = 0, \dots, n - 1$. It is the loop of
# lesson 02 with one change. The first and the last line are there.


# %%
def sgd_with_schedule(grad, w0, schedule, n):
    """Return the path, shape (n + 1, d), row 0 the start; w0 stays as it is."""
    path = [np.array(w0, dtype=float)]
    ### BEGIN SOLUTION
    for k in range(n):
        w = path[-1]
        path.append(w - schedule(k) * grad(w))
    ### END SOLUTION
    return np.array(path)


# %%
check("sgd-with-schedule", sgd_with_schedule)

# %%
walk = ready("sgd-with-schedule", sgd_with_schedule)
gradients = iter((1.0, 1.0, -1.0, 0.0))
points = walk(lambda w: np.array([next(gradients)]), [0.0], lambda k: 0.1 / (k + 1), 4)
print("by hand:", points[:, 0].round(4))
plain = descend(GD(1.9), valley).points
print("a constant schedule is gradient descent:", end=" ")
print(np.allclose(walk(valley.grad, valley.start, lambda k: 1.9, 100), plain))

# %% [markdown]
# ## Exercise: five schedules and a warm-up (3 points)
# `kind` is `'step'`, `'inverse'`, `'inverse_root'`, `'linear'` or `'cosine'`; `t` is the update, from 0
# to `T` − 1. If `t < warmup`, the learning rate is on its way up: `base * (t + 1) / warmup`. After that
# the schedule begins, and counts anew: put $u = t - $ `warmup` for $k$, and $U = T - $ `warmup` for $T$.
#
# Here is an attempt. It is broken: look at the picture before you ask what is wrong.


# %% tags=["bug"]
def first_schedule(kind, t, T, base, warmup=0):
    if t < warmup:
        return base * (t + 1) / warmup
    u, U = t, T
    drops = (u >= U / 2) + (u >= 3 * U / 4)
    decay = {"step": 0.1**drops, "inverse": 1 / (1 + u), "inverse_root": (1 + u) ** -0.5}
    decay |= {"linear": 1 - u / U, "cosine": (1 + np.cos(np.pi * u / U)) / 2}
    return float(base * decay[kind])


# %%
fig, ax = figure(size=(6.5, 3.4))
for kind in ("inverse", "inverse_root", "linear"):
    ax.plot([first_schedule(kind, t, 100, 1.0, 20) for t in range(100)], label=kind)
ax.set(xlabel="update t", ylabel="learning rate")
ax.legend(frameon=False)
ax.set_title("Something happens after the warm-up\nthat nobody asked for")
show(
    fig,
    alt="Three learning rates against the update. All climb to 1 in 20 updates; then the inverse one "
    "falls to 0.05 at once, the inverse root to 0.2, and the linear one to 0.8.",
)

# %%
diagnose("lr-schedule", first_schedule)

# %% [markdown]
# Write the repaired one, in your own way: a chain of `if` is fine.


# %%
def lr_schedule(kind, t, T, base, warmup=0):
    """Return the learning rate of update t, a float."""
    ### BEGIN SOLUTION
    if t < warmup:
        return float(base * (t + 1) / warmup)
    u, U = t - warmup, T - warmup
    share = {
        "step": 0.1 ** ((u >= 0.5 * U) + (u >= 0.75 * U)),
        "inverse": 1 / (u + 1),
        "inverse_root": 1 / np.sqrt(u + 1),
        "linear": (U - u) / U,
        "cosine": 0.5 + 0.5 * np.cos(u * np.pi / U),
    }
    return float(base * share[kind])
    ### END SOLUTION


# %%
check("lr-schedule", lr_schedule)

# %%
hint("lr-schedule")

# %%
rate = ready("lr-schedule", lr_schedule)
fig, ax = figure(size=(6.5, 3.6))
for kind in ("step", "inverse", "inverse_root", "linear", "cosine"):
    ax.plot([rate(kind, t, 200, 1.0, 20) for t in range(200)], linewidth=1.8, label=kind)
ax.set(xlabel="update t", ylabel="learning rate")
ax.legend(frameon=False)
ax.set_title("Up in a straight line, and down in five ways")
show(
    fig,
    alt="Five learning rates against the update, each after a warm-up of 20 updates to 1: two steps down, "
    "two curves that fall at once and then hardly, a straight line and half a cosine wave.",
)

# %% [markdown]
# ## Explorer: a schedule and the curve it makes
# Below, the learning rate; above, the loss, for 64 runs with noise. The grey line is the constant
# learning rate with the same base. First turn the noise off: which schedule is best now? Then turn it
# up again. Look for a schedule that stops too soon, and read why under the picture.

# %%
schedule_curve()

# %% [markdown]
# ## Experiment: which schedule is best?
# The same bowl, noise 0.5, 200 updates, 64 runs. Each schedule is tuned: its base is the best of twelve
# between 0.05 and 1.9. The error is the standard error of the mean.

# %%
makers = {
    "constant": Constant,
    "1/t": Inverse,
    "t0/(t + 20)": lambda base: Inverse(base, 20),
    "inverse root": InverseRoot,
    "step": lambda base: Step(base, 200),
    "linear": lambda base: Linear(base, 200),
    "cosine": lambda base: Cosine(base, 200),
}

# %%
bases, curves = np.geomspace(0.05, 1.9, 12), {}
for name, make in makers.items():
    runs = []
    for base in bases:
        rough = Noisy(bowl, 0.5, np.random.default_rng(0))
        runs.append(descend(GD(1.0), rough, start, 200, schedule=make(base)).values)
    curves[name] = np.array(runs)  # (bases, updates, runs)

# %%
ends = {}
for name, runs in curves.items():
    best = int(np.argmin(runs[:, -1].mean(axis=-1)))
    ends[name], half = runs[best, -1], runs[best, 100].mean()
    error = ends[name].std(ddof=1) / 8
    print(f"{name:13} base {bases[best]:.2f}: {ends[name].mean():.4f} +- {error:.4f}", end="")
    print(f", after half of the updates {half:.3f}")

# %%
fig, ax = figure(size=(7, 3.8))
means = [values.mean() for values in ends.values()]
errors = [2 * values.std(ddof=1) / 8 for values in ends.values()]
ax.errorbar(means, range(7), xerr=errors, fmt="o", capsize=3)
ax.set_yticks(range(7), list(ends))
ax.set(
    xlabel="loss after 200 updates, and twice its standard error", ylabel="schedule", xlim=(0, None)
)
ax.set_title("Tuned below 2/L, five schedules nearly tie, and beat\na constant; 1/t falls too soon")
show(
    fig,
    alt="Losses with error bars for seven schedules. 1/t is highest by far, then the constant; the "
    "other five lie close together, at about half of the constant.",
)

# %% [markdown]
# Five of them are close to each other, most within their errors; which one is best, 64 runs hardly
# tell. Look at the last column, too: a schedule that is made for 200 updates is *not* the best one after
# 100. Step, linear and cosine must know when you will stop. The inverse ones need not.
#
# And $1/t$? It took the largest base on offer: a sign that the grid ends too soon for it. It falls so
# fast that it may begin far above $2/L = 2$. Let it.

# %%
for base in (1.9, 4, 8, 12, 16):
    rough = Noisy(bowl, 0.5, np.random.default_rng(0))
    means = descend(GD(1.0), rough, start, 200, schedule=Inverse(base)).values.mean(axis=1)
    print(f"1/t from {base:3}: highest loss {means.max():.2g}, in the end {means[-1]:.4f}")

# %% [markdown]
# From 12 it ties with the others. So $1/t$ falls too soon *from a base that is safe*. The price of a
# larger one is the highest loss on the way: a bowl brings you back from there, a network may not.

# %% [markdown]
# ## Experiment: may it fall too fast?
# Noise wants a small sum of *squares* of the learning rates, the way wants a large *sum*. Robbins and
# Monro (1951) ask for both: $\sum \eta_k = \infty$ and $\sum \eta_k^2 < \infty$. The inverse schedule
# just does it. Add up 10 000 learning rates, each from a base of 1:

# %%
k = np.arange(10_000)
for name, lrs in {
    "constant": np.ones(10_000),
    "inverse root": (k + 1.0) ** -0.5,
    "inverse": 1.0 / (k + 1),
    "inverse square": (k + 1.0) ** -2,
}.items():
    left = np.prod(1 - 0.01 * lrs)
    print(f"{name:14}: sum {lrs.sum():8.4g}, of squares {(lrs**2).sum():8.4g}; left {left:.2g}")

# %% [markdown]
# The last column: how much of the distance is left along a direction of curvature 0.01, the flat axis
# of the valley. In theory "1/t" goes all the way. But its sum grows like $\ln t$, and what is left falls
# like $t^{-\eta_0 \mu}$, with the curvature $\mu = 0.01$: after ten thousand updates, nine tenths are still there.
#
# The cure is to fall later, $t_0/(k + t_1)$. With $t_1 = 1000$ and the same beginning:

# %%
for t1 in (1, 100, 1000):
    lrs = np.array([Inverse(1.0, t1)(k) for k in range(10_000)])
    print(f"t1 = {t1:4}: sum {lrs.sum():5.4g}, left on the flat axis {np.prod(1 - 0.01 * lrs):.1g}")

# %% [markdown]
# ## The equation: a larger batch, a larger learning rate
# Take the four gradients 1, 1, −1, 0 once more. One by one at $\eta = 0.1$ they moved $w$ from 0 to
# −0.1. As one batch of four their mean is 0.25, and at $\eta = 0.4$ it moves $w$ from 0 to −0.1 as well.
# So *four times the batch at four times the learning rate is the same way*, as long as the gradients do
# not change while you walk. That is the **linear rule**. The **root rule** keeps something else:
#
# | rule | $\eta$ for the batch $B'$ | keeps |
# |---|---|---|
# | linear | $\eta\, B'/B$ | the way of an epoch, and the floor $\eta S/(4B)$ of lesson 04 |
# | root | $\eta \sqrt{B'/B}$ | the variance of one step, $\eta^2 S/B$ |
#
# Both are rules of thumb. Neither knows of the limit $2/L$.

# %% [markdown]
# ## Exercise: another batch, another learning rate (1 point)
# `lr` suits batches of `B`. Return the learning rate for batches of `B_new`, by `'linear'` or `'root'`.


# %%
def scaled_lr(lr, B, B_new, rule):
    """Return the learning rate for the new batch size, a float."""
    ### BEGIN SOLUTION
    ratio = B_new / B
    if rule == "root":
        ratio = np.sqrt(ratio)
    return float(lr * ratio)
    ### END SOLUTION


# %%
check("scaled-lr", scaled_lr)

# %% [markdown]
# ## Experiment: the rule, where it must hold
# The bowl again. Noise of a batch is $0.5/\sqrt B$. Every run has the same number of *examples*: 1024.
# Is the loss at the end the same, if learning rates follow the linear rule?

# %%
scale = ready("scaled-lr", scaled_lr)
start = np.tile(bowl.start, (400, 1))
for B in (1, 4, 16, 64, 256):
    says = []
    for rule in ("linear", "root"):
        lr, rough = scale(0.02, 1, B, rule), Noisy(bowl, 0.5 / B**0.5, np.random.default_rng(1))
        loss = descend(GD(lr), rough, start, 1024 // B).values[-1].mean()
        says.append(f"{rule} {lr:4.2g}: " + (f"{loss:.3f}" if loss < 1 else "explodes"))
    print(f"B = {B:3}, {1024 // B:4} updates   ", "   ".join(says))

# %% [markdown]
# By the linear rule the end is the same up to $B = 16$, and nearly so at 64. At 256 the learning rate
# is above $2/L = 2$, and it explodes. The root rule is safe there, and too timid before.

# %% [markdown]
# ## Real data: the digits, with error bars
# A network with 32 hidden units (tanh), plain gradient descent, 60 epochs, three random starts. At $B =
# 8$ a learning rate of 0.04 does well. Now $B = 448$ and $B = 1347$, that is everything: with the same
# learning rate, with both rules, and with the linear rule after a warm-up of a third of the updates.
#
# We judge by the 225 test images: one of them is 0.44 points. The 3 images that are left over when 1347
# is cut into batches of 8 or 448 sit out (`drop_last`); below you will see why.

# %%
data, network, epochs = digits(), Network((64, 32, 10), "tanh"), 60
rules = {"fixed": ("", 0), "linear": ("linear", 0), "linear, warm-up": ("linear", 1 / 3)}
rules["root"] = ("root", 0)
settings = [(8, "fixed")] + [(B, name) for B in (448, 1347) for name in rules]
results, options = {}, {"progress": False, "drop_last": True}
for B, name in settings:
    (rule, share), updates = rules[name], epochs * (1347 // B)
    lr = scale(0.04, 8, B, rule) if rule else 0.04
    plan, scores = WarmUp(round(share * updates), Constant(lr)), []
    for seed in range(3):
        rng = np.random.default_rng(seed)
        run = train(GD(lr), network, data, epochs, B, rng, schedule=plan, **options)
        scores.append(100 * network.accuracy(run.w, *data.test))
    results[B, name] = scores

# %%
for (B, name), scores in results.items():
    spread = f"{np.mean(scores):.1f} % +- {np.std(scores, ddof=1):.1f}"
    print(f"B = {B:4}  {name:16}", spread if min(scores) > 60 else "falls apart")

# %%
colors = {8: COLORS[0], 448: COLORS[1], 1347: COLORS[2]}
fig, ax = figure(size=(7.5, 4.2))
for row, ((B, _), scores) in enumerate(results.items()):
    ax.plot(scores, [row] * 3, "o", color=colors[B])
ax.set_yticks(range(len(results)), [f"B = {B}, {name}" for B, name in results])
ax.set(xlabel="test images read rightly, %", ylabel="batch size and rule", xlim=(0, 100))
ax.invert_yaxis()
ax.set_title(
    "56 times the batch: the linear rule works, but only\nwith warm-up. 168 times: it does not"
)
show(
    fig,
    alt="Three dots for each of nine settings. B = 8 reads 98 %. At 448: fixed 87, linear scattered, with "
    "warm-up 98, root 97. At 1347: fixed 66, linear near 10 in both forms, root 95.",
)

# %%
reveal("percent-at-168-times", float(np.round(np.mean(results[1347, "linear"]), -1)))

# %% [markdown]
# Ten per cent, rounded to tens, is what guessing gives. The same rule that brings $B = 448$ back to the
# accuracy of $B = 8$ ruins $B = 1347$, and there warm-up does not help. The root rule is safe in both
# places, and a little behind.

# %% [markdown]
# ## Experiment: what does the warm-up do?
# The linear rule at 448 makes the learning rate 2.24, so $2/\eta = 0.89$ is the largest curvature that
# it can stand. Measure the largest curvature of the loss, on 200 images, while it trains: with warm-up
# and without.

# %%
heat = {}
for name, warmup in {"at once": 0, "after warm-up": 60}.items():
    plan, rng = WarmUp(warmup, Constant(2.24)), np.random.default_rng(0)
    heat[name] = curvature_on_the_way(network, data.train, plan, epochs, 448, rng)
print(f"largest curvature at the start: {heat['at once'].curvature[0]:.2g}; 2/lr = {2 / 2.24:.2g}")
print(f"with warm-up, in the end: {heat['after warm-up'].curvature[-1]:.1g}")

# %%
fig, ax = figure(size=(6.8, 4))
for name, (updates, curvature) in heat.items():
    ax.plot(updates, curvature, "o-", markersize=4, label=f"lr 2.24 {name}")
k = np.arange(6, 180)
limit = 2 / (2.24 * np.minimum(1, (k + 1) / 60))
ax.plot(k, limit, "--", color="0.4", label="2/lr, with warm-up")
ax.set(xlabel="update", ylabel="largest curvature", ylim=(0, 12))
ax.legend(frameon=False)
ax.set_title("With warm-up the curvature has time to fall\nto what the learning rate can stand")
show(
    fig,
    alt="Largest curvature against update. With warm-up it stays near 3, then falls and follows the "
    "dashed line 2/lr to below 1. Without warm-up it jumps up and down, far above.",
)

# %% [markdown]
# At the start the curvature is 3. A learning rate of 2.24 is more than three times too large for it:
# the walk is thrown far out, to where it is steeper still. With warm-up the walk meets the dashed line
# after some 15 updates, while the learning rate is only a little too large. It bounces, mildly, and
# bouncing drives it to flatter ground; from update 80 on it goes along the edge. At $B = 1347$ the edge
# is at $2/6.7 = 0.3$, and only 60 updates are there to reach it.
#
# So warm-up does not make every learning rate good. Is it always worth it? At a base of 0.03 the
# rule gives 1.68 for 448:

# %%
for name, share in {"at once": 0, "after warm-up": 1 / 3}.items():
    plan, scores = WarmUp(round(share * 180), Constant(scale(0.03, 8, 448, "linear"))), []
    for seed in range(3):
        rng = np.random.default_rng(seed)
        run = train(GD(1.0), network, data, epochs, 448, rng, schedule=plan, **options)
        scores.append(100 * network.accuracy(run.w, *data.test))
    print(f"lr 1.68 {name:13}: {np.mean(scores):.1f} % +- {np.std(scores, ddof=1):.1f}")

# %% [markdown]
# No difference, though $2/1.68 = 1.2$ is below 3 as well: without warm-up these walks, too, are thrown
# out at first, but they find back by themselves. Here warm-up pays close to where they no longer do, and
# nowhere else.

# %% [markdown]
# ## Experiment: what is invariant?
# The three changes that leave the problem what it is, for gradient descent with a cosine schedule. Is
# the path the same, translated back?

# %%
plan, c, s = Cosine(0.015, 50), np.sqrt(0.5), valley.start
turn = np.array([[c, -c], [c, c]])
unit = np.array([0.1, 1.0])
plain = walk(valley.grad, s, plan, 50)
louder = walk(lambda w: 100 * valley.grad(w), s, plan, 50)
units = walk(lambda u: unit * valley.grad(unit * u), s / unit, plan, 50) * unit
turned = walk(lambda u: turn @ valley.grad(turn.T @ u), turn @ s, plan, 50) @ turn
for name, other in {"loss x 100": louder, "units": units, "rotation": turned}.items():
    print(f"{name:10}", "the same path" if np.allclose(other, plain) else "another path")

# %% [markdown]
# | method | loss × 100 | units | rotation |
# |---|---|---|---|
# | gradient descent, momentum, Nesterov | no | no | **yes** |
# | gradient descent with a schedule | no | no | **yes** |
# | Adagrad, RMSprop, Adam | **yes** | no | no |
#
# A schedule multiplies the learning rate by the same number in every coordinate. So it inherits the
# row of the method that it drives, whichever that is.

# %% [markdown]
# ## Spot the bug: "inverse square decay"
# A famous network of 2017 was trained with warm-up, and then a learning rate that falls with the
# inverse square *root* of the step. Notes that explain it call it "inverse square decay", and write it
# so. Take gradient descent in the valley, from 10 along the flat axis, with a base of 1.9.


# %% tags=["bug"]
def published_schedule(kind, t, T, base, warmup=0):
    if t >= warmup and kind == "inverse_root":
        return float(base * (t - warmup + 1) ** -2)
    return rate(kind, t, T, base, warmup)


for name, f in {"published": published_schedule, "yours": rate}.items():
    lrs = [f("inverse_root", t, 10_000, 1.9) for t in range(10_000)]
    left = 10 * np.prod(1 - 0.01 * np.array(lrs))
    print(f"{name:9}: all learning rates add up to {sum(lrs):.4g}; still {left:.2g} away")

# %%
print(diagnose("lr-schedule", published_schedule).message)

# %% [markdown]
# <details><summary>Why does it stop?</summary>
# The sum of 1/k squared is finite, pi squared over 6. No number of updates takes it further than 1.645
# times base times the largest gradient. It looks converged, and it is only out of breath.
# </details>

# %% [markdown]
# ## Spot the bug: "warm-up from 0 to 5000"
# The same notes: "the learning rate is increased linearly from 0 to 5000." As code, with
# 50 in place of 5000, on a bowl of curvatures 0.1 and 0.7:


# %% tags=["bug"]
def published_warmup(kind, t, T, base, warmup=0):
    return float(t) if t < warmup else rate(kind, t, T, base, warmup)


for name, f in {"published": published_warmup, "yours": rate}.items():
    plan = [f("linear", t, 100, 1.9, 50) for t in range(100)]
    loss = descend(GD(1.0), quadratic((0.1, 0.7)), schedule=lambda k, plan=plan: plan[k]).values[-1]
    print(
        f"{name:9}: lr at update 49 is {plan[49]:g}, loss", f"{loss:.2g}" if loss < 1e9 else "huge"
    )

# %%
print(diagnose("lr-schedule", published_warmup).message)

# %% [markdown]
# <details><summary>What did they mean?</summary>
# The learning rate climbs from 0 to base, while the step counter goes from 0 to 5000.
# </details>

# %% [markdown]
# ## Spot the bug: three images at the end
# A run on the digits with batches of 32, learning rate 0.3, 20 epochs, four starts. It ends badly,
# sometimes. "The learning rate is too large: use a schedule", somebody says, and behold, it works. But
# look at the size of the last batch: $1347 = 42 \cdot 32 + 3$.

# %% tags=["bug"]
sizes = [len(batch) for batch in minibatches(1347, 32, np.random.default_rng(0))]
print("the last three batches of an epoch have", sizes[-3:], "images")
for drop in (False, True):
    for name, plan in {"constant": Constant(0.3), "cosine": Cosine(0.3, 860)}.items():
        scores = []
        for seed in range(4):
            options, rng = {"progress": False, "drop_last": drop}, np.random.default_rng(seed)
            run = train(GD(0.3), network, data, 20, 32, rng, schedule=plan, **options)
            scores.append(100 * network.accuracy(run.w, *data.test))
        words = "without the 3" if drop else "with the 3"
        print(f"{words:13}, {name:8}: {np.mean(scores):.0f} %, worst {min(scores):.0f} %")

# %% [markdown]
# <details><summary>What is wrong?</summary>
# The last update of every epoch comes from three images, at a learning rate that suits 32. Its noise
# is three times as large, and nothing comes after it to repair the damage before you look. A schedule hides
# it, since its last learning rates are tiny. Leave the short batch out, and constant and cosine tie.
# </details>
#
# A schedule that repairs your result may be hiding a bug.

# %% [markdown]
# ## Claim court: "when the batch grows, the learning rate must grow in proportion"
# | for | against |
# |---|---|
# | Goyal and others (2017) trained ImageNet with batches of 8192 so, after a warm-up of five epochs. | Krizhevsky (2014) derives a root; in your experiment the linear rule fell apart at 168 times. |
# | $k$ steps of $\eta$ are one of $k\eta$, while gradients hardly change. | The limit $2/L$ does not know of the batch. |
# | In the bowl it held up to 64 times. | Shallue and others (2019): the best learning rate follows neither rule across tasks. |
#
# **Verdict.** True with conditions: while noise, not curvature, sets the limit; up to some batch, here
# between 56 and 168 times; and with a warm-up, if it brings you close to $2/L$. Use a rule to guess where
# to look, and then tune.

# %% [markdown]
# ## Claim court: "a schedule makes tuning unnecessary"
# | for | against |
# |---|---|
# | A falling learning rate forgives a base that is too large: it becomes right some day. | It adds a choice: which kind, over how many updates, how much warm-up. |
#
# Try it: how wide is the window of good bases in the bowl, within a factor of 1.5 of the best end?

# %%
start = np.tile(bowl.start, (64, 1))
for name in ("constant", "t0/(t + 20)", "cosine"):
    losses = []
    for base in np.geomspace(0.02, 1.95, 20):
        rough = Noisy(bowl, 0.5, np.random.default_rng(0))
        plan = makers[name](base)
        losses.append(descend(GD(1.0), rough, start, 200, schedule=plan).values[-1].mean())
    good = np.geomspace(0.02, 1.95, 20)[np.array(losses) < 1.5 * min(losses)]
    print(f"{name:12}: from {good[0]:.2f} to {good[-1]:.2f}, a factor of {good[-1] / good[0]:.1f}")

# %% [markdown]
# **Verdict.** False. In this bowl the window is a little wider with a falling schedule, and it is still a
# window with two ends. You tune the base as before, and have chosen a kind besides.

# %% [markdown]
# ## When it fails: you must know the end beforehand
# Linear, cosine and step need $T$. Stop a cosine half-way, and you stand on a floor; go on after its end,
# and nothing moves. If you do not know when you will stop, take an inverse one, or a constant one and
# lower it when you are about to stop.

# %%
for T in (100, 200, 400):
    rough = Noisy(bowl, 0.5, np.random.default_rng(0))
    values = descend(GD(1.0), rough, start, 200, schedule=Cosine(0.7, T)).values[-1]
    print(f"cosine made for {T} updates, stopped after 200: {values.mean():.3f}")

# %% [markdown]
# And there is something that no schedule of this lesson touched. On the digits all good settings read
# 98 % of new images, though they ended with different training losses and different batches. Does it
# matter *which* minimum you end in? People say that small batches find flatter ones, that generalise
# better. The next lesson looks at that.

# %% [markdown]
# ## Summary
# - At a constant learning rate noise holds you on a floor. A falling one lowers it.
# - Tuned, the falling schedules are close to each other. Falling too soon ($1/t$ from a small base,
#   inverse square) is the worse mistake.
# - Warm-up gives the curvature time to fall to $2/\eta$. Where training finds back by itself, it does
#   nothing.
# - Linear rule: the same way per epoch, up to $2/L$. Root rule: safer, slower. Then tune.
# - Look at your last batch.
#
# The valley, without noise, 100 gradients; every method at its best, and gradient descent with a cosine
# schedule, its base tuned up to $2/L$.

# %%
bases = np.geomspace(0.5, 2, 41)
ends = [descend(GD(1.0), valley, schedule=Cosine(base, 100)).values[-1] for base in bases]
best = bases[int(np.argmin(ends))]
run = descend(GD(1.0), valley, schedule=Cosine(best, 100))
fig, ax = figure(size=(8, 5.4))
family(ax, valley, contest("Adam", valley))
label = f"gradient descent, cosine from {best:.3g}: {run.values[-1]:.1e}"
path(ax, run.points, label=label, color="#5B2A86")
ax.legend(loc="lower left", fontsize=9, title="best settings, and the last loss")
ax.set(xlabel="$w_1$", ylabel="$w_2$")
ax.set_title("Without noise there is no floor: a learning rate that falls from 2/L only brakes")
show(
    fig,
    alt="The valley with the best paths of seven methods, and gradient descent with a cosine schedule.",
)

# %% [markdown]
# And from beyond $2/L$? A cosine from 3.8 has the same sum of learning rates as a constant 1.9.

# %%
for name, plan in {"constant 1.9": Constant(1.9), "cosine from 3.8": Cosine(3.8, 100)}.items():
    print(f"{name:15}: {descend(GD(1.0), valley, schedule=plan).values[-1]:.3f}")

# %% [markdown]
# The flat axis asks for the sum alone, and the sum is the same: nothing gained.
#
# The family tree: a schedule stands beside it, and drives any of its members.
#
# ```
# lr -> lr(k)               step, inverse, inverse root, linear, cosine; warm-up in front
# gradient descent          w = w - lr * g
# ├── momentum              v = beta * v + g           w = w - lr * v
# │   └── Nesterov          the same, g at w - lr * beta * v
# └── Adagrad               G = G + g**2               w = w - lr * g / (sqrt(G) + eps)
#     ├── Adadelta          a mean for G, and the root of mean squared steps for lr
#     └── RMSprop           s = mean of g**2, memory rho   w = w - lr * g / (sqrt(s) + eps)
#         └── Adam          and momentum's mean of g on top, both corrected while young
# ```

# %%
progress("11_schedules")

# %% [markdown]
# Next: [ask what a low loss is worth: sharp and flat minima, penalties and decay](12_generalization.ipynb).

# %% [markdown]
# ## Sources
# - Robbins and Monro (1951), *A Stochastic Approximation Method*: the two sums. Chung (1954): how slow
#   1/t is with too small a base.
# - Krizhevsky (2014), *One weird trick for parallelizing convolutional neural networks*: both rules.
# - Loshchilov and Hutter (2017), *SGDR: Stochastic Gradient Descent with Warm Restarts*: the cosine.
# - Goyal and others (2017), *Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour*: the linear rule
#   and warm-up. Hoffer, Hubara and Soudry (2017), *Train longer, generalize better*: the root.
# - Vaswani and others (2017), *Attention Is All You Need*: warm-up, then the inverse root.
# - Shallue and others (2019), *Measuring the Effects of Data Parallelism on Neural Network Training*:
#   where the rules end.
# - Gilmer and others (2021), *A Loss Curvature Perspective on Training Instability in Deep Learning*:
#   what warm-up does. Cohen and others (2021), *Gradient descent on neural networks typically occurs at
#   the edge of stability*.
# - Alpaydin and Kaynak (1998): the digits.
