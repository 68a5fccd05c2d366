"""From key press to new pixels: the explorers in a real JupyterLab, beside a plain @interact cell.

    .venv/bin/python tests/benchmarks/latency.py            it takes about two minutes
    .venv/bin/python tests/benchmarks/latency.py race       those with this word in their name

The @interact cell draws the picture of lesson 02's explorer, with the same function, into a new
figure each time, as a notebook without explorers would. Both are measured in one run, by turns.

A latency runs from the keydown event to the frame that shows the new picture: the picture's load
event, and then the end of the next frame. Kernel times are CPU times of the update, which say what
an idle machine would need even on a busy one.
"""

import os
import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "browser"))

from jupyter import (
    CALLS,
    CHROMIUM_FLAGS,
    IMPORTS,
    chromium_path,
    go_to,
    run_all,
    serve,
    write_notebook,
)
from playwright.sync_api import TimeoutError, sync_playwright

PRESSES, ROUNDS = 15, 4

# Wraps what each update calls, in the kernel, and keeps how long it took.
SETUP = """
import time
from course_lib.explorers.panel import Explorer

class Timed(list):
    def __call__(self, f):
        def timed(*args, **settings):
            begin = time.thread_time()
            try:
                return f(*args, **settings)
            finally:
                self.append(1e3 * (time.thread_time() - begin))
        return timed

taken = Timed()
refresh = Explorer._refresh
Explorer._refresh = taken(refresh)
"""
PLAIN = """
from IPython.display import Image, display
from ipywidgets import FloatSlider, IntSlider, interact
from course_lib.explorers.learning_rate import _Picture, look
from course_lib.problems import valley

taken_plain = Timed()

@taken_plain
def draw(lr, steps):
    view = look(lr, 100, steps)
    display(Image(_Picture(100, valley)(view)))
    print(view.finding)

plain = interact(
    lambda lr, steps: draw(lr, steps),
    lr=FloatSlider(value=1.9, min=0.01, max=2.2, step=0.01),
    steps=IntSlider(value=100, min=0, max=100),
)
"""
# Counts pictures, and times the newest from the newest key press.
WATCH = """() => {
    window.seen = { count: 0, latency: null, at: 0, pressed: 0 };
    document.addEventListener('keydown', () => { seen.pressed = performance.now(); }, true);
    document.addEventListener('load', event => {
        if (event.target.tagName !== 'IMG') return;
        requestAnimationFrame(() => {
            const { port1, port2 } = new MessageChannel();
            port1.onmessage = () => {
                seen.at = performance.now();
                seen.latency = seen.at - seen.pressed;
                seen.count += 1;
            };
            port2.postMessage(0);
        });
    }, true);
}"""


def press(page, handle, key):
    """One key press, and the milliseconds to its picture; none if the picture stays as it was."""
    before = page.evaluate("seen.count")
    handle.press(key)
    try:
        page.wait_for_function("n => seen.count > n", arg=before, polling=20, timeout=2000)
    except TimeoutError:
        return []
    page.wait_for_timeout(40)  # the next press finds everything at rest
    return [page.evaluate("seen.latency")]


def direction(handle):
    """The key that leads away from the nearer end, and back."""
    now, low, high = (float(handle.get_attribute(f"aria-value{x}")) for x in ("now", "min", "max"))
    keys = ("ArrowLeft", "ArrowRight")
    return keys if now - low > high - now else keys[::-1]


def latencies(page, handle, presses=PRESSES):
    keys = direction(handle)
    press(page, handle, keys[0])  # the first is no sample: something may be drawn for good
    # Three away, three back: some sliders have few steps.
    return [x for k in range(presses) for x in press(page, handle, keys[k // 3 % 2])]


def held(page, handle, repeats=60, interval=33):
    """A key held for two seconds: pictures, and milliseconds from its last repeat to the last."""
    before, key = page.evaluate("seen.count"), direction(handle)[0]
    handle.focus()
    for _ in range(repeats):
        page.keyboard.down(key)
        page.wait_for_timeout(interval)
    page.keyboard.up(key)
    page.wait_for_timeout(1500)
    return page.evaluate("[seen.count, seen.at - seen.pressed]"), before


def kernel_times(page, expression):
    """What the kernel has kept, emptied."""
    return page.evaluate(
        """async expression => {
            const kernel = jupyterapp.shell.currentWidget.context.sessionContext.session.kernel;
            const code = `import json; print(json.dumps(${expression})); ${expression}.clear()`;
            let text = '';
            const asked = kernel.requestExecute({ code, store_history: false });
            asked.onIOPub = message => { text += message.content.text ?? ''; };
            await asked.done;
            return JSON.parse(text);
        }""",
        expression,
    )


def middle(values):
    return f"{statistics.median(values):4.0f}" if values else "   -"


def load():
    return "load average {:.1f} {:.1f}".format(*os.getloadavg()[:2])


def main(word=""):
    calls = {name: call for name, call in CALLS.items() if word in name}
    cells = [IMPORTS, SETUP, PLAIN, "step_size()", *calls.values()]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        home, course = Path(folder), Path(folder) / "course"
        (course / "work").mkdir(parents=True)
        write_notebook(course / "work" / "latency.ipynb", *cells)
        with serve(home, course) as server:
            browser = playwright.chromium.launch(
                executable_path=chromium_path(), args=list(CHROMIUM_FLAGS)
            )
            page = browser.new_context(viewport={"width": 1280, "height": 1000}).new_page()
            page.set_default_timeout(60_000)
            go_to(page, server.lab("latency"))
            run_all(page)
            page.wait_for_timeout(1000)
            page.evaluate(WATCH)
            plain, first, *others = page.locator(".jp-CodeCell:has(.widget-slider)").all()
            compare(page, plain.locator(".noUi-handle").first, first.locator(".noUi-handle").first)
            print(f"Every slider (ms, medians of {PRESSES}; {load()})")
            for name, cell in zip(calls, others, strict=True):
                each_slider(page, name, cell)
            browser.close()


def compare(page, plain, explorer):
    print(f"Lesson 02's learning rate, {ROUNDS} rounds of {PRESSES} presses each (ms, medians)")
    print("| round | explorer | @interact | ratio | kernel, explorer | kernel, @interact | load |")
    print("|---:|---:|---:|---:|---:|---:|---:|")
    for turn in range(1, ROUNDS + 1):
        kernel_times(page, "taken")
        kernel_times(page, "taken_plain")
        ours, theirs = latencies(page, explorer), latencies(page, plain)
        kernel, other = kernel_times(page, "taken"), kernel_times(page, "taken_plain")
        ratio = statistics.median(theirs) / statistics.median(ours)
        print(
            f"| {turn} | {middle(ours)} | {middle(theirs)} | {ratio:.1f} | {middle(kernel)} "
            f"| {middle(other)} | {os.getloadavg()[0]:.1f} |",
            flush=True,
        )
    for name, handle in {"explorer": explorer, "@interact": plain}.items():
        (after, lag), before = held(page, handle)
        print(
            f"key held, {name}: 60 repeats, {after - before} pictures, the last {lag:.0f} ms late"
        )


def each_slider(page, name, cell):
    cell.scroll_into_view_if_needed()
    for slider in cell.locator(".widget-slider").all():
        kernel_times(page, "taken")
        times = latencies(page, slider.locator(".noUi-handle"))
        kernel = kernel_times(page, "taken")
        label = slider.locator(".widget-label").inner_text()
        print(f"| {name} | {label} | {middle(times)} | {middle(kernel)} |", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
