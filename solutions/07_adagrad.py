# %% [markdown]
# # Give every coordinate its own learning rate
#
# | | |
# |---|---|
# | **Do** | write Adagrad, the learning rate it gives to each coordinate, and a measure of regret |
# | **Learn** | why squared gradients make good learning rates, and which valley ruins the idea |
# | **Need** | [gradient descent and its valley](02_gradient_descent.ipynb) |
# | **Time** | 55 minutes |

# %%
import numpy as np

from course_lib.data import diabetes, digits
from course_lib.descent import descend, train
from course_lib.exercises import check, diagnose, hint, predict, progress, ready, reveal
from course_lib.explorers import coordinate_lr
from course_lib.models import SoftmaxRegression
from course_lib.online import play
from course_lib.optimizers import GD, Adagrad
from course_lib.plots import contours, family, figure, path, show
from course_lib.problems import askew, least_squares, quadratic, valley
from course_lib.streams import burst, remember
from course_lib.sweep import LRS, contest, sweep

# %% [markdown]
# ## Recall: three questions from lesson 05
# Answer in your head, then open the answer.
#
# <details><summary>Momentum keeps a velocity. Is it a sum of gradients or their average?</summary>
# A sum, v = beta v + g. Under a constant gradient it grows to g / (1 - beta), ten times g at 0.9.
# </details>
#
# <details><summary>In a valley, which direction gains from momentum, and why?</summary>
# The flat one. Its gradients keep their sign and add up; across the valley they alternate and cancel.
# </details>
#
# <details><summary>What happens to the best rate on a quadratic with condition number k?</summary>
# From (k - 1)/(k + 1) to the same with the root of k: at k = 100, from 0.980 to 0.818.
# </details>

# %% [markdown]
# ## Predict: the same valley, turned
# The method of this lesson, Adagrad, is splendid in our valley. With a learning rate of 3, say, its
# loss after 100 gradients is below $10^{-20}$; gradient descent at its best reaches about 0.014.
#
# Now turn the valley by 30 degrees, and the start with it. Nothing else changes: the same height, the
# same curvatures. Gradient descent reaches 0.014 again. And Adagrad, with the best learning rate for
# the turned valley? Replace `None` by your guess of the loss.

# %%
predict("adagrad-in-the-turned-valley", None)

# %% [markdown]
# ## The idea: one learning rate for all is a bad deal
# Momentum and Nesterov's method made the steps of gradient descent better. But they still have *one*
# learning rate, and the steepest direction still sets its limit. The valley has the curvature 1 along
# $w_2$, and 0.01 along $w_1$. By lesson 02 each axis alone would like $\eta = 1/\text{curvature}$:
# then one step lands on the bottom. So give each its own: 100 along $w_1$, 1 along $w_2$.

# %%
one = contest("Nesterov", valley)["Nesterov"].path
each = descend(GD(lr=np.array([100.0, 1.0])), valley, steps=1)

fig, ax = figure(size=(7.5, 3.4))
contours(ax, valley)
path(ax, one.points, label="Nesterov at its best, 100 steps, one learning rate")
path(ax, each.points, label="gradient descent, 1 step, one learning rate for each axis")
ax.legend(loc="lower left")
ax.set(xlabel="$w_1$", ylabel="$w_2$")
ax.set_title("With a learning rate for each axis, one step is enough")
show(
    fig,
    alt="The valley with two paths. Nesterov's method swings across the valley, then goes along its "
    "floor in many short steps. Gradient descent with learning rates 100 and 1 is there in one.",
)

# %% [markdown]
# That was cheating: you knew the curvatures. With a million weights you do not. What you do have is
# the gradients that you have seen. A coordinate with **small** gradients can bear a **large**
# learning rate, and the other way round.
#
# Small gradients are no rare thing. In real data many inputs are nearly always 0: a rare word, a
# pixel in the corner. Its weight gets a gradient only when the input appears, and with one learning
# rate for all it hardly learns.

# %% [markdown]
# ## The equation: divide by the root of all squares so far
# For each coordinate alone, **Adagrad** (for *adaptive gradient*) keeps the sum of all squared
# gradients:
#
# $$ G_t = G_{t-1} + g_t^2, \qquad
# w_t = w_{t-1} - \frac{\eta}{\sqrt{G_t} + \varepsilon}\; g_t. $$
#
# - $g_t$ is the gradient at step $t$, $w_t$ the point after it; both have a number per coordinate.
# - $G_t$ has one, too. It starts at 0 and never falls.
# - $\eta$ is the learning rate, `lr`. Now it has the units of $w$: the gradient's own size divides
#   out.
# - $\varepsilon$, `eps`, is tiny. It guards against 0/0 where all gradients have been 0.
#
# Squares, roots and divisions act on each coordinate alone, as NumPy's do.

# %% [markdown]
# ## The equation by hand: four gradients
# The four gradients of the course, 1, 1, −1, 0, from $w_0 = 0$ with $\eta = 0.1$, and $\varepsilon$
# too small to see:
#
# | step | $g$ | $G$ | $\sqrt G$ | step taken | $w$ after |
# |---|---|---|---|---|---|
# | 1 | 1 | 1 | 1 | −0.1 | −0.1 |
# | 2 | 1 | 2 | 1.414 | −0.0707 | −0.1707 |
# | 3 | −1 | 3 | 1.732 | +0.0577 | −0.1130 |
# | 4 | 0 | 3 | 1.732 | 0 | −0.1130 |
#
# Two things to see. The first step has the size of $\eta$: it would for a gradient of 1000 as well.
# And equal gradients give smaller and smaller steps.

# %% [markdown]
# ## Exercise: the learning rate that each coordinate gets (1 point)
# Read the update as a number times $g_t$. That number is the **effective learning rate** of the
# coordinate. Given `G`, an array of any shape, return it for every coordinate. The docstring is all
# you need.


# %%
def effective_lr(G, lr, eps):
    """Return what multiplies each coordinate's gradient, in the shape of G."""
    ### BEGIN SOLUTION
    return lr / (np.sqrt(G) + eps)
    ### END SOLUTION


# %%
check("effective-lr", effective_lr)

# %%
hint("effective-lr")

# %% [markdown]
# ## Exercise: one step of Adagrad (2 points)
# Two lines are missing: the new `G`, and the step. `return w - step, G` is there. Leave the inputs
# alone: `G += ...` would write into the caller's array.


# %%
def adagrad_step(w, g, G, lr, eps):
    """Return the new point and the new sum of squares."""
    ### BEGIN SOLUTION
    G = G + g**2
    step = lr * g / (np.sqrt(G) + eps)
    ### END SOLUTION
    return w - step, G


# %%
check("adagrad-step", adagrad_step)

# %% [markdown]
# Test your function at its limits. The first step should be `lr`, whatever the size of the gradient.
# And if `eps` is huge beside the root of $G$, only $\eta/\varepsilon$ is left: plain gradient descent.

# %%
step = ready("adagrad-step", adagrad_step)
for g in (1e-3, 1.0, 1e3):
    w, G = step(np.zeros(1), np.array([g]), np.zeros(1), 0.1, 1e-10)
    print(f"gradient {g:g}: first step {w[0]:.4g}")

huge = descend(Adagrad(lr=1.5e9, eps=1e9), valley, steps=50).points
print("huge eps is GD:", np.allclose(huge, descend(GD(lr=1.5), valley, steps=50).points))

# %% [markdown]
# ## Explorer: watch the two learning rates part
# Green is Adagrad, grey is gradient descent at its best. Top right are the two effective learning
# rates. First move the steps: how soon do the two rates part? Then turn the valley, degree by degree,
# and watch the gap close.

# %%
coordinate_lr()

# %% [markdown]
# ## Experiment: how fast do the steps shrink?
# If all gradients have the same size $c$, then $G_t = t c^2$, and step $t$ has the size
# $\eta c / \sqrt{t c^2} = \eta / \sqrt t$. The steps shrink to 0. Do you get anywhere?
#
# Feed Adagrad with 10 000 gradients of 1, and with 10 000 of 1000, at $\eta = 1$.

# %%
for size in (1.0, 1000.0):
    way, _ = remember(Adagrad(lr=1.0), np.full(10_000, size))
    steps = -np.diff(way)
    print(f"gradients of {size:g}: first step {steps[0]:.4g}, last step {steps[-1]:.4g}", end=", ")
    print(f"whole way {steps.sum():.4g}")

# %% [markdown]
# $1 + 1/\sqrt2 + 1/\sqrt3 + \dots + 1/\sqrt T$ is about $2\sqrt T - 1.46$: at $T = 10^4$ that is
# 198.5. It grows without end. Four times the steps take you twice as far.

# %% [markdown]
# ## Experiment: and where gradients do shrink?
# On the way to a minimum the gradients get smaller by themselves. Then $G$ stops growing, and the
# effective learning rate settles. Take $f(w) = w^2/2$ from $w = 1$ with $\eta = 0.5$.

# %%
one_axis = quadratic((1.0,), start=[1.0])
run = descend(Adagrad(lr=0.5), one_axis, steps=40)
lr_of = ready("effective-lr", effective_lr)
rates = lr_of(np.cumsum(run.points[:-1, 0] ** 2), 0.5, 1e-10)
print("effective lr at steps 1, 2, 5, 10, 40:", rates[[0, 1, 4, 9, 39]].round(3))
print(f"each step multiplies the distance by {run.points[40, 0] / run.points[39, 0]:.3f}")

# %%
t = np.arange(1, 41)
fig, axes = figure(ncols=2)
axes[0].plot(t, 0.5 / np.sqrt(t), label="constant gradient")
axes[0].plot(t, rates, label="on $w^2/2$")
axes[0].set(ylim=(0, 0.55), xlabel="step", ylabel="effective learning rate")
axes[0].set_title("It settles where gradients shrink")
axes[0].legend()
axes[1].semilogy(t, run.points[1:, 0], color="#D55E00")
axes[1].set(xlabel="step", ylabel="distance to the minimum")
axes[1].set_title("So the distance falls at a steady rate")
show(
    fig,
    alt="The effective learning rate falls like one over root t under a constant gradient, and settles "
    "at 0.43 on a parabola, where the distance falls in a straight line on a log scale.",
)

# %% [markdown]
# It settles at 0.43, and each step leaves 0.57 of the distance: a fixed rate, as gradient descent has
# with a fixed learning rate. It does not die.

# %% [markdown]
# ## The idea behind the root: regret
# Why the *root of the sum of squares*, of all things? Adagrad was not made for valleys. It was made
# for a game. In round $t$ you name a point $w_t$. Only then you are told a convex loss $f_t$, and pay
# $f_t(w_t)$. Mails come in, and you must say "spam" or not before anyone tells you.
#
# You are compared with the best *fixed* point, chosen when all is over. What you paid more is your
# **regret**:
#
# $$ R_T = \sum_{t=1}^T f_t(w_t) - \min_w \sum_{t=1}^T f_t(w). $$
#
# If $R_T$ grows more slowly than $T$, then per round you do as well as the best fixed point in the
# long run, without knowing what comes.

# %% [markdown]
# ## Exercise: regret (2 points)
# `losses` holds what you paid, one number a round, shape $(T,)$. `experts` holds what each of $K$
# fixed points would have paid, shape $(T, K)$. Return the regret after every round, shape $(T,)$: the
# rival after round $t$ is the expert whose total is lowest *by then*.
#
# Here is a broken one. Someone who always plays the best expert should have a regret of 0 in the end.


# %% tags=["bug"]
def naive_regret(losses, experts):
    return np.cumsum(losses - experts.min(axis=1))


experts = np.random.default_rng(0).random((1000, 5))
best = experts.sum(axis=0).argmin()
print("after 10, 100, 1000 rounds:", naive_regret(experts[:, best], experts)[[9, 99, 999]].round(1))

# %% [markdown]
# It grows without end. With whom does it compare? Write the repaired one.


# %%
def regret(losses, experts):
    """Return the regret after each round, shape (T,)."""
    ### BEGIN SOLUTION
    return np.cumsum(losses) - np.cumsum(experts, axis=0).min(axis=1)
    ### END SOLUTION


# %%
check("regret", regret)

# %% [markdown]
# ## Experiment: Adagrad plays
# Each round draws a target $x_t$ between −1 and 1; you pay $|w_t - x_t|$. After each step $w$ is put
# back into the box $[-1, 1]$ of width $D = 2$. Theory (Duchi, Hazan and Singer 2011) promises, for
# $\eta = D/\sqrt2$ and convex losses *of any kind*, even chosen by an enemy:
#
# $$ R_T \le \sqrt2\, D \sqrt{\textstyle\sum_t g_t^2} = 2\sqrt2\, \sqrt T \quad \text{here, where } |g_t| = 1. $$
#
# Play twenty games of 10 000 rounds at once. The rivals are 41 fixed points.

# %%
targets = np.random.default_rng(0).uniform(-1, 1, size=(10_000, 20, 1))
points = play(
    Adagrad(lr=np.sqrt(2)), lambda w, x: np.sign(w - x), targets, np.zeros((20, 1)), (-1, 1)
)
rivals = np.linspace(-1, 1, 41)
regret_of = ready("regret", regret)
games = [
    regret_of(np.abs(points[:, k, 0] - targets[:, k, 0]), np.abs(rivals - targets[:, k]))
    for k in range(20)
]
t = np.arange(1, 10_001)
mean = np.mean(games, axis=0)
slope = np.polyfit(np.log(t[99:]), np.log(mean[99:]), 1)[0]
print(f"regret after 10000 rounds {mean[-1]:.1f}, bound {np.sqrt(8 * 1e4):.1f}, slope {slope:.2f}")

# %%
fig, ax = figure(size=(6, 4))
ax.loglog(t, np.sqrt(8 * t), "--", color="0.4", label="the bound")
ax.loglog(t, mean, label="Adagrad, mean of 20 games")
ax.loglog(t, t / 2, ":", color="#D55E00", label="slope 1: never learns")
ax.set(xlabel="rounds", ylabel="regret", ylim=(0.3, 6e3))
ax.set_title("Regret grows like the root of the rounds")
ax.legend()
show(
    fig,
    alt="Regret against rounds on log axes. Adagrad's regret is a line of slope one half, about four "
    "times below the bound, which has the same slope. A line of slope one lies far above at the end.",
)

# %% [markdown]
# The slope is a half: $R_T \propto \sqrt T$. That is where the root comes from. If an enemy chooses
# the losses, no method can do better than $\sqrt T$, a factor apart. Adagrad gets there without being
# told the size of the gradients; only the width $D$ it must know. (Random targets are a mild world. A
# method made for them could do better; this one keeps jittering, by steps of $1/\sqrt t$.)

# %% [markdown]
# ## Experiment: turn the valley
# Now the number you predicted. We try 81 learning rates, in the straight valley and in the one that
# is turned by 30 degrees.

# %%
straight, turned = sweep(Adagrad, valley, lr=LRS), sweep(Adagrad, askew, lr=LRS)
plain = sweep(GD, askew, lr=LRS)
reveal("adagrad-in-the-turned-valley", turned.losses.min())

# %%
fig, ax = figure(size=(6.5, 4))
ax.loglog(LRS, np.maximum(straight.losses, 1e-25), label="Adagrad, straight valley")
ax.loglog(LRS, turned.losses, label="Adagrad, turned by 30 degrees")
ax.loglog(LRS, plain.losses, color="0.4", linestyle="--", label="gradient descent, either valley")
ax.set(ylim=(1e-21, 10), xlabel="learning rate", ylabel="loss after 100 gradients")
ax.set_title("Adagrad needs the valley to lie along the axes")
ax.legend(loc="lower left")
show(
    fig,
    alt="Loss after 100 gradients against the learning rate. In the straight valley Adagrad falls "
    "below 1e-20 from a learning rate of 3 on. In the turned valley it never gets below 0.02, worse "
    "than gradient descent at its best, 0.014.",
)

# %% [markdown]
# Worse than plain gradient descent! In the turned valley both coordinates see a mixture of the steep
# and the flat slope, so they get nearly the same learning rate. What is left is one learning rate for
# all that only falls.
#
# Look at the straight valley, too: any learning rate from 3 to 10 does. Gradient descent has to be
# close below 2.

# %% [markdown]
# ## Experiment: what is invariant?
# The three changes of lesson 02. *Loss × 100*: the curvatures become 1 and 100. *Units*: $w_1$ is
# measured in other units, $u_1 = 10\, w_1$, so the start is $(100, 1)$ and the curvature $0.0001$.
# *Rotation*: by 45 degrees. Each path is translated back before it is compared.

# %%
rule, c = Adagrad(lr=0.5), np.sqrt(0.5)
same = descend(rule, valley, steps=50).points
louder = descend(rule, quadratic((1.0, 100.0), start=(10, 1)), steps=50).points
units = descend(rule, quadratic((0.0001, 1.0), start=(100, 1)), steps=50).points * (0.1, 1.0)
rotated = descend(rule, quadratic((0.01, 1.0), rotation=np.pi / 4), steps=50).points
rotated = rotated @ np.array([[c, -c], [c, c]])
for name, other in {"loss x 100": louder, "units": units, "rotation": rotated}.items():
    print(f"{name:10}", "the same path" if np.allclose(other, same) else "another path")

# %% [markdown]
# | method | loss × 100 | units | rotation |
# |---|---|---|---|
# | gradient descent, momentum, Nesterov | no | no | **yes** |
# | Adagrad | **yes** | no | no |
#
# The row is turned around. Adagrad does not care how loud the loss is, since the size of the gradient
# divides out ($\varepsilon$ apart). But its steps are measured in the units of $w$: tell it
# centimetres in place of metres, and each first step is 0.5 centimetres.

# %% [markdown]
# ## Real data: which pixels get the large learning rates?
# Softmax regression on the digits: 640 weights, one for each pixel and class, and 10 biases. Take 100
# full-batch steps of Adagrad and keep $G$.

# %%
X, y = digits().train
model = SoftmaxRegression(64, 10)
rule = Adagrad(lr=0.1)
w = model.init(np.random.default_rng(0))
G = rule.init(w)
for _ in range(100):
    w, G = rule.step(w, model.grad(w, X, y), G)

# %%
weights, _ = model.unpack(lr_of(G, 0.1, rule.eps))
per_pixel = weights.mean(axis=1)
never = X.max(axis=0) == 0
low, high = per_pixel[~never].min(), per_pixel[~never].max()
print(f"{never.sum()} of 64 pixels never have ink; their lr is {per_pixel[never].max():.1g}")
print(f"the others' lr goes from {low:.2g} to {high:.2g}")

# %%
share = (X > 0).mean(axis=0)
power = np.where(never, np.nan, np.log10(per_pixel))
fig, axes = figure(ncols=2, size=(8, 3.7))
for ax, numbers, label in zip(axes, (share, power), ("share", "power of ten"), strict=True):
    fig.colorbar(ax.imshow(numbers.reshape(8, 8)), ax=ax, label=label)
    ax.set(xlabel="column", ylabel="row", facecolor="0.8")
axes[0].set_title("Pixels at the sides are rare ...")
axes[1].set_title("... and get large learning rates")
show(
    fig,
    alt="Two 8 by 8 pictures. Pixels in the middle have ink in most images, those at the sides almost "
    "never. The learning rate is near 1 in the middle, and up to thousands at the sides; three grey pixels have none.",
)

# %% [markdown]
# The rare pixels learn with a rate a thousand times that of the common ones. The three that never
# have ink get $\eta/\varepsilon = 10^9$; their gradient is exactly 0, so nothing moves, and without
# $\varepsilon$ it would be 0/0.
#
# Does it pay? Both methods with 100 full-batch gradients and three learning rates. Softmax regression
# starts at zero and the batch is full, so there is no chance in it, and no seed to average over.

# %%
for rule in (GD(6.0), GD(15.0), GD(30.0), Adagrad(1.0), Adagrad(2.0), Adagrad(4.0)):
    rng = np.random.default_rng(0)
    history = train(rule, model, digits(), epochs=100, batch_size=1347, rng=rng)
    accuracy = history.validation_accuracy[-1]
    print(f"{type(rule).__name__:8} lr {rule.lr:<4}", end=" ")
    print(f"training loss {history.loss[-1]:.3f}, validation {100 * accuracy:.1f} %")

# %% [markdown]
# A little, on the training loss. On the validation images you cannot tell: one image of the 225 is
# 0.4 points, and they are two or three images apart. Pixels share their units, 0 to 1, so gradient
# descent was not badly off.

# %% [markdown]
# ## Real data: columns in all kinds of units
# The diabetes data as measured: age in years, cholesterol near 190, sex 1 or 2. In lesson 02 you had
# to standardise them. Give each method 1000 gradients and the best of 37 learning rates.

# %%
data = diabetes()
raw = least_squares(np.hstack([np.ones((len(data.y), 1)), data.X]), data.y)
print(f"at the start {raw.value(raw.start):.0f}, lowest {raw.value(raw.minimum):.0f}")
for rule in (GD, Adagrad):
    result = sweep(rule, raw, steps=1000, lr=np.geomspace(1e-6, 1e3, 37))
    print(f"{rule.__name__:8} {result.losses.min():.0f} at lr {result.best['lr']:.2g}")

# %% [markdown]
# Better, and not good: standardising, and gradient descent, reached 2860. The columns differ in
# units, which Adagrad cures, and they also go together, which turns the valley. That it does not.

# %% [markdown]
# ## Spot the bug: the learning rate that does nothing
# "Adagrad gives a small learning rate to parameters that have moved a lot, and a large one to those
# that have moved little." So it was published, and here is the sentence in code. It runs, and the
# loss falls. Try three learning rates.


# %% tags=["bug"]
def published_step(w, g, moved, lr, eps):
    step = lr * g
    moved = moved + step**2
    return w - step / (np.sqrt(moved) + eps), moved


for lr in (0.01, 0.1, 1.0):
    w, moved = np.array([10.0, 1.0]), np.zeros(2)
    for _ in range(5):
        w, moved = published_step(w, valley.grad(w), moved, lr, 1e-10)
    print(f"lr {lr}: after 5 steps the first coordinate is {w[0]:.4g}")

# %% [markdown]
# Three learning rates, one path. Before you read on: where does `lr` go? Then let the course look.

# %%
diagnose("adagrad-step", published_step)

# %% [markdown]
# <details><summary>What is wrong?</summary>
# The root of the sum of (lr g) squared is lr times the root of the sum of g squared: lr cancels. Every
# first step has size 1, whatever lr. Adagrad collects gradients, not movements. A weight can have
# large gradients and stay where it is: to and fro.
# </details>

# %% [markdown]
# ## Claim court: "its learning rate goes to zero, so training stops"
# | for | against |
# |---|---|
# | $G$ never falls, so no effective learning rate ever rises. | Under constant gradients the steps add up to $2\sqrt T$: 198.5 in 10 000 steps, and on without end. |
# | Under constant gradients the step falls like $1/\sqrt t$. | On $w^2/2$ it settles at 0.43 and converges at a fixed rate. |
#
# **Verdict.** It does not stop. If gradients shrink towards a minimum, the learning rate settles. If
# they keep their size (a mini-batch's noise does), it falls like $1/\sqrt t$, which for convex losses
# is what the theory asks for. It is *too slow* in a third case: when early gradients say nothing about
# later ones. Next.

# %% [markdown]
# ## When it fails: it never forgets
# A thousand gradients of 1, but ten of them, early on, are 100: a bad batch, a cliff at the start, a
# spike. Compare the steps with a run that had no spike.

# %%
calm, _ = remember(Adagrad(lr=1.0), np.ones(1000))
shaken, _ = remember(Adagrad(lr=1.0), burst(steps=1000, at=100, size=100.0, length=10))
ratio = np.diff(calm)[-1] / np.diff(shaken)[-1]

fig, ax = figure(size=(6.5, 4))
ax.loglog(np.arange(1, 1001), -np.diff(calm), label="gradients of 1")
ax.loglog(np.arange(1, 1001), -np.diff(shaken), label="ten of them are 100")
ax.set(xlabel="step", ylabel="size of the step")
ax.set_title(f"After a burst steps stay small:\nat step 1000 by a factor of {ratio:.3g}")
ax.legend()
show(
    fig,
    alt="Size of Adagrad's steps on log axes. With constant gradients it falls like one over root t. "
    "After ten gradients of 100 at step 100 it drops by a factor of thirty, and stays flat.",
)

# %% [markdown]
# The ten gradients put $10 \cdot 100^2 = 10^5$ into $G$. It takes 100 000 gradients of 1 to put in as
# much again. On a loss that is not convex this is the rule, not the exception: the first gradients
# come from a region that you will never see again. An average that *forgets* would help. That is the
# next method.

# %% [markdown]
# ## Summary
# - Adagrad divides each coordinate's gradient by the root of the sum of its squares so far. Small and
#   rare gradients get a large effective learning rate.
# - The size of the loss divides out; `lr` is the size of the first step, in the units of $w$.
# - Constant gradients give steps of $\eta/\sqrt t$; shrinking gradients let the rate settle. Regret
#   grows like $\sqrt T$.
# - It works axis by axis. Turn the valley, and the gain is gone.
# - It never forgets: one burst makes all later steps small.

# %%
methods = contest("Adagrad", valley)
fig, ax = figure(size=(8, 4.6))
family(ax, valley, methods)
ax.set(xlabel="$w_1$", ylabel="$w_2$")
ax.set_title("Along the axes Adagrad wins the valley by far; turned, it would lose")
show(
    fig,
    alt="The valley with the best paths of gradient descent, momentum, Nesterov and Adagrad. Adagrad, "
    "with a learning rate of 10, reaches the bottom along w1 in its first step, and has a loss of "
    "practically zero after 100.",
)

# %% [markdown]
# Its best learning rate is 10, just the distance to go along $w_1$: its first step lands there. Luck,
# but not much of it is needed, as you saw. The family tree:
#
# ```
# gradient descent          w = w - lr * g
# ├── momentum              v = beta * v + g           w = w - lr * v
# │   └── Nesterov          the same, g at w - lr * beta * v
# └── Adagrad               G = G + g**2               w = w - lr * g / (sqrt(G) + eps)
# ```

# %%
progress("07_adagrad")

# %% [markdown]
# Next: [let the steps set their own size, and find the knob that is still there](08_adadelta.ipynb).

# %% [markdown]
# ## Sources
# - Duchi, Hazan and Singer (2011), *Adaptive subgradient methods for online learning and stochastic
#   optimization*: the method, and its regret.
# - McMahan and Streeter (2010), *Adaptive bound optimization for online convex optimization*: found at
#   the same time.
# - Zinkevich (2003), *Online convex programming and generalized infinitesimal gradient ascent*: the
#   game, and the root of $T$.
# - The digits: Alpaydin and Kaynak (1998), UCI Machine Learning Repository. The diabetes data: Efron,
#   Hastie, Johnstone and Tibshirani (2004).
