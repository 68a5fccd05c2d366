"use strict";
const stage = document.querySelector(".slides");
const pages = [...document.querySelectorAll("section section")];
const number = document.getElementById("number");
let current = -1;

function show(wanted) {
  const next = Math.max(0, Math.min(pages.length - 1, wanted));
  if (next === current) return;
  pages[current]?.classList.remove("shown");
  pages[next].classList.add("shown");
  current = next;
  number.textContent = `${next + 1} / ${pages.length}`;
  history.replaceState(null, "", `#${next + 1}`);
}

function scale() {
  stage.style.setProperty("--scale", Math.min(innerWidth / 1280, innerHeight / 720));
}

// A slide that is still too full is set in smaller type, a little at a time, until it fits.
function fit(page) {
  const over = () => page.scrollHeight > page.clientHeight || page.scrollWidth > page.clientWidth;
  for (let size = 0.97; over() && size > 0.4; size -= 0.03) page.style.setProperty("--fit", size);
}

const moves = {
  ArrowRight: 1, ArrowDown: 1, PageDown: 1, " ": 1, Enter: 1,
  ArrowLeft: -1, ArrowUp: -1, PageUp: -1, Backspace: -1, Home: -Infinity, End: Infinity,
};
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "f") document.documentElement.requestFullscreen();
  if (!(event.key in moves)) return;
  event.preventDefault();
  show(current + (event.key === " " && event.shiftKey ? -1 : moves[event.key]));
});
// A click goes on, in the left third it goes back; a link is a link, and marked text stays marked.
stage.addEventListener("click", (event) => {
  if (event.target.closest("a") || String(getSelection())) return;
  show(current + (event.clientX < innerWidth / 3 ? -1 : 1));
});
addEventListener("resize", scale);
addEventListener("hashchange", () => show(Number(location.hash.slice(1)) - 1));
addEventListener("load", () => pages.forEach(fit)); // after the pictures, whose size counts
scale();
show(Number(location.hash.slice(1)) - 1 || 0);
