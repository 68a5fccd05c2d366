"""Reading a source: which line a cell stands on, and ids that survive an insertion."""

import re
from pathlib import Path

import pytest

from course_lib.authoring import AuthoringError
from course_lib.authoring.source import parse, sources

SAMPLE = Path(__file__).parent / "lessons" / "00_sample.py"
TEXT = SAMPLE.read_text(encoding="utf-8")


def test_every_cell_knows_its_line():
    lines = TEXT.split("\n")
    for cell in parse(TEXT, SAMPLE).cells:
        mark = "# " if cell.kind == "markdown" else ""
        assert lines[cell.line - 1] == mark + cell.text.split("\n")[0]


def test_blank_lines_and_strings_with_marks_do_not_move_the_lines():
    text = '# %%\n\nx = """\n# %% no cell\n"""\n\n\n# %% [markdown]\n# # T\n'
    with pytest.raises(AuthoringError, match="every line belongs to a cell"):
        parse(text, SAMPLE)
    text = "# %%\n\n\nx = 1\n\n\n\n# %% [markdown]\n# # T\n"
    first, second = parse(text, SAMPLE).cells
    assert (first.line + first.text.split("\n").index("x = 1"), second.line) == (4, 9)


def test_ids_say_what_the_cell_is():
    ids = parse(TEXT, SAMPLE).ids
    assert len(set(ids)) == len(ids)
    for name in ("double-it", "double-it-check", "half-it", "half-it-check", "the-idea"):
        assert name in ids
    assert all(re.fullmatch(r"[a-zA-Z0-9-_]{1,64}", name) for name in ids)


@pytest.mark.parametrize(
    "inserted",
    ["# %%\nx = 1\n\n", "# %% [markdown]\n# More words.\n\n", "# %% [markdown]\n# ## New\n\n"],
)
@pytest.mark.parametrize("before", ["# %% [markdown]\n# ## Predict", "# %%\ncheck(", "# %%\nfig ="])
def test_an_inserted_cell_renames_no_other(inserted, before):
    changed = TEXT.replace(before, inserted + before, 1)
    assert changed != TEXT
    old, new = parse(TEXT, SAMPLE).ids, parse(changed, SAMPLE).ids
    assert [name for name in new if name in old] == list(old)
    assert len(new) == len(old) + 1


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("# %%\nx\n\n# %%\nx\n", 2),  # two cells alike
        ("# %% [markdown]\n# ## A\n\n# %% [markdown]\n# ## A\n\n# %% [markdown]\n# ## A 2\n", 3),
        ("# %% [markdown]\n# ## 운동량\n\n# %% [markdown]\n# ## 관성\n", 2),  # no letter for a slug
        (
            "# %% [markdown]\n# ## F\n\n"
            "# %%\ndef f():\n    ### BEGIN SOLUTION\n    1\n    ### END SOLUTION\n",
            2,
        ),
    ],
)
def test_ids_are_unique(text, ids):
    assert len(set(parse(text, SAMPLE).ids)) == ids


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("x = 1\n\n# %%\ny = 2\n", 1, "every line belongs to a cell"),
        ("# ---\n# title: a\n# ---\n\n# %%\nx\n", 1, "every line belongs to a cell"),
        ("", 1, "every line belongs to a cell"),
        ("# %%\nx\n\n#%%\ny\n", 4, "a cell begins with exactly"),
        ("# %%\nx\n\n# %% [raw]\n# y\n", 4, "allowed are"),
        ("# %% a name\nx\n", 1, "allowed are"),
    ],
)
def test_a_file_that_is_not_a_text_in_cells_is_refused(text, line, words):
    with pytest.raises(AuthoringError, match=words) as refused:
        parse(text, Path("solutions/01_x.py"))
    assert str(refused.value).startswith(f"solutions/01_x.py:{line}: ")


def test_sources_are_the_stems_in_order(tmp_path):
    (tmp_path / "solutions").mkdir()
    for name in ("02_b.py", "01_a.py", "01_a.ipynb"):
        (tmp_path / "solutions" / name).touch()
    assert sources(tmp_path) == ["01_a", "02_b"]
