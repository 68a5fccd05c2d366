# %% [markdown]
# # Let the steps set their own size, and find the knob that is still there
#
# | | |
# |---|---|
# | **Do** | write an average that forgets, and Adadelta; find its hidden learning rate |
# | **Learn** | what an exponential average costs, which units a step must have, what `eps` really does |
# | **Need** | [Adagrad](07_adagrad.ipynb) |
# | **Time** | 55 minutes |

# %%
import numpy as np

from course_lib.data import digits
from course_lib.descent import descend, train
from course_lib.exercises import check, diagnose, hint, predict, progress, ready, reveal
from course_lib.explorers import adadelta_knobs
from course_lib.models import SoftmaxRegression
from course_lib.optimizers import GD, Adadelta, Adagrad
from course_lib.plots import family, figure, show
from course_lib.problems import quadratic, valley
from course_lib.streams import burst, remember
from course_lib.sweep import contest

# %% [markdown]
# ## Recall: three questions from lesson 06
# Answer in your head, then open the answer.
#
# <details><summary>Where does Nesterov's method ask for the gradient?</summary>
# Where the velocity is about to carry it: at w - lr beta v.
# </details>
#
# <details><summary>Does it bear a larger learning rate than gradient descent?</summary>
# No, a smaller one: 2(1 + beta)/(1 + 2 beta) over L, which at beta 0.9 is 1.357/L, against 2/L.
# </details>
#
# <details><summary>What rate does it reach on a quadratic with condition number k?</summary>
# 1 - 1/root k: at k = 100 that is 0.900, where gradient descent has 0.980.
# </details>

# %% [markdown]
# ## Predict: from kilometres to metres
# Take the parabola $f(w) = w^2/2$, with $w$ in kilometres, and start 10 km from its minimum. With its
# default settings, the method of this lesson walks 9.6 km in 2000 steps.
#
# Now somebody measures the same $w$ in **metres**. The start is 10 000, the function has the same
# values at the same places, the settings are untouched. How many *kilometres* does it walk in 2000
# steps? Replace `None` by your guess.

# %%
predict("kilometres-walked", None)

# %% [markdown]
# ## The idea: forget
# Adagrad adds up all squared gradients and forgets none. Lesson 07 ended with a burst: ten gradients
# of 100 among a thousand of 1. Divide each step by what it would have been without the burst.

# %%
g = burst(steps=1000, at=100, size=100.0, length=10)
calm, shaken = (np.diff(remember(Adagrad(lr=1.0), gs)[0]) for gs in (np.ones(1000), g))

fig, ax = figure(size=(6.5, 3.6))
ax.semilogy(np.arange(1, 1001), shaken / calm)
ax.set(xlabel="step", ylabel="step / step without the burst")
ax.set_title("900 steps after the burst, Adagrad is still ten times too slow")
show(
    fig,
    alt="The ratio of Adagrad's steps with and without a burst, on a log scale. It is 1, jumps to 10 "
    "in the burst at step 100, then falls to 0.03 and climbs slowly to 0.1 at step 1000.",
)

# %% [markdown]
# So look only at the *last* gradients, a **window** of 100, say. But then you must keep them, to know
# which one drops out. What does that cost for a network with ten million weights, in float32?

# %%
bytes_each, weights = np.dtype(np.float32).itemsize, 10_000_000
print(f"window of 100 gradients: {100 * weights * bytes_each / 1e9:g} GB")
print(f"one running average:     {weights * bytes_each / 1e6:g} MB")

# %% [markdown]
# A hundred times the model itself, against once. The cheap one is the **exponential moving average**:
# one number per weight that fades a little in every step.

# %% [markdown]
# ## The equation of an average that forgets
# $$ m_t = \beta\, m_{t-1} + (1 - \beta)\, x_t, \qquad m_0 = 0. $$
#
# $x_t$ is what comes in, $m_t$ the average, $0 \le \beta < 1$ the share of the old that is kept. A
# value that came $k$ steps ago has the weight $(1-\beta)\beta^k$. All in all it looks back about
# $1/(1-\beta)$ steps: 20 for $\beta = 0.95$.
#
# At first it is too small, since $m_0 = 0$ is not data. The weights so far add up to $1 - \beta^t$;
# dividing by that **corrects** it. By hand, with $\beta = 0.5$:
#
# | $t$ | $x$ | $m$ | $1 - \beta^t$ | corrected |
# |---|---|---|---|---|
# | 1 | 1 | 0.5 | 0.5 | 1 |
# | 2 | 1 | 0.75 | 0.75 | 1 |
# | 3 | 1 | 0.875 | 0.875 | 1 |
# | 4 | 0 | 0.4375 | 0.9375 | 0.4667 |

# %% [markdown]
# ## Exercise: an average that forgets (2 points)
# Return all averages of `xs`, one for each entry along its first axis. If `correct` is true, return
# the corrected ones; the `m` that you keep stays raw in any case.
#
# The frame is there. Fill in the loop: two or three lines.


# %%
def ema(xs, beta, correct):
    """Return the running averages, in the shape of xs."""
    m, averages = 0.0, []
    for t, x in enumerate(xs, start=1):
        ### BEGIN SOLUTION
        m = beta * m + (1 - beta) * x
        averages.append(m / (1 - beta**t) if correct else m)
        ### END SOLUTION
    return np.array(averages)


# %%
check("ema", ema)

# %%
hint("ema")

# %% [markdown]
# Now three memories of the same burst: Adagrad's mean of all squares, a window of 20, and your
# average with $\beta = 0.95$. Roots are taken, so that a gradient of 1 reads as 1.

# %%
average = ready("ema", ema)
t = np.arange(1, 1001)
memories = {
    "mean of all": np.cumsum(g**2) / t,
    "window of 20": np.convolve(g**2, np.ones(20) / 20)[:1000],
    "your average": average(g**2, 0.95, False),
}

# %%
fig, ax = figure(size=(6.5, 4))
for name, squares in memories.items():
    ax.semilogy(t, np.sqrt(squares), label=name)
ax.set(xlabel="step", ylabel="root of the mean square", xlim=(0, 600))
ax.set_title("A fading average gets over a burst")
ax.legend()
show(
    fig,
    alt="Root mean squares on a log scale. After the burst the mean of all stays high, the window drops "
    "at once after 20 steps, the exponential average comes down in a straight line within 250.",
)

# %% [markdown]
# It fades by 5 % a step: a straight line on the log scale, and then the burst is gone.

# %% [markdown]
# ## The idea of units: how long is a step?
# Forgetting is half of Adadelta. The other half asks: in which *units* is a step? Let $w$ be in metres
# and the loss in euros. A gradient is in euros per metre. A step should be in metres.
#
# | method | step | units |
# |---|---|---|
# | gradient descent | $\eta\, g$ | right only if $\eta$ is in metres² per euro |
# | Adagrad | $\eta\, g / \sqrt G$ | right only if $\eta$ is in metres |
# | Newton | $g / H$ | euro/metre over euro/metre²: metres, by itself |
#
# Each learning rate hides units, which is why it has to be tuned anew for each problem. Zeiler (2012)
# wanted none. Where to get metres from? From the *steps before*:
#
# $$ \text{step} = \frac{\text{typical size of the last steps}}{\text{typical size of the last gradients}}
# \; g. $$

# %% [markdown]
# ## The equation: Adadelta
# For each coordinate alone, with two averages, of squared gradients and of squared steps:
#
# $$ \begin{aligned}
# E_g &\leftarrow \rho\, E_g + (1-\rho)\, g^2 \\
# d &= \frac{\sqrt{E_d + \varepsilon}}{\sqrt{E_g + \varepsilon}}\; g \\
# E_d &\leftarrow \rho\, E_d + (1-\rho)\, d^2 \\
# w &\leftarrow w - d
# \end{aligned} $$
#
# - $g$ is the gradient, $d$ the step, $w$ the point.
# - $E_g$ and $E_d$ (`Eg`, `Ed`) start at 0. When $d$ is computed, $E_g$ knows this gradient already;
#   $E_d$ cannot know this step yet.
# - $\rho$ (`rho`) is the share of memory kept, 0.95 by default.
# - $\varepsilon$ (`eps`), $10^{-6}$ by default, stands *inside* both roots.

# %% [markdown]
# ## The equation beside its neighbour
# What has changed since Adagrad:
#
# | | Adagrad | Adadelta | what is new |
# |---|---|---|---|
# | memory of gradients | $G + g^2$ | $\rho\, E_g + (1 - \rho)\, g^2$ | it forgets |
# | below the line | $\sqrt{G} + \varepsilon$ | $\sqrt{E_g + \varepsilon}$ | $\varepsilon$ inside |
# | above the line | $\eta$ | $\sqrt{E_d + \varepsilon}$ | **no learning rate** |
# | memory of steps | none | $\rho\, E_d + (1-\rho)\, d^2$ | all of it |

# %% [markdown]
# By hand, the four gradients 1, 1, −1, 0, with $\rho = 0.5$ and a large $\varepsilon = 0.01$:
#
# | step | $g$ | $E_g$ | $d$ | $E_d$ after | $w$ after |
# |---|---|---|---|---|---|
# | 1 | 1 | 0.5 | 0.1400 | 0.0098 | −0.1400 |
# | 2 | 1 | 0.75 | 0.1614 | 0.0179 | −0.3015 |
# | 3 | −1 | 0.875 | −0.1777 | 0.0247 | −0.1238 |
# | 4 | 0 | 0.4375 | 0 | 0.0124 | −0.1238 |
#
# Adagrad's steps got shorter. These get *longer*: each step makes the next one larger.

# %% [markdown]
# ## Exercise: how far the first step goes (1 point)
# Both memories are 0 at first. So where do the first metres come from? Put zeros into the equation,
# and return the first $d$, for any `rho`, `eps` and gradient `g`. Check it against the table.


# %%
def adadelta_first_step(rho, eps, g):
    """Return d of the first step, a float with the sign of g."""
    ### BEGIN SOLUTION
    return float(np.sqrt(eps) * g / np.sqrt((1 - rho) * g**2 + eps))
    ### END SOLUTION


# %%
check("adadelta-first-step", adadelta_first_step)

# %% [markdown]
# Now see what it depends on. Here are gradients of very different size, then three values of `eps`.

# %%
first = ready("adadelta-first-step", adadelta_first_step)
for g in (0.1, 1.0, 1000.0):
    print(f"g = {g:6g}, eps = 1e-6: first step {first(0.95, 1e-6, g):.4g}")
for eps in (1e-8, 1e-4, 1e-2):
    print(f"g =      1, eps = {eps:g}: first step {first(0.95, eps, 1.0):.4g}")

# %% [markdown]
# The gradient hardly matters; `eps` does. While $\varepsilon$ is small beside $(1-\rho)g^2$, the first
# step is $\sqrt{\varepsilon/(1-\rho)}$: a hundred times the `eps`, ten times the step. A number that
# was put there against 0/0 says how far you go.

# %% [markdown]
# ## Exercise: one step of Adadelta (3 points)
# No frame this time. Return the new point and the two new memories, in this order. The order of the
# four lines above is the whole difficulty.


# %%
def adadelta_step(w, g, Eg, Ed, rho, eps):
    """Return the new w, Eg and Ed; leave the inputs alone."""
    ### BEGIN SOLUTION
    Eg = rho * Eg + (1 - rho) * g**2
    d = np.sqrt(Ed + eps) / np.sqrt(Eg + eps) * g
    Ed = rho * Ed + (1 - rho) * d**2
    return w - d, Eg, Ed
    ### END SOLUTION


# %%
check("adadelta-step", adadelta_step)

# %% [markdown]
# Push your function to a limit. If `eps` is huge beside both memories, both roots are $\sqrt\varepsilon$,
# they cancel, and $d = g$. What method is that?

# %%
step = ready("adadelta-step", adadelta_step)
w, Eg, Ed = valley.start, np.zeros(2), np.zeros(2)
for _ in range(50):
    w, Eg, Ed = step(w, valley.grad(w), Eg, Ed, 0.95, 1e8)
print(
    "same as gradient descent with lr 1:",
    np.allclose(w, descend(GD(1.0), valley, steps=50).points[-1]),
)

# %% [markdown]
# ## Explorer: turn the two knobs
# The parabola, from $w = 10$. Turn `eps` up from $10^{-8}$, and watch the size of the steps and the
# number that it takes to come to 1. Then change `rho`. Which of the two matters more?

# %%
adadelta_knobs()

# %% [markdown]
# ## Experiment: a learning rate in disguise
# From 10 to 1 on $w^2/2$, with four values of `eps` at once, from the tiny to the large.

# %%
eps = np.array([1e-8, 1e-6, 1e-4, 1e-2]).reshape(-1, 1)
parabola = quadratic((1.0,), start=[10.0])
run = descend(Adadelta(eps=eps), parabola, start=np.full((4, 1), 10.0), steps=9500)
counts = (run.points[..., 0] <= 1).argmax(axis=0)
for e, count in zip(eps[:, 0], counts, strict=True):
    print(f"eps = {e:g}: {count} steps")

# %% [markdown]
# From nine thousand steps to forty-two, by a number that most people never touch. Choosing `eps` is
# choosing a learning rate.

# %% [markdown]
# ## Experiment: the same walk in metres
# Now your prediction. In metres the numbers are 1000 times as large, so the curvature is $10^{-6}$:
# the values of $f$ are the same.

# %%
metres = quadratic((1e-6,), start=[10_000.0])
in_km = descend(Adadelta(), parabola, steps=2000).points[:, 0]
in_m = descend(Adadelta(), metres, steps=2000).points[:, 0] / 1000
print(f"measured in kilometres, it walks {10 - in_km[-1]:.4g} km")
reveal("kilometres-walked", 10 - in_m[-1])

# %% [markdown]
# Fourteen *metres*! The method was built to have the right units. But `eps` is added to a squared
# gradient below, and to a squared step above: it would need two kinds of units, and it is given as a
# bare number. Its root sets the first step: 0.0045, of whatever you measure in.
#
# Let it carry its units: $\varepsilon_g$ below, in units of $g^2$, and $\varepsilon_d$ above, in those
# of $d^2$. Put the factor $c = \sqrt{\varepsilon_d / \varepsilon_g}$ in front, and the rest is Adadelta
# with one $\varepsilon_g$: so two eps are one eps and a **learning rate** $c$, in metres² per euro, the
# units of gradient descent's $\eta$. The course's `Adadelta` has that factor as `lr`.

# %%
# In metres g is 1000 times smaller, d 1000 times larger: eps_g = 1e-12, eps_d = 1, so c = 1e6.
carried = descend(Adadelta(lr=1e6, eps=1e-12), metres, steps=2000).points[:, 0] / 1000
print(
    "in metres, eps with its units: off by less than 1e-12:", np.abs(carried - in_km).max() < 1e-12
)
print(f"as everyone runs it: off by {np.abs(in_m - in_km).max() / 10:.2f} of the way")

# %% [markdown]
# The walk is the same, to the last digits, once `eps` has its units. As everyone runs it, with one
# bare number for both, the hidden learning rate is $c = 1$. You met it a moment ago: with a huge `eps`
# the method *was* gradient descent with a learning rate of 1.

# %% [markdown]
# ## Experiment: what is invariant?
# The three changes of lesson 02 again, with Adadelta's defaults. This time we print how far the way
# walked in 50 steps is from the original one.

# %%
rule, c = Adadelta(), np.sqrt(0.5)
same = descend(rule, valley, steps=50).points
louder = descend(rule, quadratic((1.0, 100.0), start=(10, 1)), steps=50).points
units = descend(rule, quadratic((0.0001, 1.0), start=(100, 1)), steps=50).points * (0.1, 1.0)
rotated = descend(rule, quadratic((0.01, 1.0), rotation=np.pi / 4), steps=50).points
rotated = rotated @ np.array([[c, -c], [c, c]])
way = np.linalg.norm(same[-1] - same[0])
for name, other in {"loss x 100": louder, "units": units, "rotation": rotated}.items():
    print(f"{name:10} off by {np.linalg.norm(other[-1] - same[-1]) / way:.2g} of the way")

# %% [markdown]
# | method | loss × 100 | units | rotation |
# |---|---|---|---|
# | gradient descent, momentum, Nesterov | no | no | **yes** |
# | Adagrad | **yes** | no | no |
# | Adadelta | nearly | no | no |
#
# *Nearly*, while $\varepsilon$ is small beside $E_g$. With an $\varepsilon$ that carries its units the
# first two would be *yes*. Rotation breaks it as it breaks everything that works axis by axis.

# %% [markdown]
# ## Real data: does the default eps do?
# Softmax regression on the digits, 5 epochs of batches of 32, three seeds each. Gradient descent with a
# learning rate of 1 stands beside it.

# %%
model, data = SoftmaxRegression(64, 10), digits()
rules = {f"Adadelta, eps {e:g}": Adadelta(eps=e) for e in (1e-8, 1e-6, 1e-4, 1e-2, 1.0)}
for name, rule in (rules | {"GD, lr 1": GD(1.0)}).items():
    runs = [train(rule, model, data, 5, 32, np.random.default_rng(seed)) for seed in range(3)]
    losses = [run.loss[-1] for run in runs]
    accuracy = 100 * np.mean([run.validation_accuracy[-1] for run in runs])
    print(f"{name:20} training loss {min(losses):.2f} to {max(losses):.2f}", end=", ")
    print(f"validation {accuracy:.0f} %")

# %% [markdown]
# With the default $10^{-6}$ the loss is three times as high as it could be by now. A larger `eps` helps,
# until from $10^{-2}$ on you have gradient descent with a learning rate of 1, to two digits. (Pixels
# between 0 and 1 happen to make 1 a good learning rate.)

# %% [markdown]
# ## Spot the bug: the method that never starts
# "eps prevents division by zero", said the notes, and so their author put it where the division is.
# It runs. Look at what it does in a thousand steps.


# %% tags=["bug"]
def published_step(w, g, sq_grad, sq_step, rho, eps):
    sq_grad = rho * sq_grad + g**2 * (1 - rho)
    delta = np.sqrt(sq_step) / np.sqrt(sq_grad + eps) * g
    sq_step = rho * sq_step + delta**2 * (1 - rho)
    return w - delta, sq_grad, sq_step


w, a, b = valley.start, np.zeros(2), np.zeros(2)
for _ in range(1000):
    w, a, b = published_step(w, valley.grad(w), a, b, 0.95, 1e-6)
print("after 1000 steps:", w, "from", valley.start)

# %%
diagnose("adadelta-step", published_step)

# %% [markdown]
# <details><summary>What is wrong?</summary>
# No step has been made, so the memory of steps is 0, so the step is 0, for ever. The eps above is not
# a guard: it is what starts the walk, and how large it is decides how fast.
# </details>

# %% [markdown]
# ## Claim court: "Adadelta has no learning rate"
# | for | against |
# |---|---|
# | The paper's rule has none, and its title says *an adaptive learning rate method*. | `eps` between $10^{-8}$ and $10^{-2}$ changes the number of steps from 9157 to 42. |
# | The size of the first step does not depend on the gradient. | It depends on `eps`, and on the units of $w$. |
# | On many problems the default works. | So does a learning rate of 0.01. Libraries add an `lr` on top: 1 by default in PyTorch, 0.001 in Keras. |
#
# **Verdict.** It has one that nobody named: $\sqrt{\varepsilon/(1-\rho)}$ is the first step, and 1 the
# learning rate near a minimum. You need not tune it *if* your weights and gradients happen to be of a
# size that suits those two.

# %% [markdown]
# ## When it fails: nothing turns it down
# Near a minimum the gradients fade, and both memories fall below `eps`. Then the rule is
# $w \leftarrow w - 1 \cdot g$: gradient descent with the learning rate 1, which lesson 02 allows up to
# a curvature of 2. What if the curvature is 10?

# %%
steep, t = quadratic((10.0,), start=[1.0]), np.arange(1, 2001)
rules = {"GD, lr 0.01": GD(0.01), "eps 1e-4": Adadelta(eps=1e-4), "eps 1e-6": Adadelta(eps=1e-6)}
away = {n: np.abs(descend(r, steep, steps=2000).points[1:, 0]) for n, r in rules.items()}
swing = {eps: np.sqrt(eps * t) / 2 for eps in (1e-4, 1e-6)}
print(f"after 2000 steps: {away['eps 1e-4'][-1]:.1g} and {away['eps 1e-6'][-1]:.1g} away;", end=" ")
print(f"half the root of eps t is {swing[1e-4][-1]:.1g} and {swing[1e-6][-1]:.1g}")

# %%
fig, ax = figure(size=(6.5, 4))
for name, distance in away.items():
    ax.loglog(t, distance, label=name)
for guess in swing.values():
    ax.loglog(t, guess, ":", color="0.3")
ax.set(xlabel="step", ylabel="distance to the minimum", ylim=(1e-5, 3))
ax.set_title("In a steep bowl Adadelta jumps from wall to wall,\nfurther and further")
ax.legend(loc="lower left")
show(
    fig,
    alt="Distance to the minimum on log axes. Gradient descent arrives. Adadelta comes very near, is "
    "thrown back, and climbs along two dotted lines, which grow like the root of eps times t.",
)

# %% [markdown]
# It comes very near. Then the memories have faded, $w \leftarrow w - 10\, w$ throws it out by a factor
# of −9 in every step, and it cannot settle again. Say it jumps from $A$ to $-A$ and back. Its last
# steps were $2A$ long, so the next one is $2A$ long: a swing of any size keeps itself alive. The `eps`
# above even adds a little each time, and the swing grows like $\frac12 \sqrt{\varepsilon t}$, the dotted
# lines. With a learning rate you would turn it down at the end. There is no such knob.
#
# So keep the memory that forgets, and put the learning rate back, in the open. That is the next method.

# %% [markdown]
# ## Summary
# - An exponential average remembers about $1/(1-\beta)$ steps at the price of one number.
# - Adadelta divides by the root mean square of the last gradients, and multiplies by that of the last
#   steps, to have the units of $w$.
# - But `eps` is a bare number. It sets the first step, $\sqrt{\varepsilon/(1-\rho)}$, and thereby the
#   speed; it breaks the units; and it hides a learning rate of 1.
# - With a large `eps`, and near a smooth minimum, Adadelta is gradient descent with that learning rate.

# %%
methods = contest("Adadelta", valley)
plain = descend(GD(lr=1.0), valley, steps=100).values[-1]
print(f"Adadelta at its best {methods['Adadelta'].path.values[-1]:.4f}, GD with lr 1: {plain:.4f}")

fig, ax = figure(size=(8, 4.6))
family(ax, valley, methods)
ax.set(xlabel="$w_1$", ylabel="$w_2$")
ax.set_title("At its best in the valley, Adadelta is gradient descent with lr 1")
show(
    fig,
    alt="The valley with the best paths of five methods. Adadelta, with the largest eps of its grid, "
    "drops to the floor at once and crawls along it: its loss ends at 0.067, the highest of all.",
)

# %% [markdown]
# We let `eps` go up to 1, and 1 was best: a larger one only brings it closer to gradient descent. The
# family tree:
#
# ```
# gradient descent          w = w - lr * g
# ├── momentum              v = beta * v + g           w = w - lr * v
# │   └── Nesterov          the same, g at w - lr * beta * v
# └── Adagrad               G = G + g**2               w = w - lr * g / (sqrt(G) + eps)
#     └── Adadelta          Eg, Ed: averages of g**2 and d**2 that forget
#                           d = sqrt(Ed + eps) / sqrt(Eg + eps) times g, w = w - d
# ```

# %%
progress("08_adadelta")

# %% [markdown]
# Next: [forget the past at a rate you choose, and keep your learning rate](09_rmsprop.ipynb).

# %% [markdown]
# ## Sources
# - Zeiler (2012), *ADADELTA: an adaptive learning rate method*: the two ideas, the fading average and
#   the units.
# - Duchi, Hazan and Singer (2011), *Adaptive subgradient methods for online learning and stochastic
#   optimization*: Adagrad.
# - The digits: Alpaydin and Kaynak (1998), UCI Machine Learning Repository.
