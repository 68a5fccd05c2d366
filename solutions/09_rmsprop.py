# %% [markdown]
# # Forget the past at a rate you choose, and keep your learning rate
#
# | | |
# |---|---|
# | **Do** | write RMSprop and the two numbers that tell how it starts and how it recovers |
# | **Learn** | what `rho` remembers, what a burst of large gradients costs, what forgetting costs |
# | **Need** | Adagrad and Adadelta, lessons 07 and 08 |
# | **Time** | 45 minutes |

# %%
import numpy as np

from course_lib.data import digits
from course_lib.descent import descend, minibatches
from course_lib.exercises import check, diagnose, hint, predict, progress, ready, reveal
from course_lib.explorers import gradient_burst
from course_lib.models import Network
from course_lib.optimizers import Adadelta, Adagrad, RMSprop
from course_lib.plots import family, figure, show, values
from course_lib.problems import askew, quadratic, valley
from course_lib.streams import remember
from course_lib.sweep import contest

# %% [markdown]
# ## Recall: three questions from lesson 07
# Answer in your head, then open the answer.
#
# <details><summary>What does Adagrad add up, and what does it divide by?</summary>
# The squares of all gradients of a coordinate, in G. It divides by the root of G.
# </details>
#
# <details><summary>How large is its first step?</summary>
# lr, whatever the size of the gradient: G is g squared then, and its root is the size of g.
# </details>
#
# <details><summary>Under a gradient that stays 1, how large is step number t?</summary>
# lr over the root of t. It fades, though the sum of all steps grows without end.
# </details>

# %% [markdown]
# ## Predict: how long does it take to forget?
# Imagine a method that divides by the root of a running mean of squared gradients. Each new square
# has a weight of 0.1, and the old mean keeps 0.9.
#
# Gradients are 1, and steps have size `lr`. Then, for a while, all gradients are 100: a bad batch, a
# cliff, a bug. The mean fills up to $100^2$. Then they are 1 again, and a step is `lr / 100`. After
# how many steps is it back at `lr / 2`?

# %%
predict("recovery-steps", None)

# %% [markdown]
# ## The idea: one method fades, the other has no dial
# Two methods so far scale every coordinate by itself. Adagrad divides by a sum that only grows.
# Adadelta forgets, and works out its own step size, so you cannot turn it up: its speed hides in
# `eps`. Here they are in the valley, at their usual settings, beside the method of this lesson.

# %%
runs = {
    "Adagrad, lr 0.1": descend(Adagrad(lr=0.1), valley, steps=300),
    "Adadelta": descend(Adadelta(), valley, steps=300),
    "RMSprop, lr 0.1": descend(RMSprop(lr=0.1), valley, steps=300),
}
fig, ax = figure(size=(7, 4))
values(ax, runs, decades=5)
ax.set_title("Adagrad fades, Adadelta takes long to start;\nRMSprop walks straight to the bottom")
show(
    fig,
    alt="Loss against step in the valley on a log scale. After 300 steps Adagrad and Adadelta are "
    "still above 0.1. RMSprop falls to about 0.001 within 110 steps, and stays there.",
)

# %% [markdown]
# RMSprop takes one half from each: it forgets, as Adadelta does, and you choose the learning rate, as
# in Adagrad. Look at the end of its curve, too. It stops falling. You will see why.

# %% [markdown]
# ## The idea of a memory that fades
# How much does a square of long ago still count? In Adagrad as much as ever. In a running mean, every
# step multiplies all old weights by `rho`.

# %%
age = np.arange(60)
fig, ax = figure(size=(6.5, 3.8))
for rho in (0.5, 0.9, 0.98):
    ax.plot(age, (1 - rho) * rho**age, "o-", markersize=3, label=f"rho = {rho}")
ax.set(xlabel="age of the gradient, in steps", ylabel="weight of its square", yscale="log")
ax.set(ylim=(1e-5, 1))
ax.legend(frameon=False)
ax.set_title("Weights fall by the factor rho per step:\na long memory spreads them thin")
show(
    fig,
    alt="Weight of a squared gradient against its age, on a log scale: straight lines. For rho = 0.5 "
    "it begins at 0.5 and falls steeply; for 0.98 it begins at 0.02 and hardly falls in 60 steps.",
)

# %% [markdown]
# The weights add up to one, and their mean age is $\rho/(1-\rho)$. So people say: it remembers about
# $1/(1-\rho)$ steps. That is 10 for 0.9, and 100 for 0.99.

# %% [markdown]
# ## The equation: a mean in place of the sum
# For each coordinate by itself:
#
# $$ s_t = \rho\, s_{t-1} + (1 - \rho)\, g_t^2, \qquad
# w_t = w_{t-1} - \eta\, \frac{g_t}{\sqrt{s_t} + \varepsilon}. $$
#
# $g_t$ is the gradient at $w_{t-1}$. $s_t$ is the running mean of its squares, with $s_0 = 0$. $\rho$
# (rho), from 0 to below 1, is how much of the old mean is kept. $\eta$ is the learning rate, and
# $\varepsilon$ a small number that guards against 0/0. $\sqrt{s_t}$ is a **root mean square**: RMS.
#
# Beside its neighbours, what changed:
#
# | method | memory | step |
# |---|---|---|
# | Adagrad | $G = \mathbf{1} \cdot G + \mathbf{1} \cdot g^2$ | $\eta\, g / (\sqrt G + \varepsilon)$ |
# | RMSprop | $s = \boldsymbol\rho\, s + \mathbf{(1-\boldsymbol\rho)}\, g^2$ | $\eta\, g / (\sqrt s + \varepsilon)$ |
# | Adadelta | as RMSprop | $\mathbf{\sqrt{E_d + \varepsilon}}\; g / \sqrt{s + \varepsilon}$ |

# %% [markdown]
# ## Exercise: one step of RMSprop (2 points)
# The four gradients 1, 1, −1, 0 by hand, from $w = 0$, with $\eta = 0.1$, $\rho = 0.9$ and an
# $\varepsilon$ too small to see:
#
# | step | $g$ | $s$ | root of $s$ | step taken | $w$ after |
# |---|---|---|---|---|---|
# | 1 | 1 | 0.1 | 0.3162 | −0.3162 | −0.3162 |
# | 2 | 1 | 0.19 | 0.4359 | −0.2294 | −0.5456 |
# | 3 | −1 | 0.271 | 0.5206 | +0.1921 | −0.3535 |
# | 4 | 0 | 0.2439 | 0.4939 | 0 | −0.3535 |
#
# The memory begins almost empty, so the first steps are the largest. At step 4 it fades: 0.2439 is
# 0.9 times 0.271. Write the two equations, one line each.


# %%
def rmsprop_step(w, g, s, lr, rho, eps):
    """Return the new point and the new memory; leave the inputs alone."""
    ### BEGIN SOLUTION
    s = rho * s + (1 - rho) * g**2
    return w - lr * g / (np.sqrt(s) + eps), s
    ### END SOLUTION


# %%
check("rmsprop-step", rmsprop_step)

# %%
hint("rmsprop-step")

# %% [markdown]
# Feed your own function with the four gradients. The rows should be those of the table.

# %%
step = ready("rmsprop-step", rmsprop_step)
w, s = np.zeros(1), np.zeros(1)
for g in (1.0, 1.0, -1.0, 0.0):
    w, s = step(w, np.array([g]), s, lr=0.1, rho=0.9, eps=1e-8)
    print(f"g = {g:4}  s = {s[0]:.4g}  w = {w[0]:.4g}")

# %% [markdown]
# ## Experiment: two limits that you know
# A method you trust should contain simpler ones. **No memory**, $\rho = 0$: each gradient is divided
# by its own size, and what is left is its sign.
#
# **Equal weights**: let $\rho$ grow with the step, $\rho_t = 1 - 1/t$. Then $s_t$ is the plain mean of
# all squares, $G_t/t$. With $\eta/\sqrt t$ in place of $\eta$ that should be Adagrad.

# %%
grads = np.random.default_rng(0).normal(size=(50, 3))
adagrad, _ = remember(Adagrad(lr=0.1, eps=0.0), grads)
w, s, path = np.zeros(3), np.zeros(3), [np.zeros(3)]
for t, g in enumerate(grads, start=1):
    w, s = step(w, g, s, lr=0.1 / np.sqrt(t), rho=1 - 1 / t, eps=0.0)
    path.append(w)
print("equal weights give Adagrad:", np.allclose(path, adagrad))

signs, _ = step(np.zeros(3), grads[0], np.zeros(3), lr=0.1, rho=0.0, eps=0.0)
print("no memory gives the sign:  ", np.allclose(signs, -0.1 * np.sign(grads[0])))

# %% [markdown]
# ## Exercise: the size of the first step (1 point)
# Adagrad's first step is $\eta$. Yours was 0.3162 with $\eta = 0.1$. Put $s_0 = 0$ and any gradient
# $g$ into the two equations, with $\varepsilon = 0$, and return the size of the first step.


# %%
def rmsprop_first_step(lr, rho):
    """Return the size of the first step, a float."""
    ### BEGIN SOLUTION
    return float(lr / np.sqrt(1 - rho))
    ### END SOLUTION


# %%
check("rmsprop-first-step", rmsprop_first_step)

# %%
first_step = ready("rmsprop-first-step", rmsprop_first_step)
for rho in (0.0, 0.5, 0.9, 0.99, 0.999):
    measured = -step(np.zeros(1), np.array([7.0]), np.zeros(1), 1.0, rho, 1e-8)[0][0]
    print(f"rho {rho:5}: first step {first_step(1.0, rho):.4g} lr, measured {measured:.4g} lr")

# %% [markdown]
# A longer memory makes a wilder start, since it begins emptier: with `rho = 0.99`, PyTorch's default,
# the first step is ten times `lr`. Keep it in mind. The next lesson repairs it with one division.

# %% [markdown]
# ## Exercise: how long a burst is remembered (2 points)
# Now the question from the beginning. The memory stands at the square of the burst. All gradients are
# 1 from now on, so each step has size $\eta/\sqrt s$. Count the steps until that is `fraction` times
# $\eta$ again, or more.
#
# The start and the end are there. Write the loop between them.


# %%
def recovery_time(rho, burst, fraction):
    """Return the smallest number of steps, an int, after which 1 / sqrt(s) >= fraction."""
    s, n = burst**2, 0
    ### BEGIN SOLUTION
    while 1 / np.sqrt(s) < fraction:
        s = rho * s + (1 - rho)
        n += 1
    ### END SOLUTION
    return n


# %%
check("recovery-time", recovery_time)

# %%
recover = ready("recovery-time", recovery_time)
reveal("recovery-steps", recover(0.9, 100.0, 0.5))

# %% [markdown]
# Seventy-seven steps, and the memory was said to be ten steps long. The reason: $s$ holds squares. It
# has to fall from 10000 to 4, and each step takes off a tenth. The part of $s$ above 1 shrinks by the
# factor $\rho$, so $n$ steps are enough when $(100^2 - 1)\,\rho^n \le 2^2 - 1$:
#
# $$ n \ge \frac{\ln(3/9999)}{\ln \rho}. $$

# %%
for rho in (0.5, 0.9, 0.95, 0.99):
    closed = np.log(3 / 9999) / np.log(rho)
    times = [recover(rho, b, 0.5) for b in (10.0, 100.0, 1000.0)]
    print(f"rho {rho}: {times} steps for a burst of 10, 100, 1000; formula for 100: {closed:.1f}")

# %% [markdown]
# Ten times the burst costs about 44 steps more at $\rho = 0.9$, wherever you begin: forgetting is
# exponential, so the time it takes grows with the *logarithm* of the burst.

# %% [markdown]
# ## Explorer: a burst, and who gets over it
# Left, what the two methods remember. Right, the steps they take. Move `rho`: RMSprop recovers sooner
# or later. Then shorten the burst to a single gradient. Which of the two forgives it?

# %%
gradient_burst()

# %% [markdown]
# ## Experiment: what forgetting costs
# Adagrad's fading is not only a flaw. Take a bowl, $\frac12 w^2$, whose gradient comes with noise, as
# from a mini-batch: $g = w +$ a normal random number. We run 200 of them at once, from $w = 1$, and
# measure how far from the minimum they are.

# %%
for name, rule in {
    "Adagrad, lr 0.1": Adagrad(0.1),
    "RMSprop, lr 0.1": RMSprop(0.1),
    "RMSprop, lr 0.01": RMSprop(0.01),
}.items():
    rng, w = np.random.default_rng(0), np.ones(200)
    state, far = rule.init(w), []
    for _ in range(5000):
        w, state = rule.step(w, w + rng.normal(size=200), state)
        far.append(np.sqrt(np.mean(w**2)))
    print(f"{name:16}  after 100, 1000, 5000 steps: {far[99]:.2f}, {far[999]:.2f}, {far[4999]:.2f}")

# %% [markdown]
# Adagrad comes closer and closer. RMSprop stops at a distance, nearer for a smaller `lr`, and later.
# A method that keeps its step size keeps its distance, too.

# %% [markdown]
# ## Claim court: "RMSprop repairs the flaw of Adagrad, the vanishing learning rate"
# | for | against |
# |---|---|
# | After a burst, Adagrad's steps stay small for ever; RMSprop's return. | On a bowl with noise, Adagrad arrives and RMSprop does not. |
# | On long runs of networks Adagrad often falls behind. | Its fading is why Duchi et al. (2011) could prove that its regret grows only like the root of T. |
#
# **Verdict.** True where the *scale of the gradients changes* on the way: then the sum is a memory of
# another place. Where it stays the same and the gradients are noisy, the fading is what you want, and
# with RMSprop you have to lower `lr` yourself.
#
# Another sentence that you will read: RMSprop "divides the learning rate by a running average of
# *squared* gradients". By its **root**. The difference is not small, as the next bug shows.

# %% [markdown]
# ## Spot the bug: a long memory is slow, they say
# This version works: the loss falls. Only one thing is odd. Whoever tunes it finds that "a larger rho
# slows the training down". Run it in the valley, and compare with yours.


# %% tags=["bug"]
def broken_step(w, g, s, lr, rho, eps):
    s = rho * s + g * g
    step_size = lr * g / (np.sqrt(s) + eps)
    return w - step_size, s


for name, rule in {"broken": broken_step, " yours": step}.items():
    for rho in (0.5, 0.99):
        w, s = valley.start, np.zeros(2)
        for _ in range(200):
            w, s = rule(w, valley.grad(w), s, 0.05, rho, 1e-8)
        print(f"{name}, rho {rho:4}: loss after 200 steps {valley.value(w):.1g}")

# %% [markdown]
# No error, and no explosion. What does the memory hold after many gradients of size 1? Add up the
# weights before you look.

# %%
diagnose("rmsprop-step", broken_step)

# %% [markdown]
# The weights add up to $1/(1-\rho)$, not to one. So every step is $\sqrt{1-\rho}$ times what it should
# be: `rho` has become a second learning rate. It is the kind of bug that tuning hides, for a larger
# `lr` makes up for it.

# %% [markdown]
# ## Spot the bug: half a formula
# And here someone took "divides by the average of squared gradients" at its word. Both coordinates
# have a steady gradient, 0.1 and 10.


# %% tags=["bug"]
def literal_step(w, g, s, lr, rho, eps):
    s = s + (1 - rho) * (g**2 - s)
    return w - lr * g / (s + eps), s


for name, rule in {"literal": literal_step, "yours": step}.items():
    w, s, g = np.zeros(2), np.zeros(2), np.array([0.1, 10.0])
    for _ in range(100):
        w, s = rule(w, g, s, 0.1, 0.9, 1e-8)
    print(f"{name}: moved by {-w[0]:.4g} along the flat axis, {-w[1]:.4g} along the steep one")

# %%
diagnose("rmsprop-step", literal_step)

# %% [markdown]
# Without the root, the step has the size $\eta/g$: the larger the gradient, the smaller the step, and
# the flat axis runs away. With it, both axes move alike.

# %% [markdown]
# ## Real data: ten batches in the wrong unit
# The digits' pixels lie between 0 and 1. Suppose that the first ten of 344 mini-batches come from
# another program that writes them as 0 to 255. Nobody notices; from then on all is well. We train a
# network from three random starts, at a learning rate that suits each method without the accident.
#
# The ten batches do two kinds of harm: they throw the weights about, and they fill the memory. To
# tell them apart, one more run of Adagrad has its memory wiped after them.

# %%
data, network = digits(), Network((64, 32, 10))
X, y = data.train
adagrad, rmsprop = Adagrad(lr=0.03), RMSprop(lr=0.003)
runs = {
    "Adagrad, no bad batch": (adagrad, 0, False),
    "Adagrad, ten": (adagrad, 10, False),
    "Adagrad, ten, then wiped": (adagrad, 10, True),
    "RMSprop, no bad batch": (rmsprop, 0, False),
    "RMSprop, ten": (rmsprop, 10, False),
}

# %%
accuracy = {name: [] for name in runs}
for name, seed in [(name, seed) for name in runs for seed in range(3)]:
    rule, bad, wiped = runs[name]
    rng = np.random.default_rng(seed)
    w = network.init(rng)
    state = rule.init(w)
    batches = [batch for _ in range(8) for batch in minibatches(len(y), 32, rng)]
    for k, batch in enumerate(batches, start=1):
        scale = 255 if k <= bad else 1
        w, state = rule.step(w, network.grad(w, scale * X[batch], y[batch]), state)
        if wiped and k == bad:
            state = rule.init(w)
    accuracy[name].append(network.accuracy(w, *data.validation))

# %%
print("validation accuracy after 8 epochs, lowest to highest of three starts")
for name, scores in accuracy.items():
    print(f"{name:25} {100 * min(scores):.0f} to {100 * max(scores):.0f} %")
print(f"RMSprop forgets a burst of 255 in {recover(0.9, 255.0, 0.5)} steps; an epoch has 43")

# %% [markdown]
# Without the accident the two are alike. With it, Adagrad goes on with tiny steps, for it still
# divides by those ten batches: wipe its memory, and it recovers. RMSprop wipes its own. Of course you
# would rather find the bad batches. But gradients change their scale without any accident, too: at
# the start of training, on cliffs, when the data change.

# %% [markdown]
# ## Experiment: what is invariant?
# Again the three changes: the loss 100 times as large; the first coordinate in other units; the axes
# turned by 45 degrees. Each path is translated back before it is compared.

# %%
rule, c = RMSprop(lr=0.1), np.sqrt(0.5)
same = descend(rule, valley, steps=50).points
louder = descend(rule, quadratic((1.0, 100.0), start=(10, 1)), steps=50).points
units = descend(rule, quadratic((0.0001, 1.0), start=(100, 1)), steps=50).points * (0.1, 1.0)
turned = descend(rule, quadratic((0.01, 1.0), rotation=np.pi / 4), steps=50).points
turned = turned @ np.array([[c, -c], [c, c]])
for name, other in {"loss x 100": louder, "units": units, "rotation": turned}.items():
    print(f"{name:10}", "the same path" if np.allclose(other, same, 1e-4) else "another path")

# %% [markdown]
# | method | loss × 100 | units | rotation |
# |---|---|---|---|
# | gradient descent, momentum, Nesterov | no | no | **yes** |
# | Adagrad | **yes** | no | no |
# | Adadelta, as everyone runs it | nearly | no | no |
# | RMSprop | **yes** | no | no |
#
# Adadelta was made to pass the second test, and would, if `eps` carried its units. RMSprop gives that
# up: `lr` is in the units of $w$, and you choose it.

# %% [markdown]
# ## When it fails: it never sits still, and it follows every whim
# Let it run in the valley without any noise, and look at the last four points.

# %%
print(descend(RMSprop(lr=0.1), valley, steps=1000).points[-4:].round(3))

# %% [markdown]
# It jumps to and fro between $-\eta/2$ and $\eta/2$, along both axes, for ever. Near the minimum the
# gradient gets small; so does its root mean square; and their ratio stays 1. Only a smaller `lr` ends
# it: that is what schedules are for, later in the course.
#
# And look at what stands above the line in the step: the newest gradient, alone. Its *size* is put in
# relation to a memory, its *direction* is not. One noisy mini-batch, and the step goes the wrong way.
# Momentum knew better. It had a memory of directions, and none of sizes. Why not keep both?

# %% [markdown]
# ## Summary
# - RMSprop is Adagrad with a mean that forgets: each step keeps `rho` of it. It remembers about
#   $1/(1-\rho)$ steps.
# - Its first step is $\eta/\sqrt{1-\rho}$: 3.16 times `lr` at 0.9, ten times at 0.99.
# - After a burst it recovers, in a time that grows with the logarithm of the burst: 77 steps to half
#   its step after 100 times the gradient.
# - What it gains is what it loses: with a constant `lr` it does not settle.
#
# The valley, 100 gradients, each method at its best:

# %%
methods = contest("RMSprop", valley)
fig, ax = figure(size=(8, 5))
family(ax, valley, methods)
ax.set(xlabel="$w_1$", ylabel="$w_2$")
ax.set_title("With the axes along the valley, dividing by the root wins")
show(
    fig,
    alt="The valley with the best paths of all methods so far. Adagrad and RMSprop end with losses of "
    "practically zero, far below momentum and Nesterov; Adadelta is slowest.",
)

# %% [markdown]
# Do not bet on it. RMSprop's best has a first step of exactly 10, the distance to go along $w_1$. Turn
# the valley by 30 degrees, tune all methods again, and the order changes:

# %%
for name, result in contest("RMSprop", askew).items():
    print(f"{name:17} about 10^{np.log10(result.path.values[-1]):.0f}")

# %% [markdown]
# ```
# gradient descent          w = w - lr * g
# ├── momentum              v = beta * v + g           w = w - lr * v
# │   └── Nesterov          the same, g at w - lr * beta * v
# └── Adagrad               G = G + g**2               w = w - lr * g / (sqrt(G) + eps)
#     ├── Adadelta          a mean for G, and the root of mean squared steps for lr
#     └── RMSprop           s = mean of g**2, memory rho   w = w - lr * g / (sqrt(s) + eps)
# ```

# %%
progress("09_rmsprop")

# %% [markdown]
# Next: [keep two memories, correct them while they are young, and know your Adam](10_adam.ipynb).

# %% [markdown]
# ## Sources
# - Tieleman and Hinton (2012), *Lecture 6.5, RMSprop*, Coursera: Neural Networks for Machine Learning.
#   Slides, not a paper: they name no $\varepsilon$.
# - Graves (2013), *Generating Sequences With Recurrent Neural Networks*: the centred form, which divides
#   by the deviation of the gradients.
# - Zeiler (2012), *ADADELTA: An Adaptive Learning Rate Method*: the same idea at the same time.
# - Duchi, Hazan and Singer (2011), *Adaptive Subgradient Methods*: Adagrad, and its regret.
# - PyTorch calls `rho` alpha, and its default is 0.99. Keras and Optax put $\varepsilon$ under the root.
