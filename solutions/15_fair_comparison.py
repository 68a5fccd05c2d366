# %% [markdown]
# # Compare optimizers fairly, and build your own
#
# | | |
# |---|---|
# | **Do** | choose learning rates without cheating, rank with an error, and enter an optimizer of your own |
# | **Learn** | what makes a comparison fair, when the choice of optimizer matters, what to tune first |
# | **Need** | the methods of [lessons 02](02_gradient_descent.ipynb) to [10](10_adam.ipynb); the three parts of the digits, [lesson 00](00_start_here.ipynb) |
# | **Time** | 60 minutes, and as long as you like for the capstone |

# %%
from dataclasses import replace
from functools import partial

import numpy as np

from course_lib.capstone import board, walk
from course_lib.comparison import LRS, METHODS, Benchmark, centred, look_up
from course_lib.data import digits
from course_lib.exercises import check, diagnose, guesses, hint, predict, progress, ready, reveal
from course_lib.explorers import race, seed_luck
from course_lib.models import Network
from course_lib.one_sided import fit, one_sided, wrong_on_new
from course_lib.optimizers import GD, Adam, Momentum, Nadam, RMSprop
from course_lib.plots import contours, figure, path, show
from course_lib.problems import quadratic, valley
from course_lib.scoreboard import calibration, ranking, sensitivity
from course_lib.sweep import contest

# %% [markdown]
# ## Recall: three questions from lesson 13
# Answer in your head, then open the answer.
#
# <details><summary>Why does a gradient vanish in ten layers of sigmoids?</summary>
# Each layer multiplies it by a slope of at most 1/4, and by weights. Ten such factors are a millionth.
# </details>
#
# <details><summary>Which variance do He's first weights have, and for which activation?</summary>
# 2 over the number of inputs, for ReLU, which switches off half of its units.
# </details>
#
# <details><summary>What can Adam not bring back in a badly started network?</summary>
# What the way forward has lost: if all images lie on one line, no step sees them apart.
# </details>

# %% [markdown]
# ## Predict: eleven methods, five fresh seeds
# Eleven methods learn the digits: SGD, momentum, Nesterov, Adagrad, Adadelta, RMSprop, Adam, AdamW,
# AMSGrad, Nadam, Lion. Each gets the learning rate that suits it best, found with the same effort.
# Then each starts five times from fresh seeds, and we rank them by their mean accuracy on test images.
#
# By how many points of accuracy does the winner lead plain SGD? Replace `None` by your guess.

# %%
predict("winner-leads-sgd-by", None)

# %% [markdown]
# And of the ten others, how many can *not* be told from the winner, given their errors?

# %%
predict("tied-with-the-winner", None)

# %% [markdown]
# ## The idea: who chooses the learning rate chooses the winner
# One task: a network with 16 hidden units, twelve epochs, batches of 64. The learning rate falls in a
# straight line to 0. Pixels are centred. Every method is trained with ten learning rates, from three
# starts: 330 networks. They share one array of weights, so that this takes seconds.

# %%
data, network = centred(digits()), Network((64, 16, 10))
bench = Benchmark(network, data)
grid = bench.grid(METHODS, LRS, seeds=range(3))

# %% [markdown]
# Now publish. "All methods were run with the same learning rate, to be fair." Which one?

# %%
fig, axes = figure(ncols=2, size=(9.4, 4.2))
for ax, lr in zip(axes, (0.01, 1.0), strict=True):
    losses = {name: done.loss[np.argmax(done.lrs == lr)].mean() for name, done in grid.items()}
    order = sorted(losses, key=lambda name: np.nan_to_num(losses[name], nan=np.inf))
    shown = [np.clip(np.nan_to_num(losses[name], nan=1e3), 1e-4, 1e3) for name in order]
    ax.barh(order, shown, left=1e-4, color=["#D55E00" if n == "SGD" else "0.7" for n in order])
    ax.set(xscale="log", xlim=(1e-3, 1e2), xlabel="training loss", ylabel="method")
    ax.invert_yaxis()
    ax.set_title(f"All with lr = {lr:g}: {order[0]} is best")
show(
    fig,
    alt="Training losses of eleven methods as bars, best on top. With lr 0.01 Lion is best, below "
    "0.01, SGD and Adadelta are last, above 1. With lr 1 plain SGD is best, and Lion, "
    "momentum and Nesterov are last.",
)

# %%
common = {name: done.loss[2].mean() for name, done in grid.items()}
best, worst = min(common, key=common.get), max(common, key=common.get)
print(f"at lr = {LRS[2]}: from {common[best]:.1g} ({best}) to {common[worst]:.1f} ({worst})")

# %% [markdown]
# A factor of a thousand, and it says nothing about methods. `lr` has other units in each of them: SGD
# multiplies a gradient by it, Adam moves a weight by a share of it, Lion by all of it. An equal `lr` is
# as fair as "both cars in third gear".
#
# So look at all learning rates at once.

# %%
fig, axes = figure(ncols=3, size=(10, 3.9))
sensitivity(axes[0], grid, ["SGD", "RMSprop", "Adam", "Nadam"])
sensitivity(axes[1], grid, ["momentum", "Nesterov", "Adagrad"])
sensitivity(axes[2], grid, ["Adadelta", "AdamW", "AMSGrad", "Lion"])
axes[0].set_title("Other places, equal depth")
axes[1].set_title("Bands are three seeds")
axes[2].set_title("Lion is the narrowest")
show(
    fig,
    alt="Validation loss against the learning rate, one curve a method. All but Lion's have a valley "
    "of about the same depth, 0.05 to 0.08. RMSprop, Adam and Nadam have it near 0.03, SGD near 1, "
    "Adadelta near 10. Lion's is at 0.003, narrow, and twice as high.",
)

# %% [markdown]
# All but Lion reach about the same depth, at learning rates that lie a factor of 300 apart.
# A fair comparison takes the lowest point of each. It tells, too, how *wide* each valley is.

# %%
for name, done in grid.items():
    mean = np.nan_to_num(done.validation, nan=np.inf).mean(axis=1)
    wide = int(np.sum(mean < 2 * mean.min()))
    print(f"{name:9} {wide} of 10 learning rates come within twice its best loss  {'*' * wide}")

# %% [markdown]
# A wide valley is worth something: whoever cannot tune much is better off with it.

# %% [markdown]
# ## The equation: a mean, its error, and a tie
# A run depends on luck: the start, the shuffles. From $k$ runs with scores $s_1, \dots, s_k$:
#
# $$ \bar s = \frac1k \sum_i s_i, \qquad
# \mathrm{se} = \frac{1}{\sqrt k} \sqrt{\frac{\sum_i (s_i - \bar s)^2}{k - 1}}. $$
#
# $\bar s$ is the mean. $\mathrm{se}$ is its **standard error**: how far the mean itself would move, if
# you did it all again. It is the spread of single runs over $\sqrt k$. Errors of two independent means add
# as squares, so the gap between methods $a$ and $b$ means something only if
#
# $$ |\bar s_a - \bar s_b| > 2 \sqrt{\mathrm{se}_a^2 + \mathrm{se}_b^2}. $$
#
# Otherwise call it a **tie**. By chance alone, a gap beyond that is seen in about one of twenty pairs; with
# five runs in about one of twelve.

# %% [markdown]
# The protocol, in four lines:
#
# | step | data | seeds | how often |
# |---|---|---|---|
# | train | training part | all | always |
# | choose `lr`, for each method alone | **validation** part | three *tuning* seeds, their mean | as often as you like |
# | is the best at the **edge** of the grid? | | | then widen it: it has not been tuned |
# | judge | **test** part | five *fresh* seeds, mean and error | once |
#
# Why fresh seeds? The best of many was partly lucky, and will not be so lucky again.

# %% [markdown]
# ## Exercise: choose a row (1 point)
# `losses` has a row for each learning rate, the smallest first, and a column for each seed. By hand:
#
# | lr | seed 0 | seed 1 | mean |
# |---|---|---|---|
# | 0.01 | 0.6 | 0.8 | 0.7 |
# | 0.1 | 0.5 | 0.5 | **0.5** |
# | 1 | 0.2 | 0.9 | 0.55 |
# | 10 | NaN | 0.1 | counts as infinite |
#
# Return the *number of the row* with the lowest mean, here 1. A run that diverged is NaN, and counts as
# infinitely bad. Of equal rows take the smaller learning rate.


# %%
def select_lr(losses):
    """Return the number of the row with the lowest mean, an int; losses has shape (L, S)."""
    ### BEGIN SOLUTION
    means = np.mean(losses, axis=1)
    return int(np.argmin(np.where(np.isnan(means), np.inf, means)))
    ### END SOLUTION


# %%
check("select-lr", select_lr)

# %% [markdown]
# ## Exercise: tune every method with the same effort (3 points)
# `run(method, lr, seed)` trains once, and returns two losses: `(validation, test)`. For every method,
# choose among *all* `lrs` by *all* `seeds`. Return a dict, name to `(lr, at_edge)`: the learning rate
# itself, and whether it is the smallest or the largest that was tried. The `lrs` may come in any order.
#
# The loop over methods is there. What is missing holds a temptation.


# %%
def tune(run, methods, lrs, seeds):
    """Return a dict, name to (lr, at_edge)."""
    lrs = sorted(lrs)
    chosen = {}
    for method in methods:
        ### BEGIN SOLUTION
        losses = np.array([[run(method, lr, seed)[0] for seed in seeds] for lr in lrs])
        k = select_lr(losses)
        chosen[method] = (lrs[k], k == 0 or k == len(lrs) - 1)
        ### END SOLUTION
    return chosen


# %%
check("tune", tune)

# %%
hint("tune")

# %%
choose = ready("tune", tune)
tuned = choose(look_up(grid), list(METHODS), LRS.tolist(), [0, 1, 2])
for name, (lr, at_edge) in tuned.items():
    print(f"{name:9} lr = {lr:<6g}" + ("at the EDGE: widen the grid" if at_edge else ""))

# %% [markdown]
# ## Explorer: the luck of a seed
# Adam again, seven learning rates close together, twelve seeds. How many seeds do you need to choose?
#
# Begin with one seed, and move *first seed*: how often does the choice change? Then use three, then
# twelve. Right: the share of each learning rate, over all twelve places to begin. A grey line is a seed.

# %%
seed_luck()

# %% [markdown]
# One seed points anywhere within a factor of three. Three are better, and still not sure. It does little
# harm here: near its bottom a valley is flat. But it makes *reported* best losses too good. Whoever tries
# more seeds, or more settings, reports a luckier best.

# %% [markdown]
# ## Exercise: a ranking that knows its error (2 points)
# `scores` is a dict, name to a list of test accuracies. By hand, for three methods with three runs each:
#
# | name | scores | mean | se | gap to the first | $2\sqrt{\mathrm{se}_1^2 + \mathrm{se}^2}$ | tied |
# |---|---|---|---|---|---|---|
# | Adam | 97, 98, 99 | 98 | 0.5774 | 0 | 1.633 | yes |
# | SGD | 96, 97, 98 | 97 | 0.5774 | 1 | 1.633 | yes |
# | Adagrad | 94, 94.5, 95 | 94.5 | 0.2887 | 3.5 | 1.291 | no |
#
# Return a list of `(name, mean, se, tied)`, highest mean first; equal means keep their order. `tied`
# compares with the *first* row, which ties with itself.


# %%
def rank_with_error(scores):
    """Return a list of (name, mean, se, tied), the highest mean first."""
    ### BEGIN SOLUTION
    rows = []
    for name, s in scores.items():
        rows.append((name, float(np.mean(s)), float(np.std(s, ddof=1) / np.sqrt(len(s)))))
    rows.sort(key=lambda row: -row[1])
    _, top, error = rows[0]
    return [
        (name, mean, se, bool(top - mean <= 2 * np.sqrt(se**2 + error**2)))
        for name, mean, se in rows
    ]
    ### END SOLUTION


# %%
check("rank-with-error", rank_with_error)

# %%
hint("rank-with-error")

# %% [markdown]
# ## Experiment: eleven methods, tuned
# Five fresh seeds for each, with its own learning rate; and, for the first time, the test
# part. No setting will be chosen by it.

# %%
fresh = {name: bench.run(METHODS[name], [lr], range(100, 105)) for name, (lr, _) in tuned.items()}
accuracy = {name: done.accuracy[0] for name, done in fresh.items()}
rows = ready("rank-with-error", rank_with_error)({n: a.tolist() for n, a in accuracy.items()})

# %%
fig, ax = figure(size=(7.4, 4.4))
ranking(ax, rows, accuracy)
ax.set_title("Tuned, most methods are within each other's error\n(squares: beyond two errors)")
show(
    fig,
    alt="Test accuracy of eleven methods with bars of two standard errors. All but Lion have means "
    "between 96.4 and 97.8 percent, and their bars overlap widely. Lion is at 94.5.",
)

# %%
means = {name: mean for name, mean, _, _ in rows}
errors = {name: se for name, _, se, _ in rows}
winner = rows[0][0]
lead = means[winner] - means["SGD"]
reveal("winner-leads-sgd-by", round(lead, 1))

# %%
print(f"{winner} leads SGD by {lead:.1f} points,", end=" ")
print(f"give or take {2 * np.hypot(errors[winner], errors['SGD']):.1f} (two standard errors)")
reveal("tied-with-the-winner", float(sum(tied for _, _, _, tied in rows) - 1))

# %% [markdown]
# The factor of a thousand is gone. One test image is 0.44 points, and most gaps are one to three images.
# This is not a proof that the methods are *equal*: with more seeds small gaps would show.
#
# The two that fall behind: Adagrad by a hair, and of ten comparisons one false alarm is no surprise. Lion
# by far: each weight moves by all of `lr` in every step, and its valley above is the narrowest. Perhaps a
# finer grid would help it: ten values were the same *effort* for each, not the same *luck*.
#
# What would one seed have told?

# %%
names = list(METHODS)
table = np.array([accuracy[name] for name in names])
for k, seed in enumerate(fresh["Adam"].seeds):
    first = table[:, k].max()
    tops = [name for name, score in zip(names, table[:, k], strict=True) if score == first]
    print(f"seed {seed}: the best is {' and '.join(tops)}")

# %% [markdown]
# With one seed, each of these lines could be the title of a paper.
#
# And is a tie the last word? All methods met the *same* five seeds: the same starts, the same shuffles. So
# they share a part of their luck, and the rule for independent means calls too many ties. Subtract seed by
# seed first, then take the error of the differences. And as we have picked the winner, take new seeds, too.

# %%
pair = [winner, "Adam"]
more = {name: bench.run(METHODS[name], [tuned[name][0]], range(200, 230)) for name in pair}
thirty = {name: done.accuracy[0] for name, done in more.items()}
for label, runs in {"the 5 seeds": accuracy, "30 others": thirty}.items():
    gap = runs[winner] - runs["Adam"]
    error = 2 * gap.std(ddof=1) / np.sqrt(len(gap))
    print(f"{label:11}: {winner} leads Adam by {gap.mean():.1f} points, give or take {error:.1f}")

# %% [markdown]
# So on these 225 test images there *is* a gap, of less than two of them. A tie means "not told apart by so
# many runs", never "equal". And whether a gap is there is one question, whether it matters another.

# %% [markdown]
# ## Spot the bug: tuned, says the table
# The heart of a published comparison. All methods are tuned, and the numbers are those of the test part.
# There are even several seeds. Where is the catch?


# %% tags=["bug"]
def published_tune(run, methods, lrs, seeds):
    chosen = {}
    for method in methods:
        best = {lr: min(run(method, lr, seed)[1] for seed in seeds) for lr in lrs}
        lr = min(best, key=best.get)
        chosen[method] = (lr, False)
    return chosen


rivals = ["SGD", "momentum", "RMSprop", "Adam"]
for name, (lr, _) in published_tune(look_up(grid), rivals, LRS.tolist(), [0, 1, 2]).items():
    at = int(np.argmax(lr == LRS))
    told, honest = grid[name].test[at].min(), fresh[name].test.mean()
    print(f"{name:9} published test loss {told:.3f}, the honest one {honest:.2f}")

# %%
diagnose("tune", published_tune)

# %% [markdown]
# Three faults in one line: the test part chooses, the luckiest seed counts, and an edge is never reported.
# All published losses are too good by a third to two thirds, and those methods gain most whose luck varies most.
# No known mistake does all three, so none is named. Repair two of them, and ask again.


# %% tags=["bug"]
def half_repaired(run, methods, lrs, seeds):
    chosen, rates = {}, np.sort(lrs)
    for method in methods:
        means = np.array([np.mean([run(method, r, s)[1] for s in seeds]) for r in rates])
        row = int(np.argmin(np.nan_to_num(means, nan=np.inf)))
        chosen[method] = (float(rates[row]), bool(row in (0, len(rates) - 1)))
    return chosen


diagnose("tune", half_repaired)

# %% [markdown]
# The last fault is the one that no table shows.

# %% [markdown]
# ## Spot the bug: "tune all four" and "tune only one"
# Two notes about Adam. One says: "tune the learning rate, beta1, beta2 and epsilon". The other: "the
# defaults are fine, only the learning rate needs tuning". Both cannot be the whole truth. Let random
# search decide (lesson 00 said what it is good for): the best of $n$ tries, on a budget of five epochs.

# %%
rng, tries = np.random.default_rng(0), 24
quick = replace(bench, epochs=5)
rate = 10 ** rng.uniform(-4, 0, (2, tries))
beta1, beta2 = 1 - 10 ** rng.uniform(-2, 0, tries), 1 - 10 ** rng.uniform(-4, -1, tries)
others = {"beta1": beta1, "beta2": beta2, "eps": 10 ** rng.uniform(-10, 0, tries)}
columns = {name: values[:, None, None] for name, values in others.items()}
found = {
    "lr alone": quick.run(Adam, rate[0], range(2)),
    "all four": quick.run(partial(Adam, **columns), rate[1], range(2)),
    "the other three, lr = 0.001": quick.run(partial(Adam, **columns), np.full(tries, 0.001), [0]),
}

# %%
fig, ax = figure(size=(6.6, 3.9))
counts = np.array([1, 2, 4, 8, 16])
picks = [[rng.choice(tries, n, replace=False) for _ in range(100)] for n in counts]
for name, done in found.items():
    loss = np.nan_to_num(done.validation, nan=np.inf).mean(axis=1)
    typical = [np.median([loss[p].min() for p in some]) for some in picks]
    ax.plot(counts, typical, "o-", label=name)
ax.set(xscale="log", yscale="log", xlabel="tries", ylabel="validation loss of the best")
ax.set_xticks(counts, counts)
ax.legend(frameon=False, loc=(0.42, 0.55))
ax.set_title("With few tries, spend them on the learning rate")
show(fig, alt="Both fall to 0.08 within 4 tries, and end level; without lr it stays above 1.")

# %% [markdown]
# **Verdict.** `lr` first, always: without it the other three cannot help. With ten tries or more all four
# do no harm here, and can gain (Choi et al. 2019 found so on large tasks). "Only one" is right for a small
# budget, "all four" for a large one. Neither note says how many tries it has.

# %% [markdown]
# ## Experiment: the same training loss, the wrong answer
# On the digits all methods end at the same accuracy. Must that be so? Wilson and others (2017) built data on
# which it is not. Every example has a label $+1$ or $-1$, and these columns:
#
# | column | for +1 | for −1 |
# |---|---|---|
# | 0 | 1 | −1 |
# | 1 and 2 | 1 | 1 |
# | five that belong to this example alone | 1, 0, 0, 0, 0 | 1, 1, 1, 1, 1 |
#
# Column 0 *is* the label. There are more columns than examples, so many weights fit perfectly. Take 40
# examples, 14 of them $-1$; least squares from zero, 600 full gradients. A new example brings columns of
# its own that nobody has seen, so only columns 0, 1 and 2 can decide.

# %%
problem = one_sided(40, minority=14)
rates = {"SGD": 0.3, "momentum": 0.03, "Nesterov": 0.03, "Adagrad": 0.1, "Adadelta": 1.0}
for name in METHODS:
    w = fit(METHODS[name], rates.get(name, 0.001), problem, steps=600)
    right = np.all(np.sign(problem.X @ w) == problem.y)
    wrong = 100 * wrong_on_new(problem, w)
    print(f"{name:9} all of the training right: {right}; {wrong:2.0f} % of the new ones wrong")

# %% [markdown]
# The three that follow the gradient itself find column 0. All others call **every** new example $+1$, and
# are wrong about the minority, 35 %. Why? From zero, the gradient's *signs* are all that is left after
# each coordinate is divided by its own size. Columns 0, 1 and 2 have the same sign, so they get the same
# weight $c$, and a new example scores $c\,(y + 1 + 1) > 0$ for both labels.
#
# The conditions of the proof: more columns than examples; a start at zero; full gradients; more of one
# label; and columns that are made for it. Which of them matter here?

# %%
keep = np.ones(203)
keep[1:3] = 0  # what centring would do to columns that are always 1
cases = {
    "constant columns centred": (replace(problem, X=problem.X * keep), Adam, 0.001, 0.0),
    "eps = 10, above all gradients": (problem, partial(Adam, eps=10.0), 1.0, 0.0),
    "a start at 0.01": (problem, Adam, 0.001, 0.01),
    "as many of each label": (one_sided(40, minority=20), Adam, 0.001, 0.0),
}
for name, (task, make, lr, start) in cases.items():
    w = fit(make, lr, task, steps=600, start=start)
    print(f"Adam, {name:30} {100 * wrong_on_new(task, w):3.0f} % of the new ones wrong")

# %% [markdown]
# Centre the columns, or give Adam an `eps` so large that it is a momentum method: all right. The start and the
# majority do not matter here; with as many of each, 50 % are wrong. So the error is the share of $-1$, and
# it hangs on two columns that are always 1.

# %% [markdown]
# ## Claim court: "always use Adam", "adaptive methods generalise worse"
# | for | against |
# |---|---|
# | *Adam:* its valley is a little wider, and stays where it is on another task: below, its `lr` survives a change of network that ruins SGD's. | Tuned, it ties with SGD here. SGD with momentum keeps one array in place of two. |
# | *Worse:* the data above: 35 % against 0 %. Image networks of 2017 (Wilson et al.). | On the digits: a tie. Where more was tuned, the gap went (Choi et al. 2019). |
#
# **Verdict on "always Adam".** As a *first* method, yes: it is hard to get wrong. As the last word, no: if
# you can afford to tune, compare.
#
# **Verdict on "worse".** It *can* happen: that is proved. That it does happen to you has to be measured,
# on your data, with both tuned.

# %% [markdown]
# ## Real data: the digits of lesson 00 again, with everything learned
# There, 1000 evaluations of the loss were the budget; a gradient counts as three. So gradient descent had
# about 333 gradients, each over all 1347 images: 449,000 looks at an image. Its learning rate, 1, had not
# been tuned. What do we do today with 12 epochs, 16,000 looks? Add what you learned, lesson by lesson;
# every rung is tuned and has five fresh seeds.

# %%
raw, linear = digits(), Network((64, 10))
whole = Benchmark(linear, raw, epochs=333, batch_size=1347, decay=lambda u: 1.0)
then = whole.run(METHODS["SGD"], [1.0, 10.0], seeds=range(100, 105)).accuracy.mean(axis=1)
print("as in lesson 00, 333 full gradients")
print(f"at lr = 1: {then[0]:.1f} %; at lr = 10: {then[1]:.1f} %")

# %%
rungs = {
    "12 full gradients, tuned": (Benchmark(linear, raw, batch_size=1347), "SGD"),
    "+ mini-batches (04)": (Benchmark(linear, raw), "SGD"),
    "+ centred pixels (02)": (Benchmark(linear, data), "SGD"),
    "+ a hidden layer, He's start (13)": (bench, "SGD"),
    f"+ {winner} (05 to 10)": (bench, winner),
}
for label, (task, name) in rungs.items():
    rung = task.grid({name: METHODS[name]}, LRS[2:], seeds=range(3), progress=False)
    lr, _ = choose(look_up(rung), [name], LRS[2:].tolist(), [0, 1, 2])[name]
    last = task.run(METHODS[name], [lr], range(100, 105)).accuracy[0]
    print(f"{label:33} {last.mean():.1f} % +- {2 * last.std(ddof=1) / np.sqrt(5):.1f}  (lr {lr:g})")

# %% [markdown]
# One rung does nearly all of it: **mini-batches**. The same model, the same 16,000 looks, more than nine
# points; within a point of 333 *tuned* full gradients, at a twenty-eighth of the price. Everything after
# that is within the errors *on this task*. These digits are easy: straight cuts between them are enough.
#
# That is the honest end of the story that began in lesson 00. It would have been easy to show a ladder
# that climbs at each rung. All one has to do is not to tune the lower ones.

# %% [markdown]
# ## When it fails: results that do not travel
# Take every method with its best learning rate, and change one thing: the network gets five layers of
# weights in place of two.

# %%
deep = replace(bench, model=Network((64, 16, 16, 16, 16, 10)))
for name in ("SGD", "Adam"):
    moved = deep.run(METHODS[name], [tuned[name][0]], range(100, 105)).accuracy[0]
    again = deep.grid({name: METHODS[name]}, LRS[2:7], range(3), progress=False)
    lr, _ = choose(look_up(again), [name], LRS[2:7].tolist(), [0, 1, 2])[name]
    anew = deep.run(METHODS[name], [lr], range(100, 105)).accuracy[0]
    print(f"{name:9} lr carried over: {moved.mean():.0f} %", end="   ")
    print(f"tuned again: {anew.mean():.0f} % (lr {lr:g})")

# %% [markdown]
# With its old learning rate SGD is lost, and Adam hardly notices. Tuned again, SGD is nearly back. This
# is what adaptive methods sell, and an ordinary table of best results cannot show it: **not a better best,
# but a smaller need to tune**.
#
# And the winner depends on the measure. By *training* loss the lead is no matter of luck:

# %%
for name in ("RMSprop", "Adam", "momentum", "SGD", "Lion"):
    loss, low, high = (f(fresh[name].loss) for f in (np.mean, np.min, np.max))
    print(f"{name:9} training loss {loss:.1g} (seeds from {low:.1g} to {high:.1g})")

# %% [markdown]
# RMSprop is ten times lower than most, in every seed, and Lion behind all. Yet on the test images the gap
# was two thirds of a point: the rest is learned by heart.

# %% [markdown]
# ## Explorer: the race, on four surfaces that turn
# Five methods, each with the learning rate that suits it best where it runs. Choose a surface, note
# the winner, then turn it by 45 degrees. Who keeps the place, and who had it from the axes alone?

# %%
race({"SGD": GD, "momentum": Momentum, "RMSprop": RMSprop, "Adam": Adam, "Nadam": Nadam})

# %% [markdown]
# ## Exercise: capstone, an optimizer of your own (5 points)
# Now enter one. A step is `my_optimizer(w, g, state, t)`, and returns `(w, state)`.
#
# - `t` counts from 1 to **200**. That is how many gradients there are.
# - `state` is `None` at `t = 1`, and afterwards whatever you returned: arrays, numbers, lists, dicts.
# - **Five problems** in three dimensions that you have not seen: a bowl, a long valley (curvatures up to
#   1000 apart), a bent valley, a saddle with noise, and odd units with noise. Moved, turned, and with
#   losses from 0.01 to 100 times as loud. The way to go is about 1 to 10 long. *One* optimizer, one
#   setting, for all.
# - The **score** of a problem is the powers of ten by which its loss falls: 3 is a thousandth. Yours is
#   the median of the five.
#
# You pass with a median of 3 or more that is ahead of gradient descent on three problems.

# %% [markdown]
# You cannot peek: you are given $w$ and $g$ only. The minimum is put somewhere else each time, and the
# gradients are made outside, one a step. Nor can you remember: the five problems are played *interleaved*, and
# at the end the first is played once more. If the answer differs, something was kept outside of `state`.
#
# The check, and the grader, draw problems anew: a score of 3.01 may be luck. Any rule of the course will
# do to begin with; then change what hurts. Which of your eleven does not mind how loud a loss is?


# %%
def my_optimizer(w, g, state, t):
    """Return the new point and the new state; leave all inputs alone."""
    ### BEGIN SOLUTION
    m, v = (0 * w, 0 * w) if state is None else state
    m = 0.9 * m + 0.1 * g  # both memories are short: there are only 200 steps
    v = 0.9 * v + 0.1 * g**2
    fall = 1 - (t - 1) / 200  # come to rest
    m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.9**t)
    return w - 0.3 * fall * m_hat / (np.sqrt(v_hat) + 1e-12), [m, v]
    ### END SOLUTION


# %%
check("my-optimizer", my_optimizer)

# %%
hint("my-optimizer")

# %% [markdown]
# The board: your function beside the eleven. Each has *one* learning rate for all problems, the best on
# twenty practice problems; everybody meets the twenty of the board for the first time.

# %%
print(board(my_optimizer))

# %% [markdown]
# The first number is the mean over four draws of the median; after the bar, the mean for each problem. Why are the
# methods that follow the plain gradient so far down? *One* setting for all: with losses 10,000 times apart
# in loudness, the `lr` that the loudest survives is far too small for the rest. Here the tie is broken,
# and by how many powers of ten you can read off. AdamW is behind Adam, as its decay pulls towards 0, and
# no minimum lies there.
#
# `board(my_optimizer, seeds=range(50, 60))` draws other problems, for you to tune on. Which column is your
# weak one?

# %% [markdown]
# ## Experiment: what is invariant?
# The last row is for your own. The loss times 100, other units for the first coordinate, axes turned by
# 45 degrees; 50 steps in the valley.

# %%
mine = ready("my-optimizer", my_optimizer)
c = np.sqrt(0.5)
changed = {
    "loss x 100": (quadratic((1.0, 100.0), start=(10, 1)), np.eye(2)),
    "units": (quadratic((0.0001, 1.0), start=(100, 1)), np.diag([0.1, 1.0])),
    "rotation": (quadratic((0.01, 1.0), np.pi / 4), np.array([[c, -c], [c, c]])),
}
same = walk(mine, valley, 50).points
for name, (problem, back) in changed.items():
    points = walk(mine, problem, 50).points @ back
    print(f"{name:10} {'yes' if np.allclose(points, same, 1e-4, 1e-6) else 'no'}")

# %% [markdown]
# | method | loss × 100 | units | rotation |
# |---|---|---|---|
# | gradient descent, momentum, Nesterov | no | no | **yes** |
# | Adagrad, RMSprop, Adam, Nadam, AMSGrad | **yes** | no | no |
# | Adadelta, as everyone runs it | nearly | no | no |
# | AdamW, Lion, with their decay | **yes** | no | no |
# | Newton | **yes** | **yes** | **yes** |
# | the course's own entry | **yes** | no | no |
#
# The row of a method says on which tasks its learning rate has to be tuned anew.

# %% [markdown]
# ## The decision card
# | when | take | seen in |
# |---|---|---|
# | you know nothing yet, or cannot tune much | Adam, `lr` 0.001 as a start, then ten times up and down | [10](10_adam.ipynb); here: wide valleys |
# | you can tune, or memory is short | SGD with momentum 0.9 | [05](05_momentum.ipynb); here: a tie |
# | many tasks, one setting, a known number of steps | Adam with a schedule to 0 | [11](11_schedules.ipynb); here: the board |
# | weights should stay small | AdamW, not L2 in Adam | [12](12_generalization.ipynb) |
# | rare features, sparse gradients, convex | Adagrad | [07](07_adagrad.ipynb) |
# | full gradients, smooth, no noise | L-BFGS, however many parameters | [14](14_second_order.ipynb) |
# | ill-conditioned, no noise, curvatures known | momentum at its best pair | [05](05_momentum.ipynb) |
# | nothing but losses can be had, few knobs | random search | [00](00_start_here.ipynb) |
# | the loss does not move at all | check the gradient, then the start, then `lr` | [01](01_gradients.ipynb), [13](13_depth.ipynb) |

# %% [markdown]
# ## The decision card: schedule, batch, and what to tune first
# | in this order | how | seen in |
# |---|---|---|
# | 1. the loss and its gradient | on a case you know; against differences | [00](00_start_here.ipynb), [01](01_gradients.ipynb) |
# | 2. inputs and start | centre and scale; He for ReLU, Xavier for tanh | [02](02_gradient_descent.ipynb), [13](13_depth.ipynb) |
# | 3. the learning rate | half powers of ten, validation part, three seeds, no edge | here |
# | 4. a schedule | linear or cosine to 0, if you know when you stop; warm-up if large steps fail at first | [11](11_schedules.ipynb) |
# | 5. the batch size | as large as is still cheap; then `lr` again | [04](04_batch_size.ipynb), [11](11_schedules.ipynb) |
# | 6. decay, stopping early | by the validation part | [12](12_generalization.ipynb) |
# | 7. momentum, `beta2`, `eps` | with a budget of ten tries or more | here |
# | 8. another optimizer | tuned as hard as the old one | here |
#
# Conditions: small networks, small images, minutes of training. On large models warm-up, decay and batch
# matter more. Your own board decides.

# %% [markdown]
# ## Summary
# - An equal learning rate is no fair comparison. Tune each method alone, on validation data, with several
#   seeds, and look whether the best is at an edge.
# - Judge by fresh seeds, once, with a standard error. A gap below two errors of the difference is a tie.
# - Tuned, and judged by five seeds, nine of eleven tie on the digits. What differs is how wide their valleys are, and how far their
#   settings travel.
# - On data made for it, adaptive methods learn the wrong thing with zero training error.
# - Tune `lr` first. A ladder of improvements is easy to draw if the lower rungs are not tuned.
#
# Our valley a last time: 100 gradients, some methods at their best, and yours, which has seen no valley,
# in the middle of its schedule of 200.

# %%
fig, ax = figure(size=(8, 4.6))
contours(ax, valley)
best = contest("Nadam", valley)
for name in ("gradient descent", "momentum", "Nesterov", "Adam"):
    path(ax, best[name].path.points, label=f"{name}: {best[name].path.values[-1]:.1e}")
own = walk(mine, valley, 100)
path(ax, own.points, label=f"your own, not tuned here: {own.values[-1]:.1e}", color="black")
ax.legend(loc="lower left", fontsize=9, title="last loss")
ax.set(xlabel="$w_1$", ylabel="$w_2$")
ax.set_title("Untuned, yours finds its way in a valley it never saw")
show(
    fig,
    alt="The valley with five paths. Momentum, Nesterov and Adam, tuned, reach the minimum. The "
    "course's own entry, not tuned for it, swings along the valley and a little past the minimum.",
)

# %% [markdown]
# The family tree has a new leaf:
#
# ```
# gradient descent          w = w - lr * g
# ├── momentum              v = beta * v + g           w = w - lr * v
# │   └── Nesterov          the same, g at w - lr * beta * v
# ├── Adagrad               G = G + g**2               w = w - lr * g / (sqrt(G) + eps)
# │   ├── Adadelta          a mean for G, and the root of mean squared steps for lr
# │   └── RMSprop           s = mean of g**2, memory rho   w = w - lr * g / (sqrt(s) + eps)
# │       └── Adam          and momentum's mean of g on top, both corrected while young
# │           └── YOURS     ...
# └── Newton, BFGS, L-BFGS  curvature: asked for, or learned
# ```

# %% [markdown]
# And how well did you predict? Every guess that you made in this course, over the number that came out.
# In the grey band you were within a factor of two.

# %%
kept = guesses()
fig, ax = figure(size=(7.4, 1.6 + 0.24 * max(len(kept), 6)))
says = calibration(ax, kept)
ax.set_title("Your guesses: on the line they are right")
show(fig, alt=f"A dot for each guess, over the true number, on a log axis. {says}")

# %%
print(says)
progress("15_fair_comparison")

# %% [markdown]
# Left of the line you guessed too low, right of it too high. People who know a field are not those who are
# always on the line; they are those who know how far off they may be.
#
# This is the end of the course's story. One lesson follows, as an outlook: how to read the next optimizer
# paper. You now have what it takes to doubt it.

# %% [markdown]
# Next: [take the frontier apart, and judge the next optimizer paper](16_frontier.ipynb).

# %% [markdown]
# ## Sources
# - Wilson, Roelofs, Stern, Srebro and Recht (2017), *The Marginal Value of Adaptive Gradient Methods in
#   Machine Learning*: the data on which adaptive methods say +1.
# - Choi et al. (2019), *On Empirical Comparisons of Optimizers for Deep Learning*: the ranking follows the
#   tuning.
# - Schmidt, Schneider and Hennig (2021), *Descending through a Crowded Valley*: fifteen optimizers, eight
#   tasks; trying several untuned is about as good as tuning one.
# - Sivaprasad et al. (2020), *Optimizer Benchmarking Needs to Account for Hyperparameter Tuning*: the
#   budget of tries belongs to the result.
# - Dahl et al. (2023), *Benchmarking Neural Network Training Algorithms*: a protocol for large tasks.
# - Bergstra and Bengio (2012), *Random Search for Hyper-Parameter Optimization*.
# - Alpaydin and Kaynak (1998): the digits.

# %% [markdown]
# ## Further reading
# | read | year | because |
# |---|---|---|
# | Bottou, Curtis and Nocedal, *Optimization Methods for Large-Scale Machine Learning* | 2018 | the theory of stochastic gradients, whole and readable |
# | Nesterov, *Lectures on Convex Optimization* | 2018 | where the lower bounds and the acceleration come from |
# | Nocedal and Wright, *Numerical Optimization* | 2006 | curvature, line searches, quasi-Newton |
# | Goodfellow, Bengio and Courville, *Deep Learning*, chapter 8 | 2016 | the same story beside networks |
# | Sutskever et al., *On the importance of initialization and momentum in deep learning* | 2013 | momentum, seriously tuned |
# | Duchi, Hazan and Singer, *Adaptive Subgradient Methods* | 2011 | the first of the adaptive ones, with its proof |
# | Kingma and Ba, *Adam* | 2015 | read it with lesson 10's three conventions in mind |
# | Loshchilov and Hutter, *Decoupled Weight Decay Regularization* | 2019 | one line of Adam, and its consequences |
# | Godbole et al., *Deep Learning Tuning Playbook* | 2023 | what practitioners do, and in which order |
