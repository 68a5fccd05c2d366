# %% [markdown]
# # Look where you are going: the gradient ahead of you
#
# | | |
# |---|---|
# | **Do** | write Nesterov's step in its two forms, and go from one to the other |
# | **Learn** | what one changed place does to overshooting, to the rate, and to the learning rate you may take |
# | **Need** | momentum, from [lesson 05](05_momentum.ipynb) |
# | **Time** | 55 minutes |

# %%
import numpy as np

from course_lib.data import diabetes, digits
from course_lib.descent import descend, train
from course_lib.exercises import check, diagnose, hint, predict, progress, ready, reveal
from course_lib.explorers import step_anatomy
from course_lib.models import Network
from course_lib.optimizers import GD, Momentum, Nesterov
from course_lib.plots import contours, family, figure, path, show
from course_lib.problems import least_squares, quadratic, valley
from course_lib.sweep import contest

# %% [markdown]
# ## Recall: three questions from lesson 04
# Answer in your head, then open the answer.
#
# <details><summary>What is an epoch, and what is an update?</summary>
# An epoch is one pass over all examples. An update is one step, from one mini-batch; an epoch of n
# examples in batches of B has n/B updates.
# </details>
#
# <details><summary>You take batches four times as large. What happens to the noise of the gradient?</summary>
# Its variance falls to a quarter, so its size to a half. Each update costs four times as much.
# </details>
#
# <details><summary>Does a larger batch make the gradient point another way on average?</summary>
# No. The mini-batch gradient is right on average for every B; only its scatter changes.
# </details>

# %% [markdown]
# ## Where we were: the ball rolls past
# Momentum in the valley, with lr 1 and beta 0.9. It is fast, and it does not know when to stop: it
# rolls past the minimum, up the other side, and back. Then again.

# %%
fig, ax = figure(size=(7.5, 3.4))
contours(ax, valley)
path(ax, descend(Momentum(lr=1.0, beta=0.9), valley, steps=100).points)
ax.set(xlabel="$w_1$", ylabel="$w_2$")
ax.set_title("Momentum swings across the valley, and past its end")
show(
    fig,
    alt="The path of momentum in the valley: it swings from wall to wall in long waves, and rolls past "
    "the minimum to the other side before it comes back.",
)

# %% [markdown]
# ## Predict: may you step further?
# The ball feels the slope where it *is*. Nesterov's idea: feel the slope where you are *about to be*,
# and brake before the wall. That is more careful. So you might think that it tolerates larger steps.
#
# In the valley, $L = 1$, gradient descent explodes above a learning rate of 2, and momentum with
# beta 0.9 above 3.8. Above which learning rate does Nesterov's method explode, with beta 0.9?
# Replace `None` by your guess.

# %%
predict("nesterov-explodes-above", None)

# %% [markdown]
# ## The idea: ask at the place you are about to reach
# You are at $w$, with a velocity. Whatever the new gradient says, the velocity will carry you on. You
# know already where to: that is the **look-ahead point**. Ask for the slope *there*.

# %%
fig, ax = figure(size=(6.5, 3.8))
x = np.linspace(-1.6, 1.6, 101)
ax.plot(x, x**2 / 2, color="0.6", linewidth=2)
for at, name in ((-0.7, "at w: downhill"), (0.5, "at the look-ahead point: uphill")):
    near = np.array([at - 0.4, at, at + 0.4])
    ax.plot(near, at * near - at**2 / 2, "o-", markevery=[1], linewidth=3, label=name)
ax.annotate("old velocity", (0.5, 0.8), (-1.0, 0.78), arrowprops={"arrowstyle": "-|>"})
ax.set(xlabel="$w$", ylabel="loss", ylim=(-0.2, 1.6))
ax.set_title("Where you are it still goes down;\nwhere you will be it goes up again")
ax.legend(loc="upper center")
show(
    fig,
    alt="A bowl with two points. At w, on the left side, the tangent falls. The old velocity leads to "
    "a point on the right side, where the tangent rises.",
)

# %% [markdown]
# ## The equation: one changed place
# $$ g_t = \nabla f(w_{t-1} - \eta\beta\, v_{t-1}), \qquad
# v_t = \beta\, v_{t-1} + g_t, \qquad w_t = w_{t-1} - \eta\, v_t. $$
#
# - $v$ is the velocity, zero at the start; $\eta$ the learning rate, `lr`; $\beta$ the memory: all as
#   in momentum;
# - $w_{t-1} - \eta\beta\, v_{t-1}$ is the look-ahead point: where the step would end if the new
#   gradient were zero.
#
# The neighbours side by side. One argument has changed:
#
# ```
# momentum                          Nesterov
# g = the gradient at w             g = the gradient at the look-ahead point    <- here
# v = beta * v + g                  v = beta * v + g
# w = w - lr * v                    w = w - lr * v
# ```

# %% [markdown]
# By hand, from $w_0 = 0$ with $\eta = 0.1$ and $\beta = 0.9$, if the four answers happened to be 1, 1,
# −1, 0. The look-ahead point is $w - 0.09\, v$, with $w$ and $v$ from the row above.
#
# | step | asks at | answer | velocity | $w$ after |
# |---|---|---|---|---|
# | 1 | 0 | 1 | 1 | −0.1 |
# | 2 | −0.1 − 0.09 = −0.19 | 1 | 1.9 | −0.29 |
# | 3 | −0.29 − 0.171 = −0.461 | −1 | 0.71 | −0.361 |
# | 4 | −0.361 − 0.0639 = −0.4249 | 0 | 0.639 | −0.4249 |
#
# The last two columns are those of momentum: with the *same* answers both do the same. But they ask
# elsewhere, so in a landscape they get other answers. In step 4 the answer is 0, and you land just
# where you asked.

# %% [markdown]
# ## Exercise: one step of Nesterov's method (2 points)
# `grad` is a function: `grad(x)` is the gradient at `x`. Ask once; a gradient is what costs time. The
# two lines of momentum are there. Only `g` is missing.


# %%
def nesterov_step(w, grad, v, lr, beta):
    """Return (w, v) after one step; the inputs stay as they are."""
    ### BEGIN SOLUTION
    g = grad(w - lr * beta * v)
    ### END SOLUTION
    v = beta * v + g
    return w - lr * v, v


# %%
check("nesterov-step", nesterov_step)

# %%
hint("nesterov-step")

# %% [markdown]
# ## Experiment: two limits you know
# With $\beta = 0$ there is nothing to look ahead along: this has to be gradient descent. And where the
# gradient is the same everywhere, on a slope without a bend, it cannot matter where you ask: this has
# to be momentum.

# %%
step = ready("nesterov-step", nesterov_step)
w, v = valley.start, np.zeros(2)
for _ in range(50):
    w, v = step(w, valley.grad, v, 1.9, 0.0)
plain = descend(GD(1.9), valley, steps=50).points[-1]
print("beta = 0 is gradient descent:", np.allclose(w, plain))

# %%
w, v, ball, u = 0.0, 0.0, 0.0, 0.0
for _ in range(50):
    w, v = step(w, lambda x: 1.0, v, 0.1, 0.9)
    u = 0.9 * u + 1.0
    ball = ball - 0.1 * u
print("a slope without a bend: as momentum:", np.isclose(w, ball))

# %% [markdown]
# ## Explorer: the anatomy of one step
# Look at the large picture. From $w$ the old velocity carries both methods to the same point, along
# the black arrow. Then each corrects by lr times a gradient: momentum by the one it felt at $w$,
# Nesterov by the one it feels at the look-ahead point.
#
# Go through the steps. Press *next turn*: there momentum still pushes while Nesterov already brakes.
# Does Nesterov ever push *more* than momentum?

# %%
step_anatomy()

# %% [markdown]
# It never does, here. In a bowl the slope along your way only rises as you go on. So the answer from
# ahead is always the more cautious one: it pushes less, and brakes earlier. By how much?
#
# $$ \nabla f(w - \eta\beta v) - \nabla f(w) = -\,\eta\beta\, H v \qquad
# \text{(for a bowl with Hessian } H). $$
#
# In a steep direction the correction is large, in a flat one small. It is *friction made to measure*:
# strong across the valley, weak along it.

# %% [markdown]
# ## Experiment: the same pair, the swinging gone
# Momentum's setting from the first picture, lr 1 and beta 0.9, with nothing changed but the place of
# the gradient. (At lr = 1/L the steep axis is done in one step; at a smaller lr it swings a little, and
# less than with momentum.)

# %%
runs = {
    "momentum": descend(Momentum(lr=1.0, beta=0.9), valley, steps=100),
    "Nesterov": descend(Nesterov(lr=1.0, beta=0.9), valley, steps=100),
}

# %%
fig, ax = figure(size=(7.5, 3.4))
contours(ax, valley)
for name, run in runs.items():
    path(ax, run.points, label=name)
ax.legend(loc="lower left")
ax.set(xlabel="$w_1$", ylabel="$w_2$")
ax.set_title("Across the valley the swinging is gone;\nalong it, hardly anything changes")
show(
    fig,
    alt="Two paths in the valley. Momentum swings from wall to wall. Nesterov's path drops onto the "
    "floor in one step and runs along it, and past the minimum too.",
)

# %% [markdown]
# ## Exercise: the same method, without looking ahead (1 point)
# Libraries do not like to ask for a gradient elsewhere than where the weights are. So they keep the
# look-ahead point in place of $w$. Call it $y_t = w_t - \eta\beta\, v_t$. Put that into the three
# equations, and the look-ahead drops out:
#
# $$ g_t = \nabla f(y_{t-1}), \qquad v_t = \beta\, v_{t-1} + g_t, \qquad
# y_t = y_{t-1} - \eta\,(g_t + \beta\, v_t). $$
#
# Beside momentum, whose step is $g_t + \beta\, v_{t-1}$, only an index has changed. No scaffold this
# time. `g` is the gradient at `y`, already computed for you.


# %%
def nesterov_rewritten(y, g, v, lr, beta):
    """Return (y, v) after one step; the inputs stay as they are."""
    ### BEGIN SOLUTION
    new = beta * v + g
    return y - lr * (g + beta * new), new
    ### END SOLUTION


# %%
check("nesterov-rewritten", nesterov_rewritten)

# %% [markdown]
# ## Exercise: from the look-ahead point back to w (1 point)
# You have $y$ and $v$ from the rewritten form. Return the $w$ that belongs to them.


# %%
def lookahead_to_iterate(y, v, lr, beta):
    """Return w, in the shape of y."""
    ### BEGIN SOLUTION
    return y + lr * beta * v
    ### END SOLUTION


# %%
check("lookahead-to-iterate", lookahead_to_iterate)

# %% [markdown]
# ## Experiment: one method or two?
# Walk down the valley in both forms, and translate the second back.

# %%
rewritten = ready("nesterov-rewritten", nesterov_rewritten)
back = ready("lookahead-to-iterate", lookahead_to_iterate)
w, v = valley.start, np.zeros(2)
y, u = valley.start, np.zeros(2)  # the velocity is zero, so y is w
gaps = []
for k in range(60):
    lr = 0.5 if k < 30 else 0.05
    w, v = step(w, valley.grad, v, lr, 0.9)
    y, u = rewritten(y, valley.grad(y), u, lr, 0.9)
    gaps.append(np.linalg.norm(w - back(y, u, lr, 0.9)))
print(f"30 steps at lr 0.5: apart by less than 1e-12: {max(gaps[:30]) < 1e-12}")
print(f"after the drop to lr 0.05: apart by {gaps[30]:.3f} at once, {max(gaps):.3f} at most")

# %% [markdown]
# At a constant learning rate they are one method. When lr drops, the two disagree on where they are:
# $y$ was made with the old lr, by $\eta\beta\, v$, and is read with the new one. They part by
# about $\beta\,(\eta - \eta')\, v$. Neither is wrong, but do not expect two libraries to agree under a
# schedule. This course looks ahead; PyTorch and Keras rewrite.

# %% [markdown]
# ## Experiment: how far may you step?
# As in lesson 05, each axis of curvature $\lambda$ has two roots. Asking ahead puts $1 - \eta\lambda$
# in two places:
#
# $$ z^2 - (1 + \beta)(1 - \eta\lambda)\, z + \beta\,(1 - \eta\lambda) = 0. $$
#
# It explodes where a root passes $-1$. Put $z = -1$ in, and solve for $\eta$:
# $\eta = \dfrac{2(1 + \beta)}{(1 + 2\beta)\,\lambda}$. Try it on the steep axis, $\lambda = 1$.

# %%
beta = 0.9
for rule, name in ((GD, "gradient descent"), (Momentum, "momentum"), (Nesterov, "Nesterov")):
    lrs = np.linspace(1.005, 4.995, 400)[:, None]
    settings = {"lr": lrs} if rule is GD else {"lr": lrs, "beta": beta}
    run = descend(rule(**settings), quadratic([1.0]), start=np.ones((400, 1)), steps=3000)
    ends = run.values[-1]
    print(f"{name:17}: still arrives at lr = {lrs[ends < 1e-3].max():.3f}")
print(f"2 (1 + beta) / (1 + 2 beta) = {2 * (1 + beta) / (1 + 2 * beta):.4g}")

# %%
reveal("nesterov-explodes-above", 2 * (1 + beta) / (1 + 2 * beta))

# %% [markdown]
# *Smaller* than for gradient descent. The look-ahead point lies far up the opposite wall, where the
# slope is steep, and a long step turns that caution into a blow. Brakes that grip this hard need a
# smaller learning rate.

# %% [markdown]
# ## Experiment: the rate
# The usual setting is $\eta = 1/L$ and $\beta = (\sqrt k - 1)/(\sqrt k + 1)$. Then the steep axis is
# done in one step, and the flat one has the factor $1 - 1/\sqrt k$. In the valley, $k = 100$: 0.9.
# Between gradient descent, 0.980, and momentum at its best, 0.818.

# %%
k = 100
root = np.sqrt(k)
beta = (root - 1) / (root + 1)
rules = {
    "gradient descent": (GD(2 / 1.01), 1),
    "momentum": (Momentum(4 / 1.1**2, beta**2), 2),
    "Nesterov": (Nesterov(1.0, beta), 2),
}
runs = {name: descend(rule, valley, steps=400) for name, (rule, _) in rules.items()}
for name, run in runs.items():
    length = np.linalg.norm(run.points, axis=-1)
    # Where two roots meet, the distance falls like t times z^t: take the factor t, here 2, out.
    rate = (length[400] / length[200] / rules[name][1]) ** (1 / 200)
    print(f"{name:17}: a step leaves {rate:.3f} of the distance")

# %% [markdown]
# So on a bowl the careful method is the *slower* one. What does it buy? Remember the convex bowl in
# which momentum cycles for ever: curvature 25, then 1, then 25 again. The same bowl, the same start,
# each method with its setting for $\mu = 1$, $L = 25$.


# %% tags=["bug"]
def slope(x):
    return np.select([x < 1, x < 2], [25 * x, x + 24], 25 * x - 24)


ball, u = [3.3], 0.0
ahead, v = [3.3], 0.0
for _ in range(40):
    u = 4 / 9 * u + slope(ball[-1])
    ball.append(float(ball[-1] - u / 9))
    w, v = step(ahead[-1], slope, v, 1 / 25, 4 / 6)
    ahead.append(float(w))
print("momentum's last three:", *(f"{x:.4g}" for x in ball[-3:]))
print(f"Nesterov's last is nearer to 0 than 1e-6: {abs(ahead[-1]) < 1e-6}")

# %%
fig, ax = figure(size=(6.5, 3.8))
ax.plot(ball, "o-", markersize=3, label="momentum, its best pair")
ax.plot(ahead, "s-", markersize=3, label="Nesterov")
ax.axhline(0, color="0.6", linewidth=0.8)
ax.set(xlabel="step", ylabel="x")
ax.set_title("Where momentum cycles for ever,\nNesterov's method arrives")
ax.legend(loc="lower right")
show(
    fig,
    alt="The coordinate x against the step. Momentum repeats three values without end; Nesterov's "
    "method is at 0 after a few steps.",
)

# %% [markdown]
# That is the trade. Momentum's 0.818 holds where the curvature is the same everywhere. Nesterov's
# setting has a proof for *every* smooth function with curvatures from $\mu$ to $L$: up to a constant,
# the loss above the minimum falls at least by the factor $1 - 1/\sqrt k$ in every step.

# %% [markdown]
# ## Experiment: the worst problem there is
# If the bowl has no smallest curvature, there is no rate per step; the gap falls like a power of $t$.
# Nesterov built a problem that is hard for every method that only asks for gradients: a chain of
# $n$ springs, pulled at one end.
#
# $$ f(w) = \tfrac18 \Big( w_1^2 + \sum_{i} (w_{i+1} - w_i)^2 + w_n^2 - 2 w_1 \Big), \qquad
# \min f = -\tfrac18 \Big(1 - \tfrac1{n+1}\Big). $$
#
# Each gradient wakes only one more spring. After $t$ steps at most $t$ coordinates have moved, so no
# method can come closer than the best chain of $t$ springs: $\frac18\big(\frac1{t+1} - \frac1{n+1}\big)$.


# %% tags=["bug"]
def chain_slope(w):
    longer = np.concatenate([[0], w, [0]])
    pulled = (2 * w - longer[:-2] - longer[2:]) / 4
    pulled[0] -= 1 / 4
    return pulled


def chain_gap(w):
    stretch = np.diff(np.concatenate([[0], w, [0]]))
    return (stretch @ stretch - 2 * w[0]) / 8 + (1 - 1 / (len(w) + 1)) / 8


# %% [markdown]
# Here $L$ is 1 at most, so lr is 1. Without a smallest curvature Nesterov's memory has to grow with
# $t$: $\beta_t = \frac{t-1}{t+2}$, from 0 towards 1.

# %%
n, steps = 4000, 1000
walker, w, v = np.zeros(n), np.zeros(n), np.zeros(n)
gaps = {"gradient descent": [], "Nesterov": []}
for t in range(1, steps + 1):
    walker = walker - chain_slope(walker)
    w, v = step(w, chain_slope, v, 1.0, (t - 1) / (t + 2))
    gaps["gradient descent"].append(chain_gap(walker))
    gaps["Nesterov"].append(chain_gap(w))
t = np.arange(1, steps + 1)
for name, gap in gaps.items():
    exponent, _ = np.polyfit(np.log(t[99:]), np.log(gap[99:]), 1)
    print(f"{name:17}: from step 100 to 1000 the gap falls like t^{exponent:.2f}")

# %%
fig, ax = figure(size=(6.5, 4))
for name, gap in gaps.items():
    ax.loglog(t, gap, linewidth=2, label=name)
ax.loglog(t, (1 / (t + 1) - 1 / (n + 1)) / 8, "--", color="0.4", label="no method gets below")
ax.set(xlabel="step t", ylabel="loss above the minimum")
ax.set_title("On the worst problem, Nesterov's exponent\nis twice that of gradient descent")
ax.legend()
show(
    fig,
    alt="Loss above the minimum against the step on log axes: two straight lines, Nesterov's twice as "
    "steep. A dashed line, below which no method gets, is parallel to Nesterov's, about half as high.",
)

# %% [markdown]
# You may have read $1/t$ for gradient descent and $1/t^2$ for Nesterov. Those are *bounds*, and they
# hold a factor: the squared distance from the start to the minimum. On this chain it is about $n/3$,
# for the far end has to move too. So the bounds lie high above both curves, and say nothing of their
# slopes. What the chain shows is the ratio: twice the exponent. And the dashed line falls like $1/t$
# as well: on this problem no method that steps along gradients has a better exponent.

# %% [markdown]
# ## Real data: 442 patients, a third time
# In lesson 05 momentum was ten times faster than gradient descent in the end, but first the error
# climbed to several times where it began. Does looking ahead help?

# %%
data = diabetes()
scaled = (data.X - data.X.mean(axis=0)) / data.X.std(axis=0)
patients = least_squares(np.hstack([np.ones((len(data.y), 1)), scaled]), data.y)
curvatures = np.linalg.eigvalsh(patients.hessian)
mu, L = curvatures[0], curvatures[-1]
flat, steep = np.sqrt(mu), np.sqrt(L)
beta = (steep - flat) / (steep + flat)
rules = {
    "gradient descent": GD(2 / (mu + L)),
    "momentum": Momentum(4 / (steep + flat) ** 2, beta**2),
    "Nesterov": Nesterov(1 / L, beta),
}

# %%
floor = patients.value(patients.minimum)
fig, ax = figure(size=(6.5, 4))
for name, rule in rules.items():
    gap = descend(rule, patients, steps=1000).values - floor
    ax.semilogy(gap[:151], linewidth=2, label=name)
    near = np.flatnonzero(gap > 1)[-1] + 1
    print(f"{name:17}: at most {gap.max():.2g} above the lowest; within 1 from step {near} on")
ax.set(xlabel="step", ylabel="error above the lowest", ylim=(1e-3, 1e6))
ax.set_title("Looking ahead, it never climbs\nabove where it began")
ax.legend()
show(
    fig,
    alt="Error above the lowest against the step. Momentum first climbs to a hundred thousand; "
    "Nesterov's method falls at once, in small waves, and is below both others from step 10 to step 120.",
)

# %% [markdown]
# ## Experiment: what is invariant?
# The loss times 100, the first coordinate in other units, the axes turned by 45 degrees. Does
# Nesterov's method walk the same path, translated back?

# %%
rule, (x, y) = Nesterov(lr=0.01, beta=0.9), valley.start
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
# | Nesterov | no | no | **yes** |
#
# Three methods, one row. All of them add up gradients, and take one learning rate for all coordinates.

# %% [markdown]
# ## Spot the bug: it works on my valley
# This step was pieced together from two sources: the look-ahead from one with lr *inside* the
# velocity, the rest from one with lr *outside*. In the valley nobody notices. Then the loss is
# multiplied by 3, which changes nothing but the units of $f$. The limit for curvature 3 is 0.45, so
# lr 0.1 should be safe.


# %% tags=["bug"]
def pieced_together(w, grad, v, lr, beta):
    g = grad(w - beta * v)
    return w - lr * (beta * v + g), beta * v + g


for name, problem in {"valley": valley, "loss x 3": quadratic((0.03, 3.0), start=(10, 1))}.items():
    w, v = problem.start, np.zeros(2)
    for _ in range(100):
        w, v = pieced_together(w, problem.grad, v, 0.1, 0.9)
    print(f"{name:8}: from {problem.value(problem.start):.0f} to {problem.value(w):.2g}")

# %% [markdown]
# You need not guess. Hold it against the exercise.

# %%
diagnose("nesterov-step", pieced_together)

# %% [markdown]
# <details><summary>What is wrong?</summary>
# With lr inside, a velocity is a way already, and w - beta * v is right. With lr outside it is made of
# gradients: at lr 0.1 the look-ahead goes ten times too far. Where curvature times look-ahead is
# small, nobody notices. The repair is to take one form, whole.
# </details>

# %% [markdown]
# ## Claim court: "Nesterov's trick does not help networks"
# | for | against |
# |---|---|
# | The proof is for convex functions and exact gradients. A network is neither. | Sutskever et al. (2013) trained deep networks with it, and found it more stable at large beta. |
# | Adam, which most people use, is built on plain momentum. | Nadam (Dozat 2016) is built on Nesterov's. |
#
# Give both the same chance: the digits, a small network, eight epochs, beta 0.9. Each gets its own
# learning rate, chosen with three seeds. Then ten fresh seeds.

# %%
digit_data, network = digits(), Network((64, 32, 10))
lrs, chosen = (0.02, 0.05, 0.1, 0.2, 0.4), {}
for name, rule in {"momentum": Momentum, "Nesterov": Nesterov}.items():
    means = []
    for lr in lrs:
        seeds = [np.random.default_rng(seed) for seed in range(3)]
        runs = [train(rule(lr), network, digit_data, 8, 32, rng, progress=False) for rng in seeds]
        means.append(np.mean([run.loss[-1] for run in runs]))
    chosen[name] = rule(lrs[int(np.argmin(means))])
    print(f"{name}: lr {lrs}, mean loss", *(f"{mean:.2g}" for mean in means))

# %%
for name, rule in chosen.items():
    seeds = [np.random.default_rng(seed) for seed in range(100, 110)]
    runs = [train(rule, network, digit_data, 8, 32, rng, progress=False) for rng in seeds]
    last = np.array([run.loss[-1] for run in runs])
    error = last.std(ddof=1) / np.sqrt(len(last))
    print(f"{name} at its best lr {rule.lr}: loss {last.mean():.3f}, give or take {error:.3f}")

# %% [markdown]
# **Verdict.** Not supported, and neither is the opposite. On this network the two are equal within
# their error. What differs is the room: at lr 0.2 momentum has begun to lose, and Nesterov has not.
# With noisy gradients, small learning rates or short training, expect no difference.

# %% [markdown]
# ## When it fails: one learning rate for all
# Take the patients as they were measured, without standardising: the condition number is fifty
# million. A square root helps a lot, and not enough.

# %%
raw = least_squares(np.hstack([np.ones((len(data.y), 1)), data.X]), data.y)
curvatures = np.linalg.eigvalsh(raw.hessian)
root = np.sqrt(curvatures[-1] / curvatures[0])
rule = Nesterov(1 / curvatures[-1], (root - 1) / (root + 1))
run = descend(rule, raw, steps=1000)
print(f"k = {root**2:.2g}, sqrt(k) = {root:.2g}")
print(f"error: {run.values[0]:.0f} -> {run.values[-1]:.0f}, lowest {raw.value(raw.minimum):.0f}")

# %% [markdown]
# Sex is 1 or 2, cholesterol near 190. The learning rate is set by cholesterol, and the weight of sex
# would need one ten thousand times as large. No memory and no look-ahead can give it that: all three
# methods so far have *one* learning rate for all coordinates. What if each coordinate had its own?

# %% [markdown]
# ## Summary
# - Nesterov's method is momentum with the gradient asked at $w - \eta\beta v$.
# - The answer from ahead is the more cautious: it damps most where the curvature is large.
# - The rewritten form keeps $y = w - \eta\beta v$ and is the same method, at constant lr.
# - It tolerates a *smaller* learning rate: $2(1 + \beta)/((1 + 2\beta) L)$.
# - On a bowl its factor is $1 - 1/\sqrt k$, behind momentum at its best. But it has a proof for every
#   smooth, strongly convex function; and on the worst problem no exponent is better.
#
# The same valley, the same start, 100 gradients, each method at its best of a grid.

# %%
fig, ax = figure(size=(7.5, 3.8))
family(ax, valley, contest("Nesterov", valley))
ax.set(xlabel="$w_1$", ylabel="$w_2$")
ax.set_title("Looking ahead: no swinging, a little slower on a bowl")
show(
    fig,
    alt="The valley with the best paths of three methods. Nesterov's drops to the floor of the valley "
    "in a step or two and runs along it to the minimum; momentum swings and ends even lower.",
)

# %% [markdown]
# ```
# gradient descent          w = w - lr * g
# └── momentum              v = beta * v + g           w = w - lr * v
#     └── Nesterov          the same, g at w - lr * beta * v
# ```

# %%
progress("06_nesterov")

# %% [markdown]
# Next: [give every coordinate its own learning rate](07_adagrad.ipynb).

# %% [markdown]
# ## Sources
# - Nesterov (1983), *A method for solving the convex programming problem with convergence rate
#   O(1/k²)*: the method, and its bound.
# - Nesterov (2004), *Introductory Lectures on Convex Optimization*: the chain of springs, and the
#   limit for all methods.
# - Sutskever, Martens, Dahl and Hinton (2013), *On the importance of initialization and momentum in
#   deep learning*: the look-ahead form, and networks.
# - Bengio, Boulanger-Lewandowski and Pascanu (2013), *Advances in optimizing recurrent networks*: the
#   rewritten form.
# - Lessard, Recht and Packard (2016), *Analysis and design of optimization algorithms via integral
#   quadratic constraints*: the bowl in which momentum cycles, and the rates compared.
# - Dozat (2016), *Incorporating Nesterov momentum into Adam*.
# - Efron, Hastie, Johnstone and Tibshirani (2004), and Alpaydin and Kaynak (1998): the data.
