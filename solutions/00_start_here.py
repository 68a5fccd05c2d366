# %% [markdown]
# # Start here: run a cell, write a loss, and search for its lowest point
#
# | | |
# |---|---|
# | **Do** | write a loss and two searches; let them learn to read handwriting |
# | **Learn** | how this course works; what a loss is; why the rest of the course is about slopes |
# | **Need** | Python with a little NumPy |
# | **Time** | 30 minutes |
#
# A page like this is a **notebook**: text, and cells of code that you can run and change. Nothing
# you do here can break anything. Save your answers with Ctrl-S; what you pass is remembered besides.

# %% [markdown]
# ## How to run a cell
# Click into the grey box below and press **Shift-Enter**. It runs, and the next one is chosen. To its
# left you see `[*]` while it works, then a number: the order in which cells were run.
#
# This first cell fetches what the lesson needs. If you ever read `NameError`, it has not been run:
# go back to it and run every cell from there. If all seems lost, choose *Kernel, Restart Kernel and
# Run All Cells*.

# %%
from functools import partial

import numpy as np

from course_lib.data import digits
from course_lib.exercises import check, diagnose, hint, predict, progress, ready, reveal
from course_lib.explorers import search_in_fog
from course_lib.models import SoftmaxRegression
from course_lib.neighbours import NearestNeighbours
from course_lib.plots import contours, figure, show
from course_lib.problems import least_squares
from course_lib.slices import digits_slice

# %% [markdown]
# ## Predict: a thousand tries
# Here are ten of 1797 handwritten digits, each 8 by 8 pixels.

# %%
train, validation, test = digits()
fig, axes = figure(ncols=10, size=(9, 1.7))
for ax, image, label in zip(axes, train.X, train.y, strict=False):
    ax.imshow(image.reshape(8, 8), cmap="Greys")
    ax.set_title(f"a {label}")
    ax.axis("off")
fig.suptitle("64 pixels say which digit it is")
show(fig, alt="Ten handwritten digits, coarse pictures of 8 by 8 grey pixels, with their labels.")

# %% [markdown]
# A small model reads such an image. It holds 650 numbers: for each of the ten digits, a weight for
# every pixel and one number more. They make ten scores, and the highest score wins. With all 650 at
# zero it only guesses, and is right in about 10 of 100 images.
#
# You will look for better numbers in three ways, 1000 times each:
#
# 1. **random search**: draw all 650 at random, 1000 times, and keep the best;
# 2. **local search**: move them a little at random, 1000 times, and keep each move that helps;
# 3. **gradient descent**: take 1000 steps downhill, the way you will learn in lessons 01 and 02.
#
# How many of 100 *new* images will each of them read? Put a number from 0 to 100 in place of each
# `None`. A wrong guess teaches more than none.

# %%
predict("digits-random-search", None)

# %%
predict("digits-local-search", None)

# %%
predict("digits-gradient-descent", None)

# %% [markdown]
# ## The idea: a loss is a landscape
# Begin with two numbers. Draw a line through some points: its height at 0 and its slope are two
# numbers you may choose, the **parameters** (매개변수). A **loss** (손실) says how badly the line
# fits: one number, the lower the better.
#
# So every line is a place on a map, and its loss is the height there. Find A, B and C on both sides.

# %%
rng = np.random.default_rng(1)
x = np.linspace(0, 4, 12)
y = 1 + 2 * x + rng.normal(size=12)
problem = least_squares(np.stack([np.ones(12), x], axis=1), y)
lines = {"A": [-0.5, 0.5], "B": [2.5, 0.5], "C": problem.minimum}

fig, (data, land) = figure(ncols=2, size=(9, 3.8))
data.plot(x, y, "o", color="0.4")
contours(land, problem)
for name, w in lines.items():
    (drawn,) = data.plot(x, w[0] + w[1] * x, label=f"{name}: loss {problem.value(w):.2g}")
    land.plot(*w, "o", color=drawn.get_color(), markersize=14)
    land.annotate(name, w, (9, 5), textcoords="offset points")

# %%
data.set(xlabel="x", ylabel="y", title="Three lines through the same points")
data.legend(frameon=False)
land.set(xlabel="height of the line at 0", ylabel="slope of the line")
land.set_title("Each line is one place on the map")
show(
    fig,
    alt="Left: points that rise, and three lines. A and B lie too flat, C fits. Right: the loss as a "
    "map with oval level lines; A and B stand on the slope, C at the bottom, where the star is.",
)

# %% [markdown]
# **Training** a model means: find a low place on this map. For two numbers you can see it. For the
# 650 of the digits nobody can; you stand in fog, and all you can ask is "how high am I here?"

# %% [markdown]
# ## The equation: the mean of the squared errors
# Write one example as a row $x_i$ of a table $X$, with $n$ rows and $d$ columns, and its target as
# $y_i$. The parameters are $w$, one number per column. The model predicts $x_i \cdot w$. Its
# **mean squared error** (평균 제곱 오차) is
#
# $$ f(w) = \frac1n \sum_{i=1}^{n} \big( x_i \cdot w - y_i \big)^2 . $$
#
# For a line, $x_i = (1, x)$: a column of ones for the height at 0, then the column of $x$. By hand,
# for the three points $(0, 1)$, $(1, 3)$, $(2, 5)$:
#
# | $w$ | predictions | errors | squares | $f(w)$ |
# |---|---|---|---|---|
# | $(0, 0)$ | 0, 0, 0 | −1, −3, −5 | 1, 9, 25 | 35/3 |
# | $(1, 1)$ | 1, 2, 3 | 0, −1, −2 | 0, 1, 4 | 5/3 |
# | $(1, 2)$ | 1, 3, 5 | 0, 0, 0 | 0, 0, 0 | 0 |

# %% [markdown]
# ## Exercise: the mean squared error (1 point)
# Your first one. Where you read `YOUR CODE HERE`, write, and take away the line `raise
# NotImplementedError()`. The predictions are there: `X @ w` multiplies each row of `X` with `w` and
# adds up. Return the mean of the squared errors.


# %%
def mse_loss(w, X, y):
    """Return the mean squared error of the predictions X @ w, a float."""
    predictions = X @ w
    ### BEGIN SOLUTION
    return float(np.mean((predictions - y) ** 2))
    ### END SOLUTION


# %% [markdown]
# Run your cell, then the next one. A **check** tries your function on many inputs, and compares all
# it does with the right answer *and with the mistakes that people make*. So it can often tell you
# which one is yours. Run it as often as you like: only success is counted.

# %%
check("mse-loss", mse_loss)

# %% [markdown]
# What does a check say to a wrong answer? Here is one that always returns 0. `diagnose` judges any
# function, without counting it as yours.

# %%
diagnose("mse-loss", lambda w, X, y: 0.0)

# %% [markdown]
# Stuck? Each run of the next cell gives one hint more.

# %%
hint("mse-loss")

# %% [markdown]
# From here on `loss_of_line` is your function, once it passes. Until then it is the course's own, so
# that you can read on and come back.

# %%
loss_of_line = ready("mse-loss", mse_loss)
X = np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]])
y = np.array([1.0, 3.0, 5.0])
print(f"perfect line {loss_of_line(np.array([1.0, 2.0]), X, y)}")

# %% [markdown]
# ## Spot the bug: the perfect line has a loss
# This loss looks right, and raises no error. For the perfect line of the table above it should be 0,
# and for the flat line of height 3 it should be larger.


# %% tags=["bug"]
def published_loss(w, X, y):
    predictions = X @ w.reshape(-1, 1)
    return np.mean((predictions - y) ** 2)


for w in ([1.0, 2.0], [3.0, 0.0]):
    print(f"w = {w}: {published_loss(np.array(w), X, y):.4g}")

# %% [markdown]
# It likes the flat line better! Before you read on: which shapes have `predictions` and `y`, and what
# does NumPy make of their difference? Guess, then ask.

# %%
print("shapes:", (X @ np.ones((2, 1))).shape, y.shape, "->", (X @ np.ones((2, 1)) - y).shape)
diagnose("mse-loss", published_loss)

# %% [markdown]
# A column minus a row is a square: all three predictions against all three targets. The lowest such
# loss is a flat line at the mean of $y$, whatever the data say. No search can repair a wrong loss:
# **check the loss first**, on a case that you know.

# %% [markdown]
# ## Exercise: random search (2 points)
# Now go down. The plainest way: try places at random, and keep the best.
#
# - `sample()` gives a random place, an array. It may be *the same array every time*, with new numbers
#   in it, so keep a copy: `point.copy()`.
# - `loss(point)` gives its loss. Ask once for each point: the loss is what costs time.
# - Of two equal losses keep the earlier.
#
# For losses 3, 1, 2, 1 the result is the *second* point, and `best` is 3, 1, 1, 1: the lowest loss so
# far, after each try. The frame is there; fill in one round.


# %%
def random_search(loss, sample, n):
    """Try n points; return (w, best): the best point, and the lowest loss so far, shape (n,)."""
    w, lowest, best = None, np.inf, np.zeros(n)
    for k in range(n):
        point = sample()
        ### BEGIN SOLUTION
        value = loss(point)
        if value < lowest:
            w, lowest = point.copy(), value
        best[k] = lowest
        ### END SOLUTION
    return w, best


# %%
check("random-search", random_search)

# %%
hint("random-search")

# %% [markdown]
# ## Exercise: random local search (2 points)
# Random search forgets: a good place tells it nothing about the next try. Better: stay at the best
# place so far, and try a step from there.
#
# $$ \text{candidate} = w + \text{step}; \qquad w \leftarrow \text{candidate}\ \text{ if its loss is
# strictly lower.} $$
#
# `perturb()` gives a step. Make `n` of them. `best` now has $n + 1$ entries; entry 0 is the loss at
# the start `w0`. By hand, for $f(w) = w^2$ from $w = 3$ with the steps −1, +1, −1:
#
# | try | candidate | its loss | $w$ after | `best` |
# |---|---|---|---|---|
# | start | | | 3 | 9 |
# | 1 | 2 | 4 | 2 | 4 |
# | 2 | 3 | 9 | 2 | 4 |
# | 3 | 1 | 1 | 1 | 1 |


# %%
def random_local_search(loss, w0, perturb, n):
    """Try n steps; return (w, best), best of shape (n + 1,) with the loss at w0 first."""
    w = np.array(w0, dtype=float)
    ### BEGIN SOLUTION
    best = [loss(w)]
    for _ in range(n):
        candidate = w + perturb()
        value = loss(candidate)
        best.append(min(value, best[-1]))
        if value < best[-2]:
            w = candidate
    return w, np.array(best)
    ### END SOLUTION


# %%
check("random-local-search", random_local_search)

# %%
hint("random-local-search")

# %%
anywhere = ready("random-search", random_search)
nearby = ready("random-local-search", random_local_search)

# %% [markdown]
# ## Explorer: search in fog
# A model of digits with two knobs only: it compares an image with the average picture of each digit;
# $x$ says how much the left half counts, $y$ the right half. You see its whole landscape. The two
# searches do not: each knows only the losses where it has looked.
#
# Press *one look more* a few times, then *ten more*. Then change the reach of a local step: what is
# wrong with a very short one, and with a very long one?

# %%
plane = digits_slice()
search_in_fog(plane)

# %% [markdown]
# With two knobs both arrive. Look at how: random search finds a fair place at once and then rarely a
# better one. Local search begins slowly, and ends lower. Hold that against your three guesses.

# %% [markdown]
# ## Real data: three parts, and why
# A model may learn the images *by heart*, and fail on new ones. So the digits are cut in three.
#
# | part | images | what for |
# |---|---|---|
# | **training** (훈련) | 1347 | to find the parameters |
# | **validation** (검증) | 225 | to choose between models and settings |
# | **test** (시험) | 225 | once, at the very end, to say how good it is |
#
# Why not choose with the test part? Whoever picks the best of many by a test has learned from it,
# and it is no longer new.

# %% [markdown]
# The model that learns by heart exists, and it is a good one. **Nearest neighbours** (최근접 이웃):
# keep all training images; for a new one find the $k$ that are most alike, and take the label that
# most of them have. No parameters, no loss, no training.

# %%
by_heart = NearestNeighbours(*train, k=1)
new = validation.X[:8]
like = train.X[by_heart.nearest(new)[:, 0]]
fig, axes = figure(ncols=8, nrows=2, size=(9, 2.6))
for column, pair in enumerate(zip(new, like, strict=True)):
    for ax, image, name in zip(axes[:, column], pair, ("new", "nearest"), strict=True):
        ax.imshow(image.reshape(8, 8), cmap="Greys")
        ax.set_title(name, fontsize=10)
        ax.axis("off")
fig.suptitle("The nearest of 1347 images is nearly always the same digit")
show(fig, alt="Eight new digits above, and below each the training image most like it.")

# %%
for k in (1, 3, 25, 1347):
    reader = NearestNeighbours(*train, k=k)
    known, unknown = 100 * reader.accuracy(*train), 100 * reader.accuracy(*validation)
    print(f"k = {k:4}:  training {known:5.1f} %,  validation {unknown:4.1f} %")

# %% [markdown]
# With $k = 1$ the training images are read without a mistake: each finds *itself*. That says nothing.
# With $k = 1347$ every image gets the same answer. The number $k$ is a **hyperparameter**
# (하이퍼파라미터): you choose it, by the validation part, and no loss is minimised for it.
#
# Compare the two kinds of model:
#
# | | nearest neighbours | 650 parameters |
# |---|---|---|
# | what it keeps | all 1347 × 64 = 86 208 pixels | 650 numbers |
# | training | none | a search for a low loss |
# | multiplications for a new image | 86 208 | 640 |
# | with ten times the data | ten times slower | as fast as before |
#
# The second kind is called **parametric**, and this course is about its training.

# %% [markdown]
# ## Experiment: a thousand tries each
# Back to the digits and their 650 numbers. The loss on the training images is low when the right
# digit gets a high score; lesson 01 has the formula. Random search does a little better if it counts
# the misread images instead: it needs no slope, so any measure will do. Both searches run three
# times, with other luck, at the lengths that did best among a few.


# %%
model = SoftmaxRegression(64, 10)


def digits_loss(w):
    return model.loss(w, *train)


def misread(w):
    return 1 - model.accuracy(w, *train)


rng = np.random.default_rng(0)
start = np.zeros(model.size)

# %%
random_runs = [anywhere(misread, lambda: 0.1 * rng.normal(size=650), 1000) for _ in range(3)]
local_runs = [
    nearby(digits_loss, start, lambda: 0.03 * rng.normal(size=650), 1000) for _ in range(3)
]

# %% [markdown]
# And 1000 steps downhill. `model.grad` computes the slope in all 650 directions at once; how it does
# that is lesson 01, and why the step has this form is lesson 02.

# %%
w, gradient_losses = start, [digits_loss(start)]
for _ in range(1000):
    w = w - 1.0 * model.grad(w, *train)
    gradient_losses.append(digits_loss(w))

# %%
percent = {
    "random search": [100 * model.accuracy(w_best, *validation) for w_best, _ in random_runs],
    "local search": [100 * model.accuracy(w_best, *validation) for w_best, _ in local_runs],
    "gradient descent": [100 * model.accuracy(w, *validation)],
}
for name, values in percent.items():
    print(f"{name:16}:", *(f"{value:.0f} %" for value in values))

# %% [markdown]
# These are shares of the validation images. One of them is 0.44 %, so do not read too much into the
# last digit. Your guesses:

# %%
reveal("digits-random-search", round(np.mean(percent["random search"])))

# %%
reveal("digits-local-search", round(np.mean(percent["local search"])))

# %%
reveal("digits-gradient-descent", round(np.mean(percent["gradient descent"])))

# %% [markdown]
# Was that fair? Counted in multiplications, a gradient costs **two to three losses**: two here, three
# in a deep network. So let local search have 3000 losses, and count each gradient as three.

# %%
_, random_best = anywhere(digits_loss, lambda: 0.1 * rng.normal(size=650), 1000)
w_longer, local_best = nearby(digits_loss, start, lambda: 0.03 * rng.normal(size=650), 3000)

fig, ax = figure(size=(6.5, 4))
ax.plot(random_best, label="random search")
ax.plot(local_best, label="local search")
ax.plot(3 * np.arange(1001), gradient_losses, label="gradient descent")
ax.set(yscale="log", xlabel="cost, in losses (a gradient counts as 3)", ylabel="lowest loss so far")
ax.set_title("At the same cost, slopes win:\nrandom search hardly moves")
ax.legend(frameon=False, loc="lower left")
show(
    fig,
    alt="Training loss against cost on a log scale. Random search stays near 2.2. Local search falls "
    "to about 0.2. Gradient descent is below it from the first steps on, and ends near 0.09.",
)

# %%
print(f"local search, 3000 losses: {100 * model.accuracy(w_longer, *validation):.0f} %")
print(f"gradient descent, 1000 gradients: {percent['gradient descent'][0]:.0f} %")
print(f"and once, at the very end, the test images: {100 * model.accuracy(w, *test):.0f} %")

# %% [markdown]
# Slopes win at the same cost. And yet the nearest neighbours read at least as well: they pay with
# memory, and with time for every new image. A comparison is worth as much as its conditions, so in
# every lesson you will state them.

# %% [markdown]
# ## When it fails: too many directions
# Local search was not bad at all. Why not stop here? Take a bowl in $d$ coordinates, where the loss is
# the distance from the bottom, $f(w) = \lVert w \rVert$. Let your search halve that distance once.
# The length of its steps suits each $d$. How many losses does it take, the median of nine runs?

# %%
for d in (2, 8, 32, 128):
    corner, counts = np.ones(d) / np.sqrt(d), []
    for luck in range(9):
        dice = np.random.default_rng(luck)
        step = partial(dice.normal, 0, 0.8 / d, d)  # a function of nothing: each call draws a step
        _, best = nearby(np.linalg.norm, corner, step, 30 * d)
        counts.append(np.argmax(best <= 0.5))
    middle = np.median(counts)
    print(f"d = {d:3}: {middle:3.0f} losses, {middle / d:.1f} per coordinate")

# %% [markdown]
# In proportion to $d$: at this rate a million coordinates cost more than three million losses. In
# many dimensions a random step goes nearly always *across* the slope: with 650 coordinates only about
# $1/\sqrt{650}$, 4 %, of its length lies along the gradient.
#
# A gradient costs two or three losses, *whatever $d$ is*, and points along the slope with all its
# length. That is why there is this course.

# %% [markdown]
# ## Claim court: "random search is a bad idea"
# | for | against |
# |---|---|
# | With 650 numbers, 1000 tries read about one digit in five. | With the two knobs of the explorer, 50 tries do well. |
# | Each try forgets all that went before. | So they can all run at the same time. |

# %%
knobs = np.random.default_rng(0)
w_knobs, best = anywhere(plane.value, lambda: knobs.uniform(-4, 16, size=2), 50)
print(f"two knobs, 50 tries: {100 * plane.accuracy(w_knobs):.0f} % of the images")
grid, tries = np.repeat([-1, 0, 1], 3), knobs.uniform(-1, 1, 9)
print(f"values of the first knob in 9 tries: grid {len(set(grid))}, random {len(set(tries))}")

# %% [markdown]
# **Verdict.** Bad for *parameters*, which are many. Fine for *hyperparameters*, which are few, which
# have no gradient, and of which only some matter: nine random tries see nine values of the one that
# matters, a 3 by 3 grid sees three. Bergstra and Bengio (2012) measured it.

# %% [markdown]
# ## Words of this course
# You will meet them again, each explained at its place. The words of this lesson, then those to come:
#
# | English | Korean | in a few words |
# |---|---|---|
# | parameter | 매개변수 | a number that training finds |
# | hyperparameter | 하이퍼파라미터 | a number that you choose |
# | loss | 손실 | how bad the parameters are |
# | gradient | 기울기 | the slope in every direction |
# | gradient descent | 경사 하강법 | steps against the gradient |
# | learning rate | 학습률 | how long these steps are |
# | initialization | 초기화 | where they begin |
# | gradient check | 기울기 검사 | compare a gradient with differences |
# | condition number | 조건수 | how long and thin a valley is |
# | local minimum | 지역 최솟값 | lower than all around it |
# | saddle point | 안장점 | flat, up one way, down another |

# %% [markdown]
# | English | Korean | in a few words |
# |---|---|---|
# | batch | 배치 | the examples used for one step |
# | mini-batch | 미니배치 | a few of them, drawn anew |
# | momentum | 모멘텀 | a memory of past gradients |
# | inertia | 관성 | why a moving thing keeps moving |
# | exponential moving average | 지수 이동 평균 | a mean that forgets |
# | bias correction | 편향 보정 | repairs such a mean at its start |
# | warm-up | 워밍업 | short steps at first |
# | generalization | 일반화 | to be right about new examples |
# | regularization | 규제 | a push towards simpler parameters |
# | sharp, flat minimum | 뾰족한, 평평한 최솟값 | narrow or wide at the bottom |
# | vanishing gradient | 기울기 소실 | slopes that fade in deep networks |
# | quasi-Newton | 준뉴턴 | learns curvature from gradients |

# %% [markdown]
# ## Summary
# - A loss is a landscape: parameters are the place, the loss is its height.
# - Check the loss on a case you know. No search repairs a wrong one.
# - Find parameters with the training part, choose with the validation part, use the test part once.
# - Random search suits a few numbers; local search pays for every coordinate; a gradient costs two
#   or three losses, whatever the number of coordinates.

# %%
progress("00_start_here")

# %% [markdown]
# ## What this course will do
# One story, in which every method repairs the one before it. You will write each of them, in two to
# six lines.
#
# | method | its idea | and its trouble |
# |---|---|---|
# | gradient descent | go down the slope | zigzags in a long valley |
# | mini-batches | a cheap, noisy slope | noise |
# | momentum | remember the way | overshoots |
# | Nesterov | look ahead first | one learning rate for all |
# | Adagrad | a learning rate for each coordinate | its steps fade |
# | Adadelta, RMSprop | forget the old gradients | no memory of the way |
# | Adam | both memories | not for free |
#
# In every lesson: predict a number, see the idea, write the rule, let it be checked, find somebody
# else's mistake, and see where it fails.
#
# Next: [measure a slope, and know when to trust it](01_gradients.ipynb).

# %% [markdown]
# ## Sources
# - Bergstra and Bengio (2012), *Random search for hyper-parameter optimization*.
# - Matyas (1965), *Random optimization*: local search that keeps what helps.
# - Rechenberg (1973), *Evolutionsstrategie*: how long its steps should be, and why the cost grows with
#   the number of coordinates.
# - Cover and Hart (1967), *Nearest neighbor pattern classification*.
# - Griewank and Walther (2008), *Evaluating Derivatives*: what a gradient costs, in losses.
# - The digits: Alpaydin and Kaynak (1998), UCI Machine Learning Repository.
