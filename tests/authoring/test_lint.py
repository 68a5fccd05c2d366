"""The lint: the sample is clean, and one change at a time makes it say one thing."""

import pytest
from sample_desk import LESSONS

from course_lib.authoring import lint

EXERCISES = LESSONS["00_sample"]
LONG = "\n".join(f"a{number} = {number}" for number in range(16))
# defect, what is replaced, by what, the text whose line is named ("" for line 1), the message
BAD = [
    ("no-title", "# # Double a", "# Double a", "# Double a", "begin the lesson with a '# ' title"),
    ("two-titles", "## Summary", "# Summary", "# # Summary", "a second title, 'Summary'"),
    ("no-time", "| Time |", "| Cost |", "# # Double", "begins with 'Time'"),
    ("no-predict", "## Predict", "## Guess", "", "no part '## Predict'"),
    ("no-idea", "## The idea", "## Idea", "", "no part '## The idea'"),
    ("no-equation", "## The equation", "## Equation", "", "no part '## The equation'"),
    ("no-explorer", "## Explorer", "## Slider", "", "no part '## Explorer'"),
    ("no-experiment", "## Experiment", "## Trial", "", "no part '## Experiment'"),
    ("no-real-data", "## Real data", "## Data", "", "no part '## Real data'"),
    ("no-bug", "## Spot the bug", "## A bug", "", "no part '## Spot the bug'"),
    ("no-failure", "## When it fails", "## Failure", "", "no part '## When it fails'"),
    ("no-summary", "## Summary", "## Closing", "", "no part '## Summary'"),
    ("no-sources", "## Sources", "## Books", "", "no part '## Sources'"),
    ("late-predict", "## Predict\n", "## The idea\n", "", "no part '## Predict'"),
    ("order", "## Summary", "## Sources", "", "no part '## Summary'"),
    ("heading-inside", "# Twice is", "# ## More\n# Twice is", "# ## More", "inside a cell"),
    ("no-code", "ipywidgets.IntSlider(value=3)", "", "# ## Explorer", "has no code cell"),
    ("second-import", "hint(", "import os\nhint(", "import os", "first code cell"),
    ("late-import", "    scale", "    import os\n    scale", "    import os", "first code cell"),
    ("shadowing", "import time\n", "import time as half_it\n", "import time as", "imports half_it"),
    ("star", "import time\n", "from time import *\n", "from time", "name what you import"),
    ("pyplot", "import time\n", "import matplotlib.pyplot as p\n", "import matplotlib", "pyplot"),
    ("plt", "fig = Fig", "plt.figure()\nfig = Fig", "plt.figure", "plt: draw with"),
    ("long-cell", 'hint("double-it")', LONG, "a0 = 0", "16 lines of code in a cell"),
    ("helper", 'hint("double-it")', "def g():\n    1", "def g", "no helper code in notebooks"),
    ("class", 'hint("double-it")', "class G:\n    1", "class G", "put classes into course_lib"),
    ("long-subject", "return x / 2", LONG.replace("\n", "\n    "), "def doubled", "longer than 10"),
    ("redefined", "def doubled", "def half_it", "def half_it(x):\n    return", "another name"),
    ("magic", 'hint("double-it")', "%time hint(1)", "%time", "not plain Python"),
    ("no-alt", "show(fig, alt=", "show(fig, ", "show(fig", "show without alt"),
    ("short-alt", 'f"A straight line from 0 to', 'f"A line', "show(fig", "at least 20 letters"),
    ("alt-elsewhere", 'alt=f"A straight line from 0 to', 'alt=a + f"', "show(fig", "written here"),
    ("tag", 'tags=["bug"]', 'tags=["hide"]', '# %% tags=["hide"]', "tag 'hide'"),
    ("no-check", 'check("half-it", half_it)', "half_it(2)", "def half_it", "no check cell; add"),
    ("unknown-id", 'hint("double-it")', 'hint("treble-it")', "hint(", "no exercise of this lesson"),
    ("wrong-function", '"half-it", half_it', '"half-it", double_it', 'check("half', "give it ("),
    ("check-twice", 'hint("double-it")', 'check("double-it", double_it)  #',
     'check("double-it", double_it)  #', "a second check"),
    ("two-in-one", 'hint("double-it")', 'check("half-it", half_it)\ncheck("double-it", double_it)',
     'check("half-it", half_it)\n', "two checks in one cell"),
    ("unknown-function", "def half_it", "def halve_it", "def halve_it", "no exercise has this"),
    ("unsolved", "def half_it", "def halve_it", "", "'half-it' is declared, but no cell"),
    ("two-functions", "def half_it", "y = 1\n\ndef half_it", "y = 1", "one function and nothing"),
    ("points", "(1 point)", "(2 points)", "def half_it", "(1 point)"),
    ("no-points", " (2 points)", "", "def double_it", "(2 points)"),
    ("broken-stub", "    result = x * scale\n    return result\n    ### END SOLUTION",
     "    if x:\n        return result\n    ### END SOLUTION\n        y",
     "    ### BEGIN SOLUTION\n    if", "what is left without the solution is not Python"),
    ("answer", "Twice is a sum.", "`result = x*scale`", "# `result", "gives away a line"),
    ("answer-in-code", 'hint("double-it")', "z = 1; result=x * scale", "z = 1;",
     "gives away a line"),
    ("near-marker", "    ### BEGIN", "    ## BEGIN", "    ## BEGIN", "looks like a solution"),
    ("long-text", "Twice is a sum.", "Twice. " * 200, "# ## Summary", "at most 1200"),
    ("no-image-words", "Twice is a sum.", "![](../README.md)", "# ![]", "no alternative"),
    ("html-image", "Twice is a sum.", '<img src="../README.md">', "# <img", "no alternative"),
    ("dead-link", "../README.md", "../GUIDE.md", "# A [line]", "'../GUIDE.md': no such file"),
    ("dead-lesson", "../README.md", "01_next.ipynb", "# A [line]", "no such lesson; there are 00"),
    ("dead-anchor", "#The-equation", "#the-equation", "# A [line]", "no such heading"),
    ("other-anchor", "../README.md", "00_sample.ipynb#X", "# A [line]", "'#X': no such heading"),
    ("bad-address", "https://example.org", "https:/example", "# [a paper]", "not a web address"),
    ("bad-scheme", "https://example.org", "ftp://example.org", "# [a paper]", "not a web address"),
    ("empty-link", "[line]", "[]", "# A []", "has no words"),
    ("dollar", "where $x_1$", "where $x_1", "# where", "a dollar sign without its partner"),
    ("display-dollar", "# $$y = 2 x_1$$", "# $$y = 2 x_1$", "# $$y", "a dollar sign without"),
    ("trailing-blank", "Twice is a sum.", "Twice is a sum. ", "# Twice", "white space"),
    ("todo", "Twice is a sum.", "TODO", "# TODO", "'TODO' is left over"),
]  # fmt: skip


def changed(root, old, new):
    path = root / "solutions" / "00_sample.py"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def test_the_sample_is_clean(root):
    assert lint(root / "solutions" / "00_sample.py", EXERCISES, root) == []


@pytest.mark.parametrize(
    ("old", "new", "at", "says"), [row[1:] for row in BAD], ids=[row[0] for row in BAD]
)
def test_a_defect_is_named_at_its_line(root, old, new, at, says):
    path = changed(root, old, new)
    found = lint(path, EXERCISES, root)
    assert [problem for problem in found if says in problem.says], found
    line = path.read_text(encoding="utf-8").split(at)[0].count("\n") + 1 if at else 1
    assert line in [problem.line for problem in found if says in problem.says]
    assert str(found[0]).startswith(f"{path}:{found[0].line}: ")
