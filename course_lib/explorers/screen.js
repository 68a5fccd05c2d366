// What the browser does for an explorer: it shows the picture with its words and the line to copy,
// reports where the reader drags in the picture, and names the controls around it.

const AREA = "course-grab";

function add(parent, tag, className, settings = {}) {
  const made = Object.assign(document.createElement(tag), settings);
  made.className = className;
  parent.append(made);
  return made;
}

function follow(model, name, show) {
  show();
  model.on(`change:${name}`, show);
}

// Not an object URL: fetching the picture from there takes the browser 6 ms longer.
function dataUrl({ buffer, byteOffset, byteLength }) {
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  let text = "";
  for (let k = 0; k < bytes.length; k += 8192) {
    text += String.fromCharCode(...bytes.subarray(k, k + 8192)); // a call takes no million arguments
  }
  return `data:image/png;base64,${btoa(text)}`;
}

function addPicture(model, el) {
  const frame = add(add(el, "div", "course-view"), "div", "course-frame");
  const picture = add(frame, "img", "course-picture", { draggable: false });
  follow(model, "png", () => {
    picture.src = dataUrl(model.get("png")); // the one before stays in sight until it is decoded
  });
  follow(model, "finding", () => {
    picture.alt = `${model.get("title")}. ${model.get("finding")}`;
  });
  model.get("grabs").forEach(({ box, hint }, number) => addGrab(model, frame, number, box, hint));
}

// An area over the picture, placed in percent, so that it fits whatever size the picture has. It is
// for pointers alone: the controls do the same for the keyboard.
function addGrab(model, frame, number, [left, top, width, height], hint) {
  const area = add(frame, "div", AREA, { title: hint });
  Object.assign(area.style, {
    left: `${100 * left}%`, top: `${100 * top}%`, width: `${100 * width}%`, height: `${100 * height}%`,
  });
  const report = (event) => {
    const { left: x, bottom: y, width: w, height: h } = area.getBoundingClientRect();
    const inside = (share) => Math.min(Math.max(share, 0), 1);
    model.set("grab", [number, inside((event.clientX - x) / w), inside((y - event.clientY) / h)]);
    model.save_changes(); // ipywidgets sends one at a time, and of those that wait only the newest
  };
  area.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    area.setPointerCapture(event.pointerId);
    report(event);
  });
  area.addEventListener("pointermove", (event) => {
    if (area.hasPointerCapture(event.pointerId)) report(event);
  });
}

function addWords(model, el) {
  const hints = model.get("grabs").map(({ hint }) => hint);
  if (hints.length) {
    add(el, "p", "course-hint", { textContent: `With the mouse: ${hints.join("; ")}.` });
  }
  // One element for good: a screen reader announces a change in it, not a new element.
  const status = add(el, "p", "course-finding");
  status.setAttribute("role", "status");
  follow(model, "finding", () => { status.textContent = model.get("finding"); });

  const row = add(el, "div", "course-code");
  const label = add(row, "label", "", { textContent: "As code" });
  const line = add(label, "input", "", { readOnly: true });
  follow(model, "code", () => {
    line.value = model.get("code");
    line.style.width = `${line.value.length + 2}ch`;
  });
  const copy = add(row, "button", "jupyter-button", { type: "button", textContent: "Copy" });
  copy.addEventListener("click", () => {
    line.select();
    document.execCommand("copy"); // works in every page; navigator.clipboard in secure ones only
    copy.textContent = "Copied";
    setTimeout(() => { copy.textContent = "Copy"; }, 1500);
  });
}

// ipywidgets' sliders and players have no accessible names of their own.
const PLAYER = ["Play or pause", "Back to the beginning", "Play again and again"];

function name(root) {
  // Keys pressed here are no commands of the notebook. Without this, Notebook 7 keeps the arrow keys
  // from the sliders. It looks from the focused element upwards, so each of them has to say it.
  for (const control of root.querySelectorAll("[tabindex], button, input, select, [contenteditable]")) {
    control.setAttribute("data-lm-suppress-shortcuts", "true");
  }
  for (const slider of root.querySelectorAll(".widget-slider")) {
    const words = slider.querySelector(".widget-label")?.textContent;
    slider.querySelector("[role=slider]")?.setAttribute("aria-label", words);
    const readout = slider.querySelector(".widget-readout");
    readout?.setAttribute("role", "textbox");
    readout?.setAttribute("aria-label", `${words}: the number`);
  }
  for (const player of root.querySelectorAll(".widget-play")) {
    player.querySelectorAll("button").forEach((button, number) => {
      button.setAttribute("aria-label", PLAYER[number]);
      button.title = PLAYER[number];
    });
  }
}

// The controls are views of their own, made at any time: before this one, or after.
function nameControls(el) {
  let later;
  const arrived = new ResizeObserver(() => {
    const root = el.closest(".course-explorer");
    if (!root || later) return;
    root.setAttribute("role", "group");
    later = new MutationObserver(() => name(root));
    later.observe(root, { childList: true, subtree: true });
    name(root);
  });
  arrived.observe(el);
  return () => { arrived.disconnect(); later?.disconnect(); };
}

function render({ model, el }) {
  el.classList.add("course-screen");
  addPicture(model, el);
  addWords(model, el);
  return nameControls(el);
}

export default { render };
