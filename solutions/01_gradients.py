# %% [markdown]
# # Measure a slope, compute a gradient, and know when to trust it
#
# | | |
# |---|---|
# | **Do** | write four functions; check the gradient of a network with 2410 parameters |
# | **Learn** | what a gradient is, what a finite difference costs, why a tiny step makes it worse |
# | **Need** | Python with NumPy, and the derivative from school |
# | **Time** | 55 minutes |
#
# Run a cell with Shift-Enter. Where you read `YOUR CODE HERE`, write; the cell below it tells you
# what you got right, and which mistake it is if you did not. Nothing you do here can break
# anything.

# %%
import numpy as np

from course_lib.data import digits
from course_lib.exercises import check, diagnose, hint, predict, progress, ready, reveal
from course_lib.explorers import difference_error
from course_lib.gradients import check_gradient, hessian_vector_product
from course_lib.models import Network, SoftmaxRegression
from course_lib.plots import contours, error_against_h, figure, gradient_field, show
from course_lib.problems import himmelblau, valley

# %% [markdown]
# ## Predict: where does the error turn?
# You can estimate a derivative from two values: $f'(x) \approx \big(f(x+h) - f(x)\big)/h$. The
# smaller the step $h$, the better, says school. A computer keeps 16 digits, and disagrees: below
# some $h$ the estimate gets *worse* again.
#
# For $f(x) = \sin(x)\,e^x$ at $x = 1.3$: which $h$ gives the smallest error? Replace `None` by your
# guess, such as `1e-3`. You will see the answer in a few minutes.

# %%
predict("best-forward-h", None)

# %% [markdown]
# ## The idea: you stand on a hillside in fog
# You want to go down. You cannot see the valley, but you can feel with your foot how steep the
# ground is, in any direction. A **loss** $f(w)$ is that ground: $w$ is where you stand, a list of
# numbers; $f(w)$ is how high, one number. Training a model means going down.
#
# Here is a landscape with two coordinates. Every arrow shows the steepest way down. Look at how it
# meets the thin lines of equal height.

# %%
fig, ax = figure(size=(5.5, 5.2))
contours(ax, himmelblau)
gradient_field(ax, himmelblau)
ax.set_aspect("equal")
ax.set_title("The steepest way down crosses\nthe level lines at right angles")
show(
    fig,
    alt="Level lines of a landscape with four valleys, with arrows that point downhill. "
    "Every arrow stands at a right angle on the level line below it, and leads to a valley.",
)

# %% [markdown]
# Stand at one point and turn around once. In each direction, measure the slope: how much height you
# gain per unit of way.

# %%
w = np.array([-1.0, 2.0])
angle = np.linspace(0, 360, 361)
directions = np.stack([np.cos(np.radians(angle)), np.sin(np.radians(angle))], axis=-1)
slopes = (himmelblau.value(w + 1e-6 * directions) - himmelblau.value(w - 1e-6 * directions)) / 2e-6
g = himmelblau.grad(w)
steepest = np.degrees(np.arctan2(g[1], g[0])) % 360

fig, ax = figure()
ax.plot(angle, slopes)
ax.axhline(0, color="0.7", linewidth=0.8)
ax.axvline(steepest, color="#D55E00", linestyle="--")
ax.annotate("direction of\nthe gradient", (steepest + 6, 0.8 * slopes.min()))
ax.set(xlabel="direction in degrees", ylabel="slope in that direction", xticks=range(0, 361, 90))
ax.set_title("The slope is a cosine: largest along the gradient,\nzero across it")
show(fig, alt="The slope against the direction, a full cosine wave that peaks at the gradient.")

# %% [markdown]
# ## The equation: one number per coordinate
# The **gradient** collects the slopes along the axes, one per coordinate:
#
# $$ g = \nabla f(w) = \Big(\frac{\partial f}{\partial w_1}, \dots, \frac{\partial f}{\partial w_d}\Big). $$
#
# These $d$ numbers hold the slope in *every* direction. Along a direction $d$, the slope is
#
# $$ \frac{g \cdot d}{\lVert d \rVert}, \qquad g \cdot d = \sum_i g_i d_i, \qquad
# \lVert d \rVert = \sqrt{d \cdot d}. $$
#
# We divide by the length $\lVert d \rVert$ because a slope is height *per unit of way*. It is
# largest when $d$ points along $g$, and then it is $\lVert g \rVert$. It is zero across $g$: that is
# a level line. You saw both in the two pictures.

# %% [markdown]
# ## Exercise: the slope in a direction (1 point)
# By hand first, for $g = (3, 4)$:
#
# | $d$ | $g \cdot d$ | length of $d$ | slope |
# |---|---|---|---|
# | $(1, 0)$ | 3 | 1 | 3 |
# | $(3, 4)$ | 25 | 5 | 5, the steepest |
# | $(-4, 3)$ | 0 | 5 | 0, along the level line |
# | $(0, 0)$ | 0 | 0 | none: it points nowhere |
#
# The refusal of $d = 0$ is written for you. Add the line that returns the slope.


# %%
def directional_derivative(g, d):
    """Return the slope along d, a float; refuse d = 0."""
    length = np.linalg.norm(d)
    if length == 0:
        raise ValueError("d is zero, and points nowhere")
    ### BEGIN SOLUTION
    return float(g @ d / length)
    ### END SOLUTION


# %%
check("directional-derivative", directional_derivative)

# %% [markdown]
# Stuck? Each run of the next cell gives you one hint more, from a nudge to nearly there. Every
# exercise has hints: put its name between the quotes.

# %%
hint("directional-derivative")

# %% [markdown]
# ## Explorer: how small should the step be?
# How do you get a gradient? Formulas come later. Any program that computes $f$ gives you slopes, by
# trying a step $h$:
#
# - **forward**: $\big(f(x+h) - f(x)\big)/h$
# - **central**: $\big(f(x+h) - f(x-h)\big)/(2h)$
#
# Move the slider from right to left. First the error falls: you look at a smaller piece of the
# curve. Then it turns. Which of the two turns first?

# %%
difference_error()

# %% [markdown]
# Two errors fight.
#
# **Truncation.** The curve bends between the two points. By Taylor's theorem the forward error is
# about $\frac h2 |f''|$, the central one $\frac{h^2}{6} |f'''|$: ten times smaller a step, a hundred
# times smaller an error.
#
# **Rounding.** A float64 keeps about 16 digits, so $f$ is known to about $\varepsilon |f|$ with
# $\varepsilon \approx 10^{-16}$. Two nearly equal values lose those digits in the subtraction, and
# $1/h$ blows up what is left: about $\varepsilon |f| / h$.
#
# The sum is smallest where the two are alike: near $h = \sqrt{\varepsilon}$ forward, near
# $h = \sqrt[3]{\varepsilon}$ central.

# %% [markdown]
# ## Experiment: the best step, measured
# We know the true derivative of $\sin(x)\,e^x$: it is $(\sin x + \cos x)\,e^x$. So we can measure
# both errors, for four steps in every power of ten.

# %%
x, h = 1.3, np.logspace(-16, 0, 65)
exact = (np.sin(x) + np.cos(x)) * np.exp(x)
at = np.sin(x) * np.exp(x)
right, left = np.sin(x + h) * np.exp(x + h), np.sin(x - h) * np.exp(x - h)
forward = np.abs((right - at) / h - exact) / abs(exact)
central = np.abs((right - left) / (2 * h) - exact) / abs(exact)

# %%
fig, ax = figure(size=(6.5, 4.4))
error_against_h(ax, h, {"central": central, "forward": forward})
ax.set_ylabel("relative error")
ax.set_title(
    "Central differences are a hundred times better,\nat a step three hundred times larger"
)
show(
    fig,
    alt="Relative error against step h on log axes: two V-shaped curves. The forward one is lowest "
    "near h = 2e-8 with an error of 1e-9, the central one near 6e-6 with an error of 1e-11.",
)

# %%
reveal("best-forward-h", h[forward.argmin()])

# %%
print(f"best h: forward {h[forward.argmin()]:.1e}, central {h[central.argmin()]:.1e}")
print(
    f"eps^(1/2) = {np.finfo(float).eps ** (1 / 2):.1e}, eps^(1/3) = {np.finfo(float).eps ** (1 / 3):.1e}"
)

# %% [markdown]
# ## Exercise: a gradient from values alone (2 points)
# Now for $w$ of any shape. Entry $i$ of the gradient moves coordinate $i$ alone:
#
# $$ g_i = \frac{f(w + h e_i) - f(w - h e_i)}{2h}, $$
#
# where $e_i$ is 1 at $i$ and 0 elsewhere. The frame is there: a copy of $w$ in floats, and a loop
# over all its entries. Fill in the three steps inside the loop: forward, back, and home again.


# %%
def numerical_gradient(f, w, h):
    """Return the central-difference gradient of f at w, in the shape of w; w stays as it is."""
    w = np.array(w, dtype=float)
    g = np.zeros_like(w)
    for i in np.ndindex(w.shape):
        kept = w[i]
        ### BEGIN SOLUTION
        w[i] = kept + h
        above = f(w)
        w[i] = kept - h
        g[i] = (above - f(w)) / (2 * h)
        w[i] = kept
        ### END SOLUTION
    return g


# %%
check("numerical-gradient", numerical_gradient)

# %% [markdown]
# From here on, `slope_by_slope` is your function, once it passes. Until then it is the course's, so
# that you can read on.

# %%
slope_by_slope = ready("numerical-gradient", numerical_gradient)
slope_by_slope(valley.value, [10.0, 1.0], 1e-5)

# %% [markdown]
# The valley is $f(w) = \frac12 (0.01\, w_1^2 + w_2^2)$. Its gradient is $(0.01\, w_1, w_2)$, so at
# $(10, 1)$ both slopes should be near 0.1 and 1. They are.

# %% [markdown]
# ## Exercise: how far apart are two gradients? (1 point)
# You will compare a gradient $a$ from a formula with a gradient $b$ from differences. Is a distance
# of $10^{-6}$ good? Beside a gradient of size 1, very. Beside one of size $10^{-6}$, it is as bad as
# can be. So divide by the size:
#
# $$ \text{error} = \frac{\lVert a - b \rVert}{\lVert a \rVert + \lVert b \rVert}, $$
#
# and 0 if both are zero. It is 0 for equal gradients, and 1 for opposite ones. `np.linalg.norm`
# takes arrays of any shape with up to two axes.


# %%
def relative_error(a, b):
    """Return the relative distance of a and b, a float from 0 to 1."""
    ### BEGIN SOLUTION
    total = np.linalg.norm(a) + np.linalg.norm(b)
    if total == 0:
        return 0.0
    return float(np.linalg.norm(a - b) / total)
    ### END SOLUTION


# %%
check("relative-error", relative_error)

# %% [markdown]
# ## Spot the bug: the gradient of a million
# This loop was published in course notes, in other words. It works for `[3.0, -3.0, 0.0]`. Here it
# gets the same numbers without the points. The gradient of $\sum_i w_i^2$ is $2w$, so it should
# return `[6, -6, 0]`.


# %% tags=["bug"]
def published_gradient(f, w, h=1e-5):
    slopes = np.zeros(w.shape)
    for i in np.ndindex(w.shape):
        right, left = w.copy(), w.copy()
        right[i] += h
        left[i] -= h
        slopes[i] = (f(right) - f(left)) / (2 * h)
    return slopes


published_gradient(lambda w: np.sum(w**2), np.array([3, -3, 0]))

# %% [markdown]
# No error, no warning, and a slope of a quarter of a million. Before you read on: what does
# `right[i] += 1e-5` store in an array of integers?
#
# You need not guess. `diagnose` holds any function against an exercise, without counting it as yours.

# %%
diagnose("numerical-gradient", published_gradient)

# %% [markdown]
# The repair is one line, and you have it in your own function: `w = np.array(w, dtype=float)`.
# It makes a copy, too, so that a crash half-way cannot leave the caller's `w` moved.

# %% [markdown]
# ## The idea of backpropagation: all slopes at the price of a few losses
# Differences cost two losses *per coordinate*. How many is that for a network?

# %%
train = digits().train
X, y = train.X[:50], train.y[:50]
network = Network((64, 32, 10))
weights = network.init(np.random.default_rng(0))
print(f"images {X.shape}, labels {y.shape}, parameters {network.size}")

# %% [markdown]
# ## Experiment: count the losses
# Each image has 64 pixels; a hidden layer of 32, then 10 scores, one per digit. We count how often
# the loss is computed, once for a whole gradient by differences.


# %%
def counted_loss(w):
    counted_loss.calls += 1
    return network.loss(w, X, y)


counted_loss.calls = 0
by_differences = slope_by_slope(counted_loss, weights, 1e-5)
print(f"{network.size} parameters, {counted_loss.calls} losses")

# %% [markdown]
# **Backpropagation** applies the chain rule from the loss back to the input, layer by layer, and
# gets all 2410 slopes in one go. It costs about as much as two or three losses. Are they right? That
# is what the slow way is for.

# %%
by_backpropagation = network.grad(weights, X, y)
compare = ready("relative-error", relative_error)
print(f"relative error below 1e-8: {compare(by_differences, by_backpropagation) < 1e-8}")

# %% [markdown]
# So: **compute** gradients by backpropagation, **check** them by differences, once, on a few
# examples. The course has both in one function, which also tells you what is wrong. Break the
# gradient on purpose, and read what it says.


# %%
def doubled_gradient(w):
    return 2 * network.grad(w, X, y)


def loss(w):
    return network.loss(w, X, y)


print(check_gradient(loss, doubled_gradient, weights).verdict)

# %% [markdown]
# ## Claim court: "backpropagation trains the network"
# You will read sentences like it in many notes.
#
# | for | against |
# |---|---|
# | Without it, no large network could be trained. | It computes a gradient, and changes no weight. |
# | Rumelhart, Hinton and Williams (1986) present it together with an update rule. | Any update rule can use its gradient, and the course has many. |
#
# **Verdict.** Backpropagation is a way to *differentiate*. What trains is the *optimizer*, which
# decides what to do with the gradient. You can see it here: after `network.grad`, every weight is
# what it was.

# %%
before = weights.copy()
network.grad(weights, X, y)
print("weights changed:", np.any(weights != before))

# %% [markdown]
# ## Exercise: a gradient by hand (3 points)
# **Softmax regression**: $n$ images are the rows of $X$; the columns of $W$ hold one weight per
# pixel, for each of $c$ classes. Scores $Z = XW$ become probabilities in each row,
#
# $$ P_{ik} = \frac{e^{Z_{ik}}}{\sum_j e^{Z_{ij}}}, \qquad
# f(W) = -\frac1n \sum_i \log P_{i, y_i}, $$
#
# and the loss $f$ is small when the right class $y_i$ gets a high probability. The chain rule leaves
# something short: what you predicted, minus what was right,
#
# $$ \nabla f = \frac1n X^{\mathsf T} (P - Y), $$
#
# where $Y$ has a 1 at the right class of each row and 0 elsewhere.

# %% [markdown]
# Here is the first half of that formula, for one row, as one often finds it. It is broken: it works
# until a score is large.


# %% tags=["bug"]
def naive_softmax(z):
    return np.exp(z) / np.sum(np.exp(z))


with np.errstate(over="ignore", invalid="ignore"):
    print(naive_softmax(np.array([1.0, 0.0])).round(3), naive_softmax(np.array([1000.0, 0.0])))

# %% [markdown]
# $e^{1000}$ overflows, and $\infty/\infty$ is `nan`. But only *differences* of scores matter:
# subtracting the same number from a whole row leaves $P$ as it is. Subtract the row's own maximum,
# and the largest exponential is $e^0 = 1$. Write the repaired gradient.


# %%
def softmax_cross_entropy_grad(W, X, y):
    """Return the gradient of the mean cross-entropy, in the shape of W; safe for large scores."""
    ### BEGIN SOLUTION
    Z = X @ W
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    P = E / E.sum(axis=1, keepdims=True)
    P[np.arange(len(y)), y] -= 1
    return X.T @ P / len(y)
    ### END SOLUTION


# %%
check("softmax-cross-entropy-grad", softmax_cross_entropy_grad)

# %% [markdown]
# ## Real data: what a gradient sees in handwriting
# Take all 1347 training images, 8 by 8 pixels each, and weights of zero: the model knows nothing.
# Minus the gradient says how it would like each weight to change. Put the 64 weights of a class back
# into an 8 by 8 picture.

# %%
softmax_gradient = ready("softmax-cross-entropy-grad", softmax_cross_entropy_grad)
wish = -softmax_gradient(np.zeros((64, 10)), train.X, train.y)

fig, axes = figure(ncols=5, size=(9, 2.4))
for digit, ax in enumerate(axes):
    ax.imshow(wish[:, digit].reshape(8, 8), cmap="PuOr", vmin=-0.06, vmax=0.06)
    ax.set_title(f"wish for {digit}")
    ax.axis("off")
fig.suptitle("The first gradient already draws the digits: violet is ink it wants more of")
show(
    fig,
    alt="Five 8 by 8 pictures, the downhill direction for the weights of the digits 0 to 4. The shape "
    "of each digit can be seen in violet: a ring for 0, a vertical bar for 1, and so on.",
)

# %% [markdown]
# Is it right? Ask `check_gradient`, with your function on real data. `SoftmaxRegression` has a bias
# besides, which we hold at zero here.

# %%
model = SoftmaxRegression(64, 10)
W0 = 0.1 * np.random.default_rng(1).normal(size=(64, 10))
report = check_gradient(
    lambda W: model.loss(np.append(W.ravel(), np.zeros(10)), X, y),
    lambda W: softmax_gradient(W, X, y),
    W0,
)
print(report.verdict)
print(f"640 slopes, relative error below 1e-8: {report.relative_error < 1e-8}")

# %% [markdown]
# ## Experiment: curvature, from two gradients
# How fast does the gradient change if you go along $v$? That is the **Hessian** $H$, the matrix of
# second derivatives, times $v$. For 2410 parameters $H$ has almost six million entries. You need
# none of them:
#
# $$ H v \approx \frac{\nabla f(w + h v) - \nabla f(w - h v)}{2h}, $$
#
# the central difference again, of gradients this time: two gradients, whatever the size of $w$.
# Lesson 02 turns curvature into a limit on the learning rate.

# %%
v = np.array([1.0, 1.0])
print("from two gradients:", hessian_vector_product(valley.grad, valley.start, v).round(6))
print("from the matrix:   ", valley.hessian @ v)

# %% [markdown]
# ## When it fails: kinks, noise, rounding
# A gradient check can fail although your formula is right.
#
# - **Kinks.** A ReLU, $\max(w, 0)$, has slope 0 on the left of 0 and slope 1 on the right. At 0
#   itself the central difference invents a half. The check below tells a kink from a bug: it looks
#   from both sides.
# - **Noise.** If $f$ draws a mini-batch or drops units at random, two calls differ. Fix the seed.
# - **Rounding.** In float32, with 7 digits, the best $h$ is near $10^{-3}$, and an error of $10^{-3}$
#   proves nothing.

# %%
report = check_gradient(
    lambda w: np.sum(np.maximum(w, 0)), lambda w: (w > 0) * 1.0, np.array([0.5, 0.0, -2.0])
)
print(report.verdict)

# %% [markdown]
# ## Summary
# - A gradient is one slope per coordinate, and holds the slope in every direction: $g \cdot d / \lVert d \rVert$.
# - Central differences give it from values alone, at two losses per coordinate. The best step is near
#   $6 \cdot 10^{-6}$; smaller is worse.
# - Backpropagation gives it at the price of a few losses. Check it once, by differences, with a
#   *relative* error.
# - A gradient is a direction, not a way. How far to go along it is the next lesson.

# %%
progress("01_gradients")

# %% [markdown]
# Next: [walk downhill, and know how large a step you may take](02_gradient_descent.ipynb).

# %% [markdown]
# ## Sources
# - Baydin, Pearlmutter, Radul and Siskind (2018), *Automatic differentiation in machine learning: a
#   survey*: differences, symbols and backpropagation compared.
# - Rumelhart, Hinton and Williams (1986), *Learning representations by back-propagating errors*.
# - Pearlmutter (1994), *Fast exact multiplication by the Hessian*: the exact form of the two-gradient
#   trick.
# - Squire and Trapp (1998), *Using complex variables to estimate derivatives of real functions*: a
#   difference without subtraction, which the explorer uses as its yardstick.
# - The digits: Alpaydin and Kaynak (1998), UCI Machine Learning Repository.
