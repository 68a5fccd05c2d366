"""nbval through the conftest of the repository: what passes, and what it must catch."""

import json
import shutil
from pathlib import Path

from course_lib.checking import store

REPOSITORY = Path(__file__).parents[2]
pytest_plugins = ["pytester"]


def test_a_notebook_passes_but_for_its_stale_output(built, pytester, monkeypatch):
    shutil.copytree(built / "notebooks", pytester.path / "notebooks")
    for name in ("conftest.py", "pyproject.toml"):
        shutil.copy(REPOSITORY / name, pytester.path)
    path = pytester.path / "notebooks" / "00_sample.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cells = {cell["id"]: cell for cell in notebook["cells"]}
    cells["double-it-check"]["outputs"][0]["data"]["text/plain"] = ["passed"]
    path.write_text(json.dumps(notebook), encoding="utf-8")
    # The hint that this reader would get next is another one, which the notebook must not see.
    store.remember("hints", "double-it", 1)
    monkeypatch.setenv("COLUMNS", "20")

    result = pytester.runpytest_subprocess("--nbval", "notebooks")
    code = sum(cell["cell_type"] == "code" for cell in notebook["cells"])
    result.assert_outcomes(passed=code - 1, failed=1)
    result.stdout.fnmatch_lines(["*FAILED notebooks/00_sample.ipynb::Cell 2*"])
