"""Solution regions: what is stripped, and every near miss that must not publish an answer."""

import pytest

from course_lib.authoring.markers import find_region, strip_solution

GOOD = "def f(x):\n    ### BEGIN SOLUTION\n    return x\n    ### END SOLUTION"


def test_the_region_gives_way_to_the_stub_at_its_indentation():
    text = (
        "def f(x):\n    if x:\n"
        "        ### BEGIN SOLUTION\n        y = x\n        ### END SOLUTION\n    return y"
    )
    region, defects = find_region(text, "code")
    assert defects == []
    assert strip_solution(text, region) == (
        "def f(x):\n    if x:\n"
        "        # YOUR CODE HERE\n        raise NotImplementedError()\n    return y"
    )


# name, cell kind, text, line of the cell (from 0), words of the message
DEFECTS = [
    ("lower-case", "code", GOOD.replace("BEGIN", "begin"), 1, "looks like a solution marker"),
    ("title-case", "code", GOOD.replace("BEGIN SOLUTION", "Begin Solution"), 1, "looks like"),
    ("plural", "code", GOOD.replace("BEGIN SOLUTION", "BEGIN SOLUTIONS"), 1, "looks like"),
    ("two-hashes", "code", GOOD.replace("### BEGIN", "## BEGIN"), 1, "looks like"),
    ("four-hashes", "code", GOOD.replace("### BEGIN", "#### BEGIN"), 1, "looks like"),
    ("no-blank", "code", GOOD.replace("### BEGIN", "###BEGIN"), 1, "looks like"),
    ("two-blanks", "code", GOOD.replace("BEGIN SOLUTION", "BEGIN  SOLUTION"), 1, "looks like"),
    ("underscore", "code", GOOD.replace("BEGIN SOLUTION", "BEGIN_SOLUTION"), 1, "looks like"),
    ("joined", "code", GOOD.replace("BEGIN SOLUTION", "BEGINSOLUTION"), 1, "looks like"),
    ("misspelt", "code", GOOD.replace("BEGIN SOLUTION", "BEGIN SOLUTOIN"), 1, "looks like"),
    ("trailing-blank", "code", GOOD.replace("BEGIN SOLUTION", "BEGIN SOLUTION "), 1, "looks like"),
    ("trailing-colon", "code", GOOD.replace("BEGIN SOLUTION", "BEGIN SOLUTION:"), 1, "looks like"),
    ("tab", "code", GOOD.replace("    ### BEGIN", "\t### BEGIN"), 1, "looks like"),
    ("no-break-space", "code", GOOD.replace("BEGIN S", "BEGIN\u00a0S"), 1, "looks like"),
    ("after-code", "code", GOOD.replace("f(x):", "f(x):  ### BEGIN SOLUTION"), 0, "looks like"),
    ("other-course", "code", "def f():\n    # solution\n    return 1", 1, "looks like"),
    ("end-misspelt", "code", GOOD.replace("END SOLUTION", "END SOLUTIONS"), 3, "looks like"),
    ("no-end", "code", GOOD.replace("    ### END SOLUTION", ""), 1, "without an '### END"),
    ("no-begin", "code", GOOD.replace("    ### BEGIN SOLUTION\n", ""), 2, "without a '### BEGIN"),
    ("nested", "code", GOOD.replace("return x", "### BEGIN SOLUTION"), 2, "inside the region"),
    ("two-regions", "code", f"{GOOD}\n{GOOD}", 5, "second solution region"),
    ("empty", "code", GOOD.replace("return x", ""), 1, "empty solution region"),
    ("end-dedented", "code", GOOD.replace("    ### END", "### END"), 3, "indented otherwise"),
    ("in-markdown", "markdown", "Text\n### BEGIN SOLUTION", 1, "a solution stands in a code cell"),
    ("near-in-markdown", "markdown", "## Begin solution", 0, "a solution stands in a code cell"),
]


@pytest.mark.parametrize(
    ("kind", "text", "line", "words"), [row[1:] for row in DEFECTS], ids=[r[0] for r in DEFECTS]
)
def test_a_defective_marker_is_refused_at_its_line(kind, text, line, words):
    _, defects = find_region(text, kind)
    assert line in [defect.line for defect in defects if words in defect.says]


@pytest.mark.parametrize(
    "line",
    [
        "x = solve(a, b)  # compare with the solution of the paper",
        "# the solution is unique when a > 0",
        "begin = 0  # where the search begins",
        "end = len(solutions)",
        "# YOUR CODE HERE",
    ],
)
def test_a_line_that_only_speaks_of_solutions_is_left_alone(line):
    assert find_region(line, "code") == (None, [])


@pytest.mark.parametrize(
    "text",
    ["## The solution of a quadratic is unique", "## The solution", "In the end, solutions meet."],
)
def test_prose_may_speak_of_solutions(text):
    assert find_region(text, "markdown") == (None, [])
