# %% [markdown]
# # Take the newest optimizers apart, and judge the next one yourself
#
# | | |
# |---|---|
# | **Do** | write AMSGrad, Nadam, Lion, and the heart of Muon |
# | **Learn** | what each changed in Adam, what that costs, and ten questions for the next paper |
# | **Need** | Adam, from [lesson 10](10_adam.ipynb); what a singular value is |
# | **Time** | 60 minutes |

# %%
import time

import numpy as np

from course_lib.data import digits
from course_lib.descent import descend, train
from course_lib.exercises import check, diagnose, hint, predict, progress, ready, reveal
from course_lib.explorers import singular_values
from course_lib.layerwise import Layerwise
from course_lib.models import Network
from course_lib.online import rare_slope
from course_lib.optimizers import Adam, AdamState, AdamW, AMSGrad, Lion, Momentum, Muon, Nadam
from course_lib.playoff import playoff
from course_lib.plots import family, figure, show
from course_lib.problems import askew, quadratic, valley
from course_lib.streams import remember
from course_lib.sweep import contest

# %% [markdown]
# ## Recall: three questions from lesson 14
# Answer in your head, then open the answer.
#
# <details><summary>What does Newton's step divide the gradient by, and what can go wrong?</summary>
# By the curvature: it multiplies by H inverse. Where a curvature is negative it climbs; where one is tiny it leaps.
# </details>
#
# <details><summary>What does L-BFGS keep in place of a d by d matrix?</summary>
# The last m steps and changes of the gradient, 2m vectors of length d.
# </details>
#
# <details><summary>Why does a mini-batch disturb it so much?</summary>
# It learns curvature from differences of gradients, and the difference of two batches is mostly noise.
# </details>

# %% [markdown]
# ## Predict: what did the search throw away?
# Adam works with seven things. Three it remembers: the moments $m$ and $v$, and the count $t$. Four
# you choose: $\eta$, $\beta_1$, $\beta_2$, $\varepsilon$. In 2023 a computer searched among a great many
# update rules, and was free to drop whatever did not help. What it found is called **Lion**.
#
# Of Adam's seven things, how many are left in Lion? Replace `None` by your guess.

# %%
predict("lion-keeps", None)

# %% [markdown]
# ## The idea: Adam walks to the worst point
# Here is a game with one number, $-1 \le w \le 1$. In every third round the loss is $3w$, in the other
# two it is $-w$. Three rounds together cost $3w - 2w = w$. So the best point is $-1$, and the worst is
# $+1$. There is no noise, and each loss is a straight line.
#
# Adam plays with $\beta_1 = 0$, $\beta_2 = 0.1$, and a learning rate that falls like $0.5/\sqrt t$.

# %%
slopes, adam = rare_slope(Adam(beta1=0.0, beta2=0.1), C=3, rounds=10_000)
_, amsgrad = rare_slope(AMSGrad(beta1=0.0, beta2=0.1), C=3, rounds=10_000)
played = {"Adam": adam, "AMSGrad": amsgrad}
fig, ax = figure(size=(6.8, 3.6))
for name, points in played.items():
    ax.plot(np.arange(1, 401), points[:400], label=name, linewidth=1)
ax.set(xlabel="round t", ylabel="point played, w", ylim=(-1.1, 1.1))
ax.legend(loc="center right", frameon=False)
ax.set_title(
    "Adam goes to +1, the worst point there is;\nthe method beside it goes to −1, the best"
)
show(fig, alt="Point against round: Adam climbs to 1 and stays near it, AMSGrad falls to -1.")

# %% [markdown]
# Why? When the large gradient comes, $v$ jumps to about 8, and the step is divided by the root of 8:
# 1.05 times $\eta_t$ down. In the two rounds after, $v$ forgets nine tenths each time, and the small
# gradients are divided by little: 0.76 and 0.97 times $\eta_t$ up. In sum, uphill.
#
# The large gradient is *damped by itself*, and forgotten when the small ones take their turn.

# %% [markdown]
# ## The equation: AMSGrad, a memory that never falls
# Reddi, Kale and Kumar (2018) changed one term. Keep the largest $v$ so far, and divide by that:
#
# $$ v^{\max}_t = \max(v^{\max}_{t-1},\, v_t), \qquad
# w_t = w_{t-1} - \eta\, \frac{\hat m_t}{\sqrt{v^{\max}_t / (1 - \beta_2^t)} + \varepsilon}. $$
#
# $m_t$, $v_t$ and $\hat m_t$ are Adam's. The maximum is taken coordinate by coordinate, and starts at 0.
# The paper corrects neither mean; this is the form of PyTorch, with both corrections.
#
# | method | above the line | below the line | remembers |
# |---|---|---|---|
# | Adam | $\hat m$ | $\sqrt{\hat v} + \varepsilon$ | $m, v$ |
# | AMSGrad | $\hat m$ | $\sqrt{\mathbf{max}\; v\; / (1 - \beta_2^t)} + \varepsilon$ | $m, v, \mathbf{v^{max}}$ |

# %% [markdown]
# ## Exercise: one step of AMSGrad (2 points)
# The four gradients by hand, from $w = 0$, with $\eta = 0.1$, and $\beta_1 = \beta_2 = 0.5$ so that
# forgetting shows:
#
# | $t$ | $g$ | $\hat m$ | $v$ | $v^{\max}$ | corrected | step | $w$ after |
# |---|---|---|---|---|---|---|---|
# | 1 | 1 | 1 | 0.5 | 0.5 | 1 | −0.1 | −0.1 |
# | 2 | 1 | 1 | 0.75 | 0.75 | 1 | −0.1 | −0.2 |
# | 3 | −1 | −0.1429 | 0.875 | 0.875 | 1 | +0.0143 | −0.1857 |
# | 4 | 0 | −0.0667 | 0.4375 | 0.875 | 0.9333 | +0.0069 | −0.1788 |
#
# In step 4, $v$ halves and $v^{\max}$ stays. (Adam's last step would be 0.0098.) Adam's two lines are
# there. Add the new one, and the step.


# %%
def amsgrad_step(w, g, m, v, v_max, t, lr, beta1, beta2, eps):
    """Return the new point and the three memories, (w, m, v, v_max), all of them raw."""
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    ### BEGIN SOLUTION
    v_max = np.maximum(v_max, v)
    m_hat = m / (1 - beta1**t)
    w = w - lr * m_hat / (np.sqrt(v_max / (1 - beta2**t)) + eps)
    ### END SOLUTION
    return w, m, v, v_max


# %%
check("amsgrad-step", amsgrad_step)

# %%
hint("amsgrad-step")

# %%
step = ready("amsgrad-step", amsgrad_step)
w = m = v = v_max = np.zeros(1)
for t, g in enumerate((1.0, 1.0, -1.0, 0.0), start=1):
    w, m, v, v_max = step(w, np.array([g]), m, v, v_max, t, 0.1, 0.5, 0.5, 1e-8)
    print(f"g = {g:4}  v = {v[0]:.4g}  v_max = {v_max[0]:.4g}  w = {w[0]:.4g}")

# %% [markdown]
# ## Experiment: what the game costs
# **Regret** (lesson 07) is what you paid more than the best fixed point would have, here $-1$. Divide it
# by the rounds. A method that learns brings this to 0.

# %%
_, played["Adam, beta2 .999"] = rare_slope(Adam(beta1=0.0, beta2=0.999), 3, 10_000)
for name, points in played.items():
    regret = np.cumsum(slopes * (points + 1)) / np.arange(1, len(slopes) + 1)
    told = ", ".join(f"{regret[T - 1]:.2g} after {T}" for T in (100, 1000, 10000))
    print(f"{name:16}: ends at {points[-1]:+.2f}; regret a round {told}")

# %% [markdown]
# Adam pays 2/3 a round, for ever: two units in every three rounds, all there is to lose. AMSGrad's
# regret falls, for ten times the rounds by a factor of 5, then 4. Theory has $\sqrt{10}$ in the end, for
# steps that shrink like $1/\sqrt t$. At that pace 0.001 takes 300,000 to 400,000 rounds.
#
# And look at the last line. Adam with $\beta_2 = 0.999$, as everyone runs it, does *not* fail here.

# %% [markdown]
# ## Experiment: how long a memory is long enough?
# Make the large gradient rarer: one of size $C$ in every $C$ rounds, then $C - 1$ of −1. The best point
# is still $-1$. For each $C$, try memories $1/(1 - \beta_2)$ from 1 to 1000 rounds, all in one game.

# %%
memory = np.geomspace(1.1, 1000, 25)
fig, ax = figure(size=(6.8, 3.8))
for C in (3, 11, 31):
    _, points = rare_slope(Adam(beta1=0.0, beta2=1 - 1 / memory), C, rounds=20_000)
    end = points[-1000:].mean(axis=0)
    first = memory[np.argmax(end < 0)]
    print(f"1 in {C:2}: below 0 from {first:3.0f} rounds on; C^2 / 4 = {C**2 / 4:.0f}")
    ax.semilogx(memory, end, "o-", markersize=3, label=f"1 in {C}")
ax.set(xlabel=r"memory of squares, $1/(1-\beta_2)$ rounds", ylabel="mean point, last 1000 rounds")
ax.legend(title="large gradients", loc=(0.17, 0.4), frameon=False)
ax.set_title("The rarer the large gradient, the longer a memory Adam needs")
show(fig, alt="Each curve falls from +1, the rarer the later: through 0 near 2, 28 and 200 rounds.")

# %% [markdown]
# A memory as long as the time between two large gradients is not enough: with one in 11, one of 15 rounds
# still leads to the worst point. It takes about $C^2/4$ rounds. (Expand the roots for slow forgetting: a
# cycle of $C$ rounds moves $w$ up by a multiple of $C^2(1 - \beta_2)/4 - 1$.)

# %% [markdown]
# ## Claim court: "Adam does not converge"
# | for | against |
# |---|---|
# | You have just seen it walk to the worst point, on a convex problem without noise. | With the usual $\beta_2 = 0.999$ the same game is won. |
# | For any fixed $\beta_1 < \sqrt{\beta_2}$ there is a $C$ for which it fails (Reddi et al. 2018). | For a fixed problem there is a $\beta_2$ near 1 for which it converges, as far as noise lets it (Zhang et al. 2022). |
#
# **Verdict.** True, with a condition: the memory $1/(1-\beta_2)$ is too short for how rare and how large
# the large gradients are. Both theorems stand together; they choose $\beta_2$ and the problem in another
# order. What does the repair do on ordinary data? Wait for the digits.

# %% [markdown]
# ## The idea: Nadam takes tomorrow's momentum today
# Nesterov's method (lesson 06) looks ahead along the velocity. Adam's $m$ is a velocity, an averaged
# one. So look ahead along it: take the part of $m$ that the *next* step would use anyway.
#
# $$ \bar m_t = \frac{\beta_1\, m_t}{1 - \beta_1^{\,t+1}} + \frac{(1 - \beta_1)\, g_t}{1 - \beta_1^{\,t}},
# \qquad w_t = w_{t-1} - \eta\, \frac{\bar m_t}{\sqrt{\hat v_t} + \varepsilon}. $$
#
# | method | above the line |
# |---|---|
# | Adam | $\big(\beta_1\, m_{\mathbf{t-1}} + (1 - \beta_1)\, g_t\big) / (1 - \beta_1^t)$ |
# | Nadam | $\beta_1\, m_{\mathbf{t}} / (1 - \beta_1^{\mathbf{t+1}}) + (1 - \beta_1)\, g_t / (1 - \beta_1^t)$ |
#
# The old mean gives way to the new one, and the new one is corrected as it will be a step later.

# %% [markdown]
# ## Exercise: one step of Nadam (2 points)
# By hand again, with $\eta = 0.1$ and $\beta_1 = \beta_2 = 0.5$:
#
# | $t$ | $g$ | $m$ | $\bar m$ | $\hat v$ | step | $w$ after |
# |---|---|---|---|---|---|---|
# | 1 | 1 | 0.5 | 1.333 | 1 | −0.1333 | −0.1333 |
# | 2 | 1 | 0.75 | 1.095 | 1 | −0.1095 | −0.2429 |
# | 3 | −1 | −0.125 | −0.6381 | 1 | +0.0638 | −0.1790 |
# | 4 | 0 | −0.0625 | −0.0323 | 0.4667 | +0.0047 | −0.1743 |
#
# At step 3 the gradient turns, and Nadam turns with it more than four times as hard as Adam. One line is missing.


# %%
def nadam_step(w, g, m, v, t, lr, beta1, beta2, eps):
    """Return the new point and the raw moments, (w, m, v)."""
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    ### BEGIN SOLUTION
    m_bar = beta1 * m / (1 - beta1 ** (t + 1)) + (1 - beta1) * g / (1 - beta1**t)
    ### END SOLUTION
    v_hat = v / (1 - beta2**t)
    return w - lr * m_bar / (np.sqrt(v_hat) + eps), m, v


# %%
check("nadam-step", nadam_step)

# %% [markdown]
# ## Experiment: two limits of Nadam
# Without a memory, $\beta_1 = 0$, there is nothing to look ahead along: Adam. And under a constant
# gradient $\bar m$ ends at $g$, as Adam's $\hat m$ is; but the first step is longer.

# %%
tomorrow = ready("nadam-step", nadam_step)
w = m = v = np.zeros(3)
grads = np.random.default_rng(0).normal(size=(50, 3))
for t, g in enumerate(grads, start=1):
    w, m, v = tomorrow(w, g, m, v, t, 0.1, 0.0, 0.999, 1e-8)
print("beta1 = 0 is Adam:", np.allclose(w, remember(Adam(0.1, beta1=0.0), grads)[0][-1]))
way, _ = remember(Nadam(lr=1.0), np.ones(50))
print(f"constant gradient: first step {-way[1]:.4g} lr, step 50 {way[-2] - way[-1]:.4g} lr")

# %% [markdown]
# ## The idea: Lion keeps a sign
# Adam's step is a ratio: the mean gradient over its usual size. Drop the size. What is left of a ratio
# of about −1 to 1 is its **sign**. Every coordinate moves by $\eta$, forward or back, and that is all.
#
# Chen et al. (2023) did not think of this. They let a search among programs run for days, and it was
# left over. The name is short for *EvoLved Sign Momentum*:
#
# $$ c_t = \beta_1\, m_{t-1} + (1 - \beta_1)\, g_t, \qquad
# w_t = w_{t-1} - \eta\,\big(\operatorname{sign}(c_t) + \lambda\, w_{t-1}\big), \qquad
# m_t = \beta_2\, m_{t-1} + (1 - \beta_2)\, g_t. $$
#
# $c$ is used and thrown away; $m$ has a memory of its own, and is updated *after* the step. Usual:
# $\beta_1 = 0.9$, $\beta_2 = 0.99$. The sign of 0 is 0. $\lambda$, `wd` in code, is the weight decay.
#
# | method | direction | size | decay |
# |---|---|---|---|
# | Adam | $\hat m$ | $/ \sqrt{\hat v}$ | none |
# | AdamW (lesson 12) | $\hat m$ | $/ \sqrt{\hat v}$ | $\boldsymbol{- \eta \lambda w}$ |
# | Lion | $\mathbf{c}$ | **sign** | $- \eta \lambda w$ |

# %% [markdown]
# ## Exercise: one step of Lion (2 points)
# By hand, with $\eta = 0.1$, $\beta_1 = 0.9$, $\beta_2 = 0.99$ and no decay:
#
# | $t$ | $g$ | $c$ | sign | $w$ after | $m$ after |
# |---|---|---|---|---|---|
# | 1 | 1 | 0.1 | + | −0.1 | 0.01 |
# | 2 | 1 | 0.109 | + | −0.2 | 0.0199 |
# | 3 | −1 | −0.0821 | − | −0.1 | 0.0097 |
# | 4 | 0 | 0.0087 | + | −0.2 | 0.0096 |
#
# At step 3 it follows the newest gradient at once: a tenth of it outweighs a young $m$. At step 4 there
# is no gradient at all, and it moves at full speed. Write all three lines.


# %%
def lion_step(w, g, m, lr, beta1, beta2, wd):
    """Return the new point and the new memory, (w, m)."""
    ### BEGIN SOLUTION
    c = beta1 * m + (1 - beta1) * g
    w = w - lr * (np.sign(c) + wd * w)
    return w, beta2 * m + (1 - beta2) * g
    ### END SOLUTION


# %%
check("lion-step", lion_step)

# %% [markdown]
# So what did Lion remove? Let the two rules say it themselves.

# %%
settings = set(vars(Adam())) & set(vars(Lion()))
arrays = {"Adam": len(AdamState._fields), "Lion": 1}
print("settings that are left:", *sorted(settings), "- and of three memories, m")
reveal("lion-keeps", float(len(settings) + arrays["Lion"]))

# %% [markdown]
# Gone are the second moment $v$, the count $t$ with both corrections (a sign needs none), and
# $\varepsilon$ (nothing is divided). Four of seven are left, and two numbers a weight in place of three.

# %% [markdown]
# ## The idea: ten questions for a paper
# A new optimizer appears every week. Ask these ten, in this order. Most need no computer.
#
# | | question | why |
# |---|---|---|
# | 1 | Which *one* term differs from the neighbour? | most papers change one line |
# | 2 | What does it remember, what does a step cost? | memory and time are the price |
# | 3 | Which units has `lr`, and what size is a step? | decides where its `lr` lies |
# | 4 | Which settings make it an old method? | a check for the code, and its baseline |
# | 5 | What is it invariant to? | loss × 100, units, rotation |
# | 6 | Where does it fail? If the paper is silent, look. | a method without a weakness was not tested |
# | 7 | Was the rival tuned as hard: same grid, schedule, decay? | the commonest flaw of all |
# | 8 | How many seeds, and which spread? | one run is an anecdote |
# | 9 | Measured per step, per second, or per gradient? | the axis can choose the winner |
# | 10 | On what size, and which data? Are they yours? | results do not travel by themselves |
#
# Now apply it to Lion.

# %% [markdown]
# ## Experiment: questions 1 to 3, what a step is
# (1) The sign for the ratio. (2) One array for two; a step is a little cheaper. (3) `lr` is in units of
# $w$, as Adam's. But the *size*: a coordinate of Lion moves by exactly `lr`, if at all. How far do
# Adam's move, while a network learns the digits? Take the root mean square over all weights.

# %%
data, network = digits(), Network((64, 32, 10))
for rule in (Adam(0.01), Lion(0.002)):
    rng = np.random.default_rng(0)
    w = network.init(rng)
    state, sizes = rule.init(w), []
    for _ in range(4 * 42):
        some = rng.choice(len(data.train.y), 32)
        new, state = rule.step(w, network.grad(w, data.train.X[some], data.train.y[some]), state)
        sizes.append(np.sqrt(np.mean((new - w) ** 2)) / rule.lr)
        w = new
    later = np.mean(sizes[42:])
    print(f"{type(rule).__name__}: first step {sizes[0]:.1f} lr, later {later:.1f} lr")

# %% [markdown]
# (Not 1, because some pixels are always empty: no gradient, no step.) So to move as far
# as Adam, Lion wants a learning rate about five times as small. That is the paper's own advice: "3 to 10
# times smaller". And the decay shrinks $w$ by $\eta\lambda$ in each step, so $\lambda$ must be as many
# times larger. You know why from AdamW:

# %%
for name, rule in {
    "AdamW": AdamW(0.001, weight_decay=0.1),
    "Lion": Lion(0.0002, weight_decay=0.5),
}.items():
    way, _ = remember(rule, np.zeros(10_000), start=1.0)
    print(f"{name:5} with lr {rule.lr}, decay {rule.weight_decay}: {way[-1]:.3f} left of 1")

# %% [markdown]
# ## Experiment: question 4, limits that you know
# $\beta_1 = \beta_2$: then $c$ is the new $m$, and the step is the sign of a momentum, a method called
# Signum (Bernstein et al. 2018). Both 0: the sign of the gradient, which is Adam without memories.

# %%
lion = ready("lion-step", lion_step)
grads = np.random.default_rng(1).normal(size=(40, 3))
w = m = signum = mean = np.zeros(3)
plain = np.zeros(3)
for g in grads:
    w, m = lion(w, g, m, 0.1, 0.9, 0.9, 0.0)
    mean = 0.9 * mean + 0.1 * g
    signum = signum - 0.1 * np.sign(mean)
    plain, _ = lion(plain, g, np.zeros(3), 0.1, 0.0, 0.0, 0.0)
print("beta1 = beta2 is Signum:      ", np.allclose(w, signum))
without = remember(Adam(0.1, beta1=0.0, beta2=0.0, eps=1e-12), grads)[0][-1]
print("both 0 is Adam without memory:", np.allclose(plain, without))

# %% [markdown]
# ## Experiment: question 6, where does it fail?
# A sign does not get smaller on the way to a minimum. Take the simplest bowl, $w^2/2$, no noise, and a
# learning rate that stays.

# %%
bowl = quadratic([1.0], start=[1.0])
for rule in (Adam, Lion):
    for lr in (0.1, 0.01):
        last = np.abs(descend(rule(lr), bowl, steps=3000).points[-100:]).max()
        far = "less than 1e-8" if last < 1e-8 else f"up to {last / lr:.1f} lr"
        print(f"{rule.__name__:4} with lr {lr:<4}: at the end {far} away from the minimum")

# %% [markdown]
# Adam arrives; Lion walks to and fro over the minimum, by `lr`, for ever. **Lion needs a schedule**,
# more than any method before it. Questions 5 and 7 to 10 come with the data below.

# %% [markdown]
# ## The idea: Muon steps along all directions at once
# All these methods treat a weight matrix as a bag of numbers. It is more: it maps inputs to outputs, and
# has directions. Look at the singular values of a hidden layer's gradient, on the digits after an epoch.

# %%
trained = train(Adam(0.01), network, data, 1, 32, np.random.default_rng(0), progress=False)
g = network.grad(trained.w, data.train.X[:32], data.train.y[:32])
G = network.unpack(g)[0][0]
fig, ax = figure(size=(6.5, 3.8))
for name, matrix in {"gradient": G, "its sign, as in Lion": np.sign(G)}.items():
    s = np.linalg.svd(matrix, compute_uv=False)
    s = s[s > 1e-10 * s[0]] / s[0]
    ax.semilogy(np.arange(1, len(s) + 1), s, "o-", markersize=4, label=name)
    print(f"{name:20}: number 8 of {len(s)} is {s[7]:.2g} of the first")
ax.set(xlabel="number", ylabel="singular value, over the largest")
ax.legend(loc="lower left", frameon=False)
ax.set_title(
    "A few directions own the gradient;\nhalf of them have less than a hundredth of the first"
)
show(fig, alt="Singular values of the gradient and its sign on a log axis; both fall steeply.")

# %% [markdown]
# A step along this gradient changes what the layer does in a few directions, and hardly at all in the
# others. **Muon** makes them all equal: it keeps the singular vectors, and sets the singular values to
# 1, or near it. Then no direction is left behind. Write $G = U \Sigma V^{\mathsf T}$ for the singular value
# decomposition; the step is along $U V^{\mathsf T}$.

# %% [markdown]
# ## The equation: near 1 by matrix products alone
# A decomposition is slow on a graphics card, products are fast. If $A = X X^{\mathsf T}$, then
#
# $$ X \leftarrow a\, X + (b\, A + c\, A A)\, X $$
#
# leaves the singular vectors as they are, and moves each singular value by
# $s \leftarrow a s + b s^3 + c s^5$. Begin with $X = G / \lVert G \rVert_F$, the norm of all entries, so
# that all $s \le 1$; repeat five times. This is a **Newton-Schulz** iteration. Jordan et al. (2024)
# chose $a = 3.4445$, $b = -4.7750$, $c = 2.0315$: steep at zero, so that small values grow fast.
#
# Muon is that, on Nesterov's momentum in its rewritten form (lesson 06):
#
# $$ v_t = \beta\, v_{t-1} + g_t, \qquad w_t = w_{t-1} - \eta\; \mathrm{NS}_5(g_t + \beta\, v_t). $$
#
# It is for the matrices inside a network. Biases, the last layer, and tables of words are left to Adam.

# %% [markdown]
# ## Exercise: Newton-Schulz (3 points)
# By hand, for the diagonal matrix with 3 and 4. Its norm is 5, so it begins with 0.6 and 0.8:
#
# | round | $s_1$ | $s_2$ |
# |---|---|---|
# | 0 | 0.6 | 0.8 |
# | 1 | 1.193 | 0.9765 |
# | 2 | 0.9119 | 0.7211 |
# | 3 | 0.8011 | 1.089 |
#
# They do not settle at 1: they dance around it. Write it for any matrix that is not zero.


# %%
def newton_schulz(G, steps):
    """Return a matrix of the shape of G, after `steps` rounds."""
    a, b, c = 3.4445, -4.7750, 2.0315
    ### BEGIN SOLUTION
    X = G / np.linalg.norm(G)
    for _ in range(steps):
        A = X @ X.T
        X = a * X + (b * A + c * A @ A) @ X
    return X
    ### END SOLUTION


# %%
check("newton-schulz", newton_schulz)

# %%
hint("newton-schulz")

# %%
schulz = ready("newton-schulz", newton_schulz)
for rounds in range(4):
    print(f"round {rounds}:", *(f"{s:.4g}" for s in np.diag(schulz(np.diag([3.0, 4.0]), rounds))))

# %% [markdown]
# ## Explorer: from the matrix to nearly ones
# Left, what the rounds make of a singular value, on a log axis; the dots are those of a random matrix.
# Right, the values before and after. First go through the rounds, 0 to 5. Which value lags behind? Then
# add columns. Then try the classical cubic, $\tfrac32 s - \tfrac12 s^3$, which does settle at 1: how
# many rounds does it need?

# %%
singular_values()

# %% [markdown]
# ## Experiment: how near is near?
# Feed the map with every singular value from 0.01 to 1, as a diagonal matrix. And then square and wide
# matrices of random numbers: what is the smallest singular value after five rounds?

# %%
s = np.linspace(0.01, 1, 100_001)
for _ in range(5):
    s = 3.4445 * s - 4.7750 * s**3 + 2.0315 * s**5
print(f"from 0.01 to 1: after five rounds all lie in [{s.min():.2f}, {s.max():.2f}]")

for columns in (128, 256):
    lowest = []
    for seed in range(5):
        random = np.random.default_rng(seed).normal(size=(128, columns))
        lowest.append(np.linalg.svd(schulz(random, 5), compute_uv=False).min())
    print(f"128 x {columns}: the smallest, for five matrices:", *(f"{x:.2f}" for x in lowest))

# %% [markdown]
# From 0.01 on, everything lands between 0.68 and 1.13. Below, five rounds are too few: they multiply a
# tiny value by $3.4445^5 = 485$ at most. A square random matrix has a singular value close to 0 (here
# divided by the norm of 16,384 entries), and keeps one of 0.06 to 0.2. A wide one has none.

# %% [markdown]
# ## Claim court: "Muon orthogonalises the gradient"
# | for | against |
# |---|---|
# | The singular vectors stay, and most singular values end near 1. | "Near" is 0.68 to 1.13, and they never settle. |
# | With the exact $U V^{\mathsf T}$ training goes about as well, say its authors. | A direction without gradient keeps 0; a weak one is left behind. |
#
# **Verdict.** Roughly, and with a condition: for singular values above a hundredth of the norm. That is
# enough, since all that is wanted is that no direction is a hundred times as slow as another.

# %% [markdown]
# ## Spot the bug: powers in NumPy
# "$X \leftarrow aX + bX^3 + cX^5$", says a note, and here it is. No error, no warning, and a network trains
# with it.


# %% tags=["bug"]
def powers_schulz(G, steps):
    X = G / np.sqrt((G**2).sum())
    for _ in range(steps):
        X = 3.4445 * X - 4.7750 * X**3 + 2.0315 * X**5
    return X


random = np.random.default_rng(0).normal(size=(20, 60))
for name, function in {"right": schulz, "powers": powers_schulz}.items():
    s = np.linalg.svd(function(random, 5), compute_uv=False)
    print(f"{name:6}: singular values from {s[-1]:.2g} to {s[0]:.2g}")

# %%
diagnose("newton-schulz", powers_schulz)

# %% [markdown]
# `**` works entry by entry, so it is the *entries* that are brought near ±1. That is a soft sign: this
# bug has turned Muon into something like Lion. It trains, and so nobody looks.

# %% [markdown]
# ## Spot the bug: one line too early
# A Lion that a colleague tidied up. The memory is updated first, "as in Adam", and the rest follows.


# %% tags=["bug"]
def tidy_step(w, g, m, lr, beta1, beta2, wd):
    m = m + (1 - beta2) * (g - m)
    c = m + (1 - beta1) * (g - m)
    return w - lr * (np.sign(c) + wd * w), m


grads = 0.3 + np.random.default_rng(0).normal(size=1000)
for name, function in {"right": lion, "tidy": tidy_step}.items():
    w = m = 0.0
    for g in grads:
        w, m = function(w, g, m, 0.001, 0.9, 0.99, 0.0)
    print(f"{name:5}: after 1000 noisy gradients w = {w:.3f}")

# %%
diagnose("lion-step", tidy_step)

# %% [markdown]
# The newest gradient now counts in both lines, $0.109$ in place of $0.1$. The path differs by so little
# that no training curve shows it. Only a check that compares *paths* does.

# %% [markdown]
# ## Real data: questions 7 to 10
# The digits, a network with 32 hidden units, **four epochs**. What is needed for a fair answer:
#
# - the same effort for each: five learning rates, three seeds, chosen by the *validation* accuracy;
# - the same schedule for each: `lr` falls in a straight line to 0 (question 6 said Lion needs that);
# - a verdict from eight *fresh* seeds on the test images, with its standard error;
# - Muon steps the hidden matrix, Adam the rest, at Adam's own learning rate.

# %%
rates = np.geomspace(0.01, 0.3, 5)
rivals = {
    "momentum": (Momentum, 3 * rates, 4),
    "Adam": (Adam, rates, 4),
    "AMSGrad": (AMSGrad, rates, 4),
    "Nadam": (Nadam, rates, 4),
    "Lion": (Lion, rates / 4, 4),
    "Muon": (lambda lr: Layerwise(network, Muon(lr), Adam(0.05)), 2 * rates, 4),
    "Adam, 12 epochs": (Adam, rates, 12),
}
results = {}
for name, (make, lrs, epochs) in rivals.items():
    fall = {"fresh": range(100, 108), "decay": lambda u: 1 - u}
    results[name] = playoff(make, lrs, network, data, epochs, **fall)

# %%
for name, result in results.items():
    print(
        f"{name:15}: lr {result.lr:.1g}" + (", at the EDGE of its grid" if result.at_edge else "")
    )

# %%
fig, ax = figure(size=(7, 3.8))
for row, result in enumerate(results.values()):
    ax.plot(result.test, np.full(8, row), ".", color="0.7")
    ax.errorbar(result.test.mean(), row, xerr=2 * result.error, fmt="o", capsize=4)
ax.set_yticks(range(len(results)), list(results))
ax.invert_yaxis()
ax.set(xlabel="test accuracy, %; dots are seeds, bars two standard errors", ylabel="method")
ax.set_title("Gradient for gradient Muon leads;\nAdam with three times as many draws level")
show(
    fig,
    alt="Test accuracy of seven entries with error bars. Momentum, Adam, AMSGrad and Nadam lie near "
    "97 percent, their bars overlap. Lion is a point lower. Muon and Adam with 12 epochs are near "
    "98.5, and overlap.",
)

# %%
best = results["Muon"]
for name, result in results.items():
    behind = best.test.mean() - result.test.mean()
    sure = 2 * np.hypot(best.error, result.error)
    word = "a tie with Muon" if behind < sure else "behind Muon by more than two standard errors"
    print(f"{name:15}: about {result.test.mean():.0f} %" + (f", {word}" if name != "Muon" else ""))

# %% [markdown]
# AMSGrad ends where Adam ends: what it repairs does not happen here.
#
# Why is the last row there? Because of question 9. Muon makes more of each gradient, and pays for it with
# matrix products. Count the multiplications of one update, for this matrix of 64 × 32 and a batch of 32,
# and for a matrix of a language model.

# %%
for n, m, batch in ((64, 32, 32), (4096, 4096, 500_000)):
    gradient = 3 * batch * n * m  # forward, and backward twice
    low = min(n, m)
    schulz_cost = 5 * (2 * low * low * max(n, m) + low**3)  # X X', A A, and one with X; five rounds
    print(f"{n} x {m}, batch {batch}: Newton-Schulz costs {schulz_cost / gradient:.2g} gradients")

# %% [markdown]
# On this computer, for whole runs of four epochs:

# %% tags=["timing"]
for name in ("Adam", "Muon"):
    make, lrs, epochs = rivals[name]
    begin = time.process_time()
    train(make(lrs[2]), network, data, epochs, 32, np.random.default_rng(0), progress=False)
    print(f"{name}: {1000 * (time.process_time() - begin):.0f} ms")

# %% [markdown]
# ## Claim court: "Lion beats Adam", "Muon beats Adam"
# | for | against |
# |---|---|
# | Lion: less memory; better results on large vision and language models (Chen et al. 2023). | Here, tuned as hard, it is about a point behind Adam. |
# | Muon: here, more than a point ahead of Adam after four epochs, beyond two standard errors. Records for small language models (Jordan et al. 2024). | Adam, given three times the gradients, is level: by the clock that is about Muon's price. Two learning rates, one of them tuned beforehand. |
#
# **Verdict on Lion.** Not here. It keeps two numbers for each weight where Adam keeps three: where memory
# is short, a point can be a fair price.
#
# **Verdict on Muon.** Per gradient, yes, on this network. Per second, about a tie: for a batch of 32 its
# products cost more than the gradient. For large batches they cost next to nothing, and then the first
# sentence is the one that counts. This was 2,400 weights and 1,347 images: question 10 is yours.

# %% [markdown]
# ## Experiment: what is invariant?
# Question 5. The loss times 100, other units for the first coordinate, axes turned by 45 degrees. Muon
# takes a matrix, so let the point be a matrix of one row.

# %%
louder = quadratic((1.0, 100.0), start=(10, 1))
units = quadratic((0.0001, 1.0), start=(100, 1))
turned = quadratic((0.01, 1.0), rotation=np.pi / 4)
c = np.sqrt(0.5)
back = {louder: np.eye(2), units: np.diag([0.1, 1.0]), turned: np.array([[c, -c], [c, c]])}
print("          loss x 100, units, rotation")
for rule in (AMSGrad(0.07), Nadam(0.07), Lion(0.07), Muon(0.07)):
    same = descend(rule, valley, valley.start[None], steps=50).points
    told = []
    for problem, turn in back.items():
        points = descend(rule, problem, problem.start[None], steps=50).points @ turn
        told.append("yes" if np.allclose(points, same, 1e-4) else "no")
    print(f"{type(rule).__name__:8}", *told)

# %% [markdown]
# | method | loss × 100 | units | rotation |
# |---|---|---|---|
# | gradient descent, momentum, Nesterov | no | no | **yes** |
# | Adagrad, RMSprop, Adam | **yes** | no | no |
# | Adadelta, as everyone runs it | nearly | no | no |
# | AMSGrad, Nadam | **yes** | no | no |
# | Lion | **yes** | no | no |
# | Muon | **yes** | no | **yes** |
#
# Of the methods that see gradients alone, Muon is the first with two: no size, since it is divided out,
# and no axes, since a turned matrix has the same singular values. A matrix of one row has a single one; there Muon is momentum at constant speed.

# %% [markdown]
# ## When it fails: a score that is too good
# The valley, 100 gradients, each method at its best. Read the legend with your ten questions in hand.

# %%
methods = contest("Lion", valley)
shown = {
    name: methods[name]
    for name in ("gradient descent", "momentum", "Adam", "AMSGrad", "Nadam", "Lion")
}
fig, ax = figure(size=(8, 5.4))
family(ax, valley, shown)
ax.set(xlabel="$w_1$", ylabel="$w_2$")
ax.set_title("Lion reaches exactly zero: because the start\nis (10, 1), and its steps are 1")
show(
    fig,
    alt="The valley with the best paths of six methods. Lion walks in steps of 1 along the diagonal "
    "and then along the axis, and lands on the minimum with loss 0.",
)

# %%
for name, result in contest("Lion", askew).items():
    if name in shown:
        power = np.floor(np.log10(result.path.values[-1]))
        print(f"turned by 30 degrees, {name:17} about 10^{power:.0f}")

# %% [markdown]
# A loss of exactly 0 is no triumph. It is a grid that happened to hold the one `lr` which divides the
# start. Turn the valley, and Lion is behind momentum: a sign cannot make its steps smaller. When a
# result is too good, look for the coincidence first.
#
# - **AMSGrad** never forgets: one wild gradient makes all later steps small, for ever.
# - **Nadam** is Adam where Adam is good. Its look-ahead seldom shows through the noise of a batch.
# - **Lion** needs a schedule, and its own scale of `lr` and decay.
# - **Muon** needs matrices, a second rule for the rest, and large batches to be cheap.

# %% [markdown]
# ## Summary
# - A denominator that forgets can lead Adam uphill, if its memory is short for gradients that are rare
#   and large. AMSGrad keeps the maximum.
# - Nadam uses the new mean, corrected for $t + 1$, where Adam uses the old one.
# - Lion is the sign of a mix: of Adam's seven things it keeps four. Its steps are all `lr` long.
# - Muon sets the singular values of a matrix near 1, by five rounds of products.
# - Ten questions come before the first run. The seventh, *was the rival tuned as hard*, decides most.

# %% [markdown]
# The family, whole:
#
# ```
# gradient descent          w = w - lr * g
# ├── momentum              v = beta * v + g           w = w - lr * v
# │   ├── Nesterov          the same, g at w - lr * beta * v
# │   │   └── Muon          its step, with all singular values near 1
# │   └── Lion              the sign of a momentum
# └── Adagrad               G = G + g**2               w = w - lr * g / (sqrt(G) + eps)
#     ├── Adadelta          a mean for G, and the root of mean squared steps for lr
#     └── RMSprop           s = mean of g**2, memory rho   w = w - lr * g / (sqrt(s) + eps)
#         └── Adam          and momentum's mean of g on top, both corrected while young
#             ├── AdamW     weights shrink by themselves
#             ├── AMSGrad   the largest v so far
#             └── Nadam     Nesterov's look-ahead in m
# ```
#
# The tree is open at the end. You have the tools to grow it, and to prune it.

# %%
progress("16_frontier")

# %% [markdown]
# ## Sources
# - Reddi, Kale and Kumar (2018), *On the Convergence of Adam and Beyond*: the game, AMSGrad.
# - Zhang et al. (2022), *Adam Can Converge Without Any Modification on Update Rules*: the other order.
# - Dozat (2016), *Incorporating Nesterov Momentum into Adam*: Nadam, there with a momentum schedule.
# - Chen et al. (2023), *Symbolic Discovery of Optimization Algorithms*: Lion.
# - Bernstein et al. (2018), *signSGD*: signs, and Signum.
# - Loshchilov and Hutter (2019), *Decoupled Weight Decay Regularization*: AdamW.
# - Jordan et al. (2024), *Muon: An optimizer for hidden layers in neural networks* (post): Muon, the
#   coefficients, the cost. Kovarik (1970), Björck and Bowie (1971): the iteration.
# - Choi et al. (2019), *On Empirical Comparisons of Optimizers for Deep Learning*: tuning decides.
