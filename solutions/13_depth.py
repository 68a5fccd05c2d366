# %% [markdown]
# # Start a deep network so that every layer can learn
#
# | | |
# |---|---|
# | **Do** | backpropagate by hand, choose a layer's first weights, measure the gradient in each layer |
# | **Learn** | why signals vanish or explode with depth, what the start can do, and what Adam cannot |
# | **Need** | the chain rule and [lesson 01](01_gradients.ipynb); the [digits](00_start_here.ipynb); [Adam](10_adam.ipynb) |
# | **Time** | 60 minutes |

# %%
import numpy as np

from course_lib.data import digits
from course_lib.depth import Factored, deep, signals, tune
from course_lib.descent import Path, train
from course_lib.exercises import check, diagnose, hint, predict, progress, ready, reveal
from course_lib.explorers import depth_signals
from course_lib.gradients import numerical_gradient
from course_lib.models import Network, cross_entropy_grad
from course_lib.optimizers import GD, Adam
from course_lib.plots import COLORS, family, figure, show
from course_lib.problems import valley
from course_lib.sweep import LRS, sweep

# %% [markdown]
# ## Recall: three questions from lesson 11
# Answer in your head, then open the answer.
#
# <details><summary>With a constant learning rate and mini-batches, why does the loss not settle?</summary>
# Every batch gives another gradient, and the steps stay as large as they were: the point wanders.
# A falling learning rate lets it come to rest.
# </details>
#
# <details><summary>The batch grows eightfold. What do the two scaling rules do with lr?</summary>
# The linear rule multiplies it by 8, the root rule by the root of 8, about 2.8.
# </details>
#
# <details><summary>What is a warm-up for?</summary>
# For the start, where the largest curvature is often too high for a large learning rate. Warm-up gives it
# time to fall.
# </details>

# %% [markdown]
# ## Where we were: tuned, and not moving
# You have methods, memories, schedules. Here is a network for the digits with ten layers of weights,
# 32 units wide. Its activation function is tanh. Its weights start as many notes advise: small random
# numbers, with a deviation of 0.01. We give
# it three learning rates; a network of two layers gets the same.

# %%
data = digits()
X, y = data.train
few, labels = X[:300], y[:300]
curves = {}
for layers in (2, 10):
    for lr in (0.1, 0.2, 0.4):
        rng, model = np.random.default_rng(0), deep(layers, "tanh", "small")
        curves[layers, lr] = train(GD(lr), model, data, 4, 32, rng, progress=False).loss

# %%
fig, ax = figure(size=(6.5, 3.8))
for (layers, lr), loss in curves.items():
    color, label = COLORS[layers > 2], f"{layers} layers" if lr == 0.1 else None
    ax.plot(loss, "o-", color=color, markersize=4, label=label)
ax.set(xlabel="epoch", ylabel="training loss", ylim=(0, 2.6), xticks=range(5))
ax.legend(loc="lower left")
ax.set_title("Three learning rates each: two layers learn,\nwith ten the loss does not move")
show(
    fig,
    alt="Training loss against the epoch. With two layers it falls, the faster the "
    "larger lr. With ten layers three curves lie on each other, flat at 2.3.",
)

# %% [markdown]
# 2.303 is $\ln 10$: ten classes, each as likely as the other. The deep network says nothing about any
# image. And it is not
# the learning rate: none of the three does any better.

# %% [markdown]
# ## Predict: the gradient that reaches layer 1
# Take ten layers with another activation function, the **sigmoid** $s(z) = 1/(1 + e^{-z})$, and
# weights of a sensible size. The loss tells the last layer how to change. What reaches the first
# layer is smaller.
#
# Smaller by which power of ten? Replace `None` by the exponent: `-2` if you think that the first
# layer's gradient is a hundredth of the last layer's.

# %%
predict("depth-power-of-ten", None)

# %% [markdown]
# ## The idea: ten factors in a row
# A layer multiplies by weights, and then bends the result. A small change in what goes in comes out
# multiplied by a factor: the weights, times the slope of the bend. Ten layers multiply ten such
# factors. $0.25^{10}$ is a millionth, $4^{10}$ a million. Only factors near 1 survive depth.
#
# So look at the slopes first.

# %%
z = np.linspace(-6, 6, 401)
s, t = 1 / (1 + np.exp(-z)), np.tanh(z)
bends = {
    "sigmoid": (s, s * (1 - s)),
    "tanh": (t, 1 - t**2),
    "ReLU": (np.maximum(z, 0), 1.0 * (z > 0)),
}

# %%
fig, axes = figure(ncols=2, size=(9, 3.6))
for name, pair in bends.items():
    for ax, curve in zip(axes, pair, strict=True):
        ax.plot(z, curve, linewidth=2, label=name)
axes[0].set(xlabel="what a unit gets, z", ylabel="what it puts out", ylim=(-1.2, 2.5))
axes[0].set_title("Three activation functions")
axes[1].set(xlabel="what a unit gets, z", ylabel="slope", ylim=(-0.05, 1.3))
axes[1].set_title("The sigmoid's slope is never above 1/4")
axes[0].legend()
show(
    fig,
    alt="Left, sigmoid, tanh and ReLU. Right, their slopes: the sigmoid's is a bump of height one "
    "quarter at 0, tanh's a bump of height 1, ReLU's jumps from 0 to 1.",
)

# %% [markdown]
# ## The equation: forward, and back
# With $a_0 = X$ for the examples, one a row, and layers $l = 1, \dots, L$:
#
# $$ z_l = a_{l-1} W_l + b_l, \qquad a_l = \phi(z_l) \ \ (l < L). $$
#
# $W_l$ are the weights, $b_l$ the biases, $\phi$ is the activation function. The last $z_L$ are the
# **scores**; softmax turns them into probabilities $p$, and the loss is the mean of $-\ln p$ of the
# right answers.
#
# **Backpropagation** is the chain rule, from the loss to the front. Write $d_l$ for the gradient with
# respect to $z_l$, and $Y$ for the labels as rows of zeros with a 1. Then
#
# $$ d_L = \tfrac1n (p - Y), \qquad d_{l-1} = (d_l\, W_l^{\mathsf T}) \odot \phi'(z_{l-1}), $$
#
# $$ \frac{\partial\,\text{loss}}{\partial W_l} = a_{l-1}^{\mathsf T}\, d_l, \qquad
# \frac{\partial\,\text{loss}}{\partial b_l} = \text{column sums of } d_l. $$
#
# $\odot$ multiplies entry by entry, and $n$ is the number of examples. See the pattern: what goes
# *up* through $W$ comes *down* through $W^{\mathsf T}$, and meets a slope where it met a bend.

# %% [markdown]
# By hand first: one example $x = 2$, two hidden units with ReLU, two classes, the right one is class
# 0. $W_1 = (0.5, -1)$, $W_2$ is the identity, and all biases are 0.
#
# | way | what | unit 0 | unit 1 |
# |---|---|---|---|
# | forward | $z_1 = 2\,W_1$ | 1 | −2 |
# | | $a_1 = \max(z_1, 0)$ | 1 | 0 |
# | | $z_2 = a_1$ | 1 | 0 |
# | | $p$ | 0.7311 | 0.2689 |
# | back | $d_2 = p - Y$ | −0.2689 | 0.2689 |
# | | slope of ReLU | 1 | 0 |
# | | $d_1$ | −0.2689 | 0 |
# | | gradient of $W_1$: $2\, d_1$ | −0.5379 | 0 |
#
# Unit 1 is switched off, so nothing passes it, in neither direction: it will not learn from this
# example.

# %% [markdown]
# ## Exercise: backpropagation by hand (3 points)
# `params` is `(W1, b1, W2, b2)`: a layer with ReLU, then a layer of scores. Return the four gradients
# in the same order, each in the shape of its parameter. Take ReLU's slope at 0 to be 0.
#
# The forward pass and the gradient of the scores are there.


# %%
def two_layer_backward(params, X, y):
    """Return the gradients (W1, b1, W2, b2) of the mean cross-entropy."""
    W1, b1, W2, b2 = params
    z1 = X @ W1 + b1
    a1 = np.maximum(z1, 0)
    z2 = a1 @ W2 + b2
    p = np.exp(z2 - z2.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    d2 = (p - np.eye(len(b2))[y]) / len(y)
    ### BEGIN SOLUTION
    d1 = (d2 @ W2.T) * (z1 > 0)
    return X.T @ d1, d1.sum(axis=0), a1.T @ d2, d2.sum(axis=0)
    ### END SOLUTION


# %%
check("two-layer-backward", two_layer_backward)

# %%
hint("two-layer-backward")

# %% [markdown]
# Give it the example from the table, and then hold it against a gradient from values alone, as in
# lesson 01.

# %%
backward = ready("two-layer-backward", two_layer_backward)
by_hand = np.array([[0.5, -1.0]]), np.zeros(2), np.eye(2), np.zeros(2)
print("gradient of W1:", np.round(backward(by_hand, np.array([[2.0]]), np.array([0]))[0], 4))

small_net = Network((64, 6, 10))
w = small_net.init(np.random.default_rng(0))
params = [p for layer in small_net.unpack(w) for p in layer]
yours = np.concatenate([g.ravel() for g in backward(params, X[:20], y[:20])])
numerical = numerical_gradient(lambda w: small_net.loss(w, X[:20], y[:20]), w)
print("agrees with differences:", np.linalg.norm(yours - numerical) < 1e-6)

# %% [markdown]
# ## The equation for the start: keep the variance
# One unit adds up $n_\text{in}$ terms, $z = \sum_i w_i a_i$. Draw the weights at random, with mean 0.
# Variances of independent terms add up:
#
# $$ \operatorname{Var}(z) = n_\text{in} \operatorname{Var}(w)\; \overline{a^2}. $$
#
# The bar is a mean. To keep the size, forward, you need $n_\text{in} \operatorname{Var}(w) = 1$. On
# the way back a unit adds up what comes from $n_\text{out}$ units above, so there you need
# $n_\text{out} \operatorname{Var}(w) = 1$. Glorot and Bengio (2010) take the middle. Their start is
# called **Xavier**, after the first name. It assumes a slope of 1: tanh, near 0.
#
# ReLU throws half away: $\overline{a^2}$ is half of what it was before. He and others (2015) put a 2 in
# front, to make good for that:
#
# ```
# Xavier (tanh)    variance = 2 / (fan_in + fan_out)
# He (ReLU)        variance = 2 / fan_in               <- twice 1 / fan_in, for the lost half
# ```

# %% [markdown]
# ## Exercise: the first weights of a layer (2 points)
# `z` has shape (fan_in, fan_out) and holds standard normal numbers: mean 0, variance 1. `kind` is
# `"xavier"` or `"he"`. Return weights with the variance of its kind, made from these numbers.


# %%
def init_weights(z, kind):
    """Return z, scaled to the variance of its kind; z stays as it is."""
    fan_in, fan_out = z.shape
    ### BEGIN SOLUTION
    variance = 2 / (fan_in + fan_out) if kind == "xavier" else 2 / fan_in
    return z * np.sqrt(variance)
    ### END SOLUTION


# %%
check("init-weights", init_weights)

# %% [markdown]
# Watch it work, forward: 300 random inputs through ten layers of 300 units. No training, no
# labels, only sizes.

# %%
start = ready("init-weights", init_weights)
rng = np.random.default_rng(0)
relu = lambda z: np.maximum(z, 0)  # noqa: E731
for name, bend, kind in (
    ("tanh, Xavier", np.tanh, "xavier"),
    ("ReLU, He", relu, "he"),
    ("ReLU, Xavier", relu, "xavier"),
):
    a = rng.normal(size=(300, 300))
    for _ in range(10):
        a = bend(a @ start(rng.normal(size=(300, 300)), kind))
    print(f"{name:12}: after ten layers the root mean square is {np.sqrt(np.mean(a**2)):.2g}")

# %% [markdown]
# With Xavier, ReLU loses the factor $\sqrt{1/2}$ in each layer: $0.7^{10} = 0.03$.

# %% [markdown]
# ## Explorer: what the layers pass on
# Left, the way forward. The dashed line is the size of what a layer puts out. The blue one is its
# **spread**: what is left when you take off each unit's mean over the images. Only the spread tells
# one image from another. Right, the way back: the gradient of each layer's weights. The *gain* is the
# deviation of the weights, times $\sqrt{n_\text{in}}$.
#
# Look for four things. Where does the sigmoid's size stay, while its spread dies? How flat can you
# make tanh, and ReLU? What does ReLU do at a gain of 2? And press "0.01 for all" with tanh: all
# layers are *equal* on the right. Is that good?

# %%
depth_signals()

# %% [markdown]
# ## Exercise: the size of the gradient in every layer (3 points)
# `Ws` is a list of weight matrices, first layer first; there are no biases. `act` is `"sigmoid"`,
# `"tanh"` or `"relu"`, and comes after every layer but the last. Return an array, one number a
# layer, **first layer first**: the norm (the root of the sum of squares) of the gradient of the mean cross-entropy.
#
# Here is a first attempt. It runs, its shapes are right, and its gradients vanish, as everybody says
# they do.

# %%
sigmoid = lambda z: 1 / (1 + np.exp(-z))  # noqa: E731
bend_of = {"sigmoid": sigmoid, "tanh": np.tanh, "relu": relu}
slope_of = {
    "sigmoid": lambda z: sigmoid(z) * (1 - sigmoid(z)),
    "tanh": lambda z: 1 - np.tanh(z) ** 2,
    "relu": lambda z: z > 0,
}
softmax = lambda z: np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)  # noqa: E731


# %% tags=["bug"]
def first_norms(Ws, X, y, act):
    a = [X]
    for k in range(len(Ws) - 1):
        a += [bend_of[act](a[k] @ Ws[k])]
    p = softmax(a[-1] @ Ws[-1])
    d, found = (p - np.eye(p.shape[1])[y]) / len(y), []
    for k in range(len(Ws) - 1, -1, -1):
        found = [np.linalg.norm(a[k].T @ d), *found]
        d = d @ Ws[k].T * slope_of[act](a[k])
    return np.array(found)


# %% [markdown]
# Hold it against a gradient from values alone. Which line is it? The checker knows.

# %%
rng, small_net = np.random.default_rng(1), Network((64, 6, 5, 10), "sigmoid")
w = small_net.init(rng)
slopes = numerical_gradient(lambda w: small_net.loss(w, X[:20], y[:20]), w)
found = first_norms([W for W, _ in small_net.unpack(w)], X[:20], y[:20], "sigmoid")
print("first attempt:   ", *(f"{g:.4f}" for g in found))
print("from differences:", *(f"{np.linalg.norm(W):.4f}" for W, _ in small_net.unpack(slopes)))

# %%
diagnose("layer-gradient-norms", first_norms)

# %% [markdown]
# Write your own. On the way back you have what each unit put *out*: how does the slope follow from
# that? For the sigmoid it is $a(1 - a)$. The activation functions are there, in `f`. Use
# NumPy, and what you write yourself: where a class is graded, the course's own functions are not there.


# %%
def layer_gradient_norms(Ws, X, y, act):
    """Return the norms, shape (L,), first layer first."""
    f = {"sigmoid": lambda z: 1 / (1 + np.exp(-z)), "tanh": np.tanh, "relu": lambda z: z * (z > 0)}
    ### BEGIN SOLUTION
    slope = {"sigmoid": lambda a: a * (1 - a), "tanh": lambda a: 1 - a**2, "relu": lambda a: a > 0}
    outputs = [X]
    for W in Ws[:-1]:
        outputs.append(f[act](outputs[-1] @ W))
    scores = outputs[-1] @ Ws[-1]
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    d = (p / p.sum(axis=1, keepdims=True) - np.eye(p.shape[1])[y]) / len(y)
    norms = []
    for W, a in zip(reversed(Ws), reversed(outputs), strict=True):
        norms.append(np.linalg.norm(a.T @ d))
        d = d @ W.T * slope[act](a)
    return np.array(norms[::-1])
    ### END SOLUTION


# %%
check("layer-gradient-norms", layer_gradient_norms)

# %%
hint("layer-gradient-norms")

# %% [markdown]
# ## Experiment: ten layers, five starts
# The network from the beginning, on 300 images, before any training. Ten random starts each.
# The first layer's gradient over the last layer's, and both norms by themselves.

# %%
norms_of = ready("layer-gradient-norms", layer_gradient_norms)
starts = [("sigmoid", "xavier"), ("tanh", "xavier"), ("relu", "he"), ("relu", "xavier")]
rows = {}
for act, kind in [*starts, ("tanh", "small")]:
    model, rows[act, kind] = deep(10, act, kind), np.empty((10, 10))
    for seed in range(10):
        w = model.init(np.random.default_rng(seed))
        rows[act, kind][seed] = norms_of([W for W, _ in model.unpack(w)], few, labels, act)

# %%
for (act, kind), found in rows.items():
    first, last = found[:, 0], found[:, -1]
    ratio = first / last
    print(
        f"{act:7} {kind:6}  ratio {ratio.mean():7.2g} ({ratio.min():.2g} to {ratio.max():.2g})"
        f"   norms {first.mean():.2g} and {last.mean():.2g}"
    )

# %%
layer = np.arange(1, 11)
names = {"relu": "ReLU", "xavier": "Xavier", "he": "He", "small": "deviation 0.01"}
ratios = rows["sigmoid", "xavier"][:, 0] / rows["sigmoid", "xavier"][:, -1]
reveal("depth-power-of-ten", float(round(np.log10(np.median(ratios)), 1)))

# %%
fig, ax = figure(size=(6.8, 4.2))
for (act, kind), found in rows.items():
    label = f"{names.get(act, act)}, {names[kind]}"
    (line,) = ax.semilogy(layer, np.median(found, axis=0), "o-", markersize=4, label=label)
    ax.fill_between(layer, found.min(axis=0), found.max(axis=0), color=line.get_color(), alpha=0.2)
ax.set(xlabel="layer", ylabel="norm of the gradient", ylim=(1e-13, 1e2))
ax.legend(loc="center right", fontsize=9, bbox_to_anchor=(1.0, 0.3))
ax.set_title("The sigmoid's gradient fades on its way to layer 1;\nwith 0.01, no layer has one")
show(
    fig,
    alt="The norm of the gradient against the layer, on a log scale. Three starts are flat near one "
    "or a hundredth. The sigmoid's falls from one at layer 10 to a millionth at layer 1. With small "
    "weights and tanh it is flat, too, but at 1e-12.",
)

# %% [markdown]
# Nine slopes of at most $1/4$: $4^{-9} = 4 \cdot 10^{-6}$. That is about what the sigmoid keeps.
# Layer 1 would need a learning rate hundreds of thousands of times that of layer 10.
#
# Now the last row. Its *ratio* is near 1: judged by that alone it is the best of all. Its *norms* are
# $10^{-12}$. Going up, the signal shrinks by 18 in each layer; going down, the gradient does. The
# gradient of a layer is a product of the two, so all layers are equal, and all get nothing. **Print
# norms, not only ratios.**

# %% [markdown]
# ## Experiment: limits that you know
# **One layer** is softmax regression, whose gradient is $X^{\mathsf T}(p - Y)/n$. **Start at zero**
# with tanh, and every unit puts out 0: the gradient of all weights is zero, exactly. Adam divides by
# its size. Does that help?

# %%
W = rng.normal(size=(64, 10))
plain = np.linalg.norm(X.T @ cross_entropy_grad(X @ W, y))
print("one layer is softmax regression:", np.allclose(norms_of([W], X, y, "tanh"), plain))

model = deep(3, "tanh", "zeros")
run = train(Adam(0.01), model, data, 2, 32, np.random.default_rng(0), progress=False)
moved = [int(np.count_nonzero(W)) for W, _ in model.unpack(run.w)]
print("weights that moved in 86 steps of Adam, layer by layer:", moved)

# %% [markdown]
# Zero over zero: no rule that rescales gradients can use one that is not there. (With the sigmoid, the
# last layer would move. But all units of a layer would get the same gradient, and stay alike.) This is
# why first weights are *random*.

# %% [markdown]
# ## Spot the bug: "the sigmoid vanishes for small inputs"
# So says a published note. Take it at its word, and keep what the units get away from zero, by a bias
# of 4 or of −4. Look at the slopes, and at what this does to ten layers.

# %% tags=["bug"]
for z in (-8.0, -4.0, -0.1, 0.1, 4.0, 8.0):
    s = 1 / (1 + np.exp(-z))
    print(f"z = {z:4}: slope {s * (1 - s):.2g}")
model = deep(10, "sigmoid", "xavier")
for shift in (-4, 0, 4):
    w = model.init(np.random.default_rng(0))
    for _, b in model.unpack(w)[:-1]:
        b += shift
    norms = signals(model, w, few, labels).gradients
    print(f"bias {shift:2}: first over last about 10^{np.log10(norms[0] / norms[-1]):.0f}")

# %% [markdown]
# <details><summary>What is wrong?</summary>
# It is the other way round. The slope is largest at 0, where it is 1/4. It dies for large inputs, in
# both tails: the unit is saturated. The trouble with the sigmoid is that even its best slope is 1/4.
# The bias costs another seven or eight powers of ten, on either side.
# </details>

# %% [markdown]
# ## Spot the bug: a deviation called variance
# An easy mistake: libraries ask for the deviation of the numbers to draw, papers give their variance.
# It runs without an error, and with two layers you would hardly see it.


# %% tags=["bug"]
def published_start(z, kind):
    fan_in, fan_out = z.shape
    scale = 2 / fan_in if kind == "he" else 2 / (fan_in + fan_out)
    return scale * z


for layers in (2, 10):
    shapes, rng = deep(layers, "relu", "he").shapes, np.random.default_rng(0)
    draws = [rng.normal(size=shape) for shape in shapes]
    for name, make in {"published": published_start, "yours": start}.items():
        norms = norms_of([make(z, "he") for z in draws], few, labels, "relu")
        print(f"{layers:2} layers, {name:9}: gradient of layer 1 {norms[0]:.2g}")

# %%
diagnose("init-weights", published_start)

# %% [markdown]
# ## Real data: ten layers on the digits
# The network from the beginning, with tanh, once more: 0.01 for all, and Xavier. Nothing else is
# different. Both get the same three learning rates, three random starts, ten epochs. The learning rate
# is chosen by the validation images; the test images are asked once.

# %%
tuned = {
    kind: tune(GD, deep(10, "tanh", kind), data, [0.05, 0.2, 0.8], epochs=10)
    for kind in ("small", "xavier")
}

# %%
fig, ax = figure(size=(6.2, 3.8))
for kind, t in tuned.items():
    ax.semilogx(t.lrs, 100 * t.validation.mean(axis=1), "o-", label=names[kind])
    low, high = 100 * t.validation.min(axis=1), 100 * t.validation.max(axis=1)
    ax.fill_between(t.lrs, low, high, alpha=0.2)
ax.minorticks_off()
ax.set_xticks(t.lrs, [f"{lr:g}" for lr in t.lrs])
ax.set(xlabel="learning rate", ylabel="validation accuracy, %", ylim=(0, 100))
ax.legend()
ax.set_title("The same network, the same method:\nthe start decides whether it learns")
show(
    fig,
    alt="Validation accuracy against the learning rate. From Xavier it is about 96 % at 0.05 and 0.2. "
    "From 0.01 it stays near 10 % at every learning rate.",
)

# %%
for kind, t in tuned.items():
    above, below = np.sum(t.test > 0.9), np.sum(t.test < 0.2)
    print(f"{names[kind]:14}: of three starts, {above} are above 90 % and {below} below 20 %")

# %% [markdown]
# ## Experiment: what can an optimizer do about it?
# Adam divides each gradient by its own size. Should it not lift the tiny ones? Take the first step of
# gradient descent and of Adam, from the same start, and see how far the weights of each layer move.

# %%
moves = {}
for act, kind in (("sigmoid", "xavier"), ("tanh", "small")):
    model = deep(10, act, kind)
    w = model.init(np.random.default_rng(0))
    for rule in (GD(0.1), Adam(0.001)):
        after, _ = rule.step(w, model.grad(w, few, labels), rule.init(w))
        typical = [np.median(np.abs(W)) for W, _ in model.unpack(after - w)]
        moves[act, type(rule).__name__] = typical
        print(f"{act:7} {type(rule).__name__:4}: ", end="")
        print(f"layer 1 moves {typical[0]:.1e}, layer 10 {typical[-1]:.1e}")

# %%
fig, axes = figure(ncols=2, size=(9, 3.7))
for ax, act in zip(axes, ("sigmoid", "tanh"), strict=True):
    for name, lr in (("GD", 0.1), ("Adam", 0.001)):
        ax.semilogy(layer, moves[act, name], "o-", label=f"{name}, lr {lr:g}")
    ax.set(xlabel="layer", ylabel="typical first step of a weight", ylim=(1e-16, 1))
axes[1].legend(loc="upper right")
axes[0].set_title("sigmoid, Xavier: Adam\nmoves all layers alike")
axes[1].set_title("tanh, 0.01: gradients below eps,\nAdam is deaf to them")
show(
    fig,
    alt="First steps by layer. Left, the sigmoid: gradient descent's rise by six powers of ten from "
    "layer 1 to 10, Adam's are level near its lr. Right, tanh with small weights: both lie many "
    "powers of ten below their lr.",
)

# %% [markdown]
# Left, Adam does what it is famous for. Right, all entries of the gradient are below its `eps` of
# $10^{-8}$, and it does next to nothing.
#
# But can it *train* them? Take the sigmoid with more and more layers. Both methods tuned, three
# random starts, six epochs.

# %%
depths, grids = (2, 4, 6, 8), {GD: [1.0, 3.0, 10.0], Adam: [0.01, 0.03, 0.1]}
tests = {}
for rule, lrs in grids.items():
    runs = [tune(rule, deep(L, "sigmoid", "xavier"), data, lrs, epochs=6).test for L in depths]
    tests[rule.__name__] = 100 * np.array(runs)
    good = [L for L, row in zip(depths, runs, strict=True) if row.min() > 0.85]
    print(f"{rule.__name__:4} is above 85 % from all three starts with {good} layers")

# %%
fig, ax = figure(size=(6.2, 3.8))
for name, test in tests.items():
    ax.plot(depths, test.mean(axis=1), "o-", label=f"{name}, tuned")
    ax.fill_between(depths, test.min(axis=1), test.max(axis=1), alpha=0.2)
ax.set(xlabel="layers", ylabel="test accuracy, %", ylim=(0, 100), xticks=depths)
ax.legend()
ax.set_title("With the sigmoid, Adam carries\ntwo layers further, not ten")
show(
    fig,
    alt="Test accuracy against the number of layers. Gradient descent falls from 97 % at two layers to "
    "chance at four. Adam is at 94 % with four, near 60 % with six and near 20 % with eight.",
)

# %% [markdown]
# ## Experiment: what Adam cannot bring back
# Perhaps it was only `eps`. Give Adam a tiny one, $10^{-16}$, and the ten layers that start at 0.01:
# now the loss falls. And yet most answers are wrong. Look at the last hidden layer, 32 numbers
# for each image. In how many directions do the images differ there? With $\sigma_i^2$ for the variances
# along the principal directions, count $(\sum \sigma_i^2)^2 / \sum \sigma_i^4$: it is 1 if all images
# lie on a line.


# %%
def directions(model, w):
    hidden = model.forward(w, X)[-2]
    s = np.linalg.svd(hidden - hidden.mean(axis=0), compute_uv=False) ** 2
    return s.sum() ** 2 / (s**2).sum()


for kind in ("small", "xavier"):
    model = deep(10, "tanh", kind)
    for seed in range(3):
        before = directions(model, model.init(np.random.default_rng(seed)))
        rng, rule = np.random.default_rng(seed), Adam(0.003, eps=1e-16)
        run = train(rule, model, data, 4, 32, rng, progress=False)
        on_a_line = directions(model, run.w) < 1.1
        print(f"{names[kind]:14}: {before:.1f} directions before, after Adam ", end="")
        print(f"on a line: {on_a_line}; loss below {np.ceil(run.loss[-1]):.0f}, ", end="")
        print("right in under 30 %" if run.validation_accuracy[-1] < 0.3 else "right in over 30 %")

# %% [markdown]
# From 0.01 Adam lowers the loss, and has all images on one line: on a line you can tell a few digits,
# not ten. A likely reason: its first steps have one size in every weight, whatever the gradient had to
# say. Ten steps of 0.003 bury weights of 0.01, with all that was different about the units.

# %% [markdown]
# ## Claim court: "Adam cures vanishing gradients"
# | for | against |
# |---|---|
# | Its steps do not depend on the size of a gradient: first layers move as far as last ones. | Below `eps` they do depend on it, and it stands still. |
# | With four sigmoid layers it is above 85 %, tuned SGD near 20 %. | With eight it is near 20 % as well. With a good start plain SGD trains ten. |
#
# **Verdict.** It helps where the *way back* is the trouble: here it carries two layers further, while
# gradients are above `eps`. It does not help where the *way forward* has made all images nearly alike.
# A start that keeps both costs nothing.

# %% [markdown]
# ## Experiment: what is invariant?
# No new method today, but a start has a row of its own. Does the ratio of first to last layer stay if
# the loss is multiplied by 100, if pixels count from 0 to 100, if the images are turned? A random
# start is another one each time: so take the median of 20.

# %%
turn, _ = np.linalg.qr(np.random.default_rng(5).normal(size=(64, 64)))
model = deep(10, "tanh", "xavier")
weights = [model.init(np.random.default_rng(seed)) for seed in range(20)]
for name, pixels, loud in (
    ("as it is", few, 1),
    ("loss x 100", few, 100),
    ("units", 100 * few, 1),
    ("rotation", few @ turn, 1),
):
    norms = np.array([loud * signals(model, w, pixels, labels).gradients for w in weights])
    print(f"{name:10}: ratio {np.median(norms[:, 0] / norms[:, -1]):.1f}")

# %% [markdown]
# | | loss × 100 | units | rotation |
# |---|---|---|---|
# | gradient descent, momentum, Nesterov | no | no | **yes** |
# | Adagrad, RMSprop, Adam | **yes** | no | no |
# | Adadelta, as everyone runs it | nearly | no | no |
# | a random start, normal | **yes** | no | **yes**, on average |
#
# A start never sees the loss, and normal numbers have no favourite direction. But it counts on inputs
# of size about 1. Standardise, as in lesson 02.

# %% [markdown]
# ## When it fails: only the start
# Xavier and He say how it *begins*. Nothing keeps the factors near 1 while the weights move. With a
# learning rate of 0.8 the ten layers that learned so well do not. And in 100 layers small deviations
# from 1 add up again:

# %%
for layers in (10, 30, 100):
    model = deep(layers, "relu", "he")
    found = [signals(model, model.init(np.random.default_rng(s)), few, labels) for s in range(10)]
    apart = [s.gradients.max() / s.gradients.min() for s in found]
    print(
        f"{layers:3} layers of ReLU, He: the largest gradient is {min(apart):.2g} to "
        f"{max(apart):.2g} times the smallest"
    )

# %% [markdown]
# Practice has three answers, all outside of the optimizer: normalise in every layer (Ioffe and Szegedy
# 2015), add a layer's input to its output, so that its factor is 1 plus something small (He and others
# 2016), or choose weights that keep all sizes exactly while nothing bends, turns and
# mirrors (Saxe and others 2014).
#
# One thing none of them changes: each of our methods sees a slope, and guesses how it bends. The next
# step is to ask.

# %% [markdown]
# ## Summary
# - Backpropagation is the chain rule, from the loss to the front: down through $W^{\mathsf T}$, times
#   the slope, layer by layer.
# - Depth multiplies factors. The sigmoid's slope is at most $1/4$: ten layers leave a few millionths.
# - Xavier: $2/(n_\text{in} + n_\text{out})$, for tanh. He: $2/n_\text{in}$, for ReLU. These are
#   variances. From zero, no weight of a tanh or ReLU network ever moves.
# - Print norms and spreads, not only ratios: all layers can be equally dead.
# - Adam makes layers move alike. It cannot bring back what the way forward lost.
#
# Our valley, made deep: each coordinate is a product of $L$ equal factors. Gradient descent, its best
# learning rate, 100 gradients.

# %%
deepened = {}
for L in (1, 2, 3):
    best = sweep(GD, Factored(valley, L), lr=LRS)
    walked = Path(best.path.points**L, best.path.values)
    deepened[f"{L} factor{'s' * (L > 1)}"] = best._replace(path=walked)
fig, ax = figure(size=(7.5, 3.6))
family(ax, valley, deepened)
ax.set(xlabel="$w_1$", ylabel="$w_2$")
ax.set_title("Products of factors: far out the steps grow, near zero they fade")
show(
    fig,
    alt="The valley with three paths of gradient descent. With one factor it bounces, crawls, and "
    "stops short, at a loss of 0.014. With two and with three factors the first steps are long, "
    "and the loss ends below 0.001.",
)

# %% [markdown]
# A surprise: here depth *helps*. A product's gradient grows with its factors, so the far coordinate
# takes longer steps (Arora, Cohen and Hazan 2018). It is luck that our valley is flat in just the
# direction in which you start far out; and near 0, where all factors vanish, it slows down.
#
# The family has no new method, but its first line:
#
# ```
# the start                 w = normal numbers of variance 2 / (fan_in + fan_out), or 2 / fan_in
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
progress("13_depth")

# %% [markdown]
# Next: [let the curvature choose the step, and count what it costs](14_second_order.ipynb).

# %% [markdown]
# ## Sources
# - Rumelhart, Hinton and Williams (1986), *Learning representations by back-propagating errors*.
# - Hochreiter (1991), and Bengio, Simard and Frasconi (1994), *Learning long-term dependencies with
#   gradient descent is difficult*: gradients that vanish.
# - LeCun, Bottou, Orr and Müller (1998), *Efficient BackProp*: variance 1 / fan_in.
# - Glorot and Bengio (2010), *Understanding the difficulty of training deep feedforward neural
#   networks*; He, Zhang, Ren and Sun (2015), *Delving Deep into Rectifiers*: the two starts.
# - Saxe, McClelland and Ganguli (2014), *Exact solutions to the nonlinear dynamics of learning in deep
#   linear neural networks*: products of factors; orthogonal weights.
# - Ioffe and Szegedy (2015), *Batch Normalization*; He and others (2016), *Deep Residual Learning*.
# - Arora, Cohen and Hazan (2018), *On the Optimization of Deep Networks: Implicit Acceleration by
#   Overparameterization*.
# - Alpaydin and Kaynak (1998): the digits.
