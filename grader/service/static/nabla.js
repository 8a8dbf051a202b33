// Math is drawn, and the upload form becomes a place to drop files. Without this script every page still works.
"use strict";

function drawMath(root) {
  for (const place of root.querySelectorAll(".math")) {
    const isBlock = place.classList.contains("block") || place.tagName === "DIV";
    katex.render(place.textContent, place, { displayMode: isBlock, throwOnError: false, trust: false, maxExpand: 200 });
    place.classList.remove("math");
  }
}

// What the server would say in a moment, said before anything is sent.
function problemOf(file, limits) {
  const suffix = (file.name.toLowerCase().match(/\.[a-z0-9]+$/) || [""])[0];
  if (!(suffix in limits)) return `${file.name} is none of the files that can be graded; hand in ${Object.keys(limits).join(", ")}.`;
  if (file.size === 0) return `${file.name} is empty; hand in the file with your solution.`;
  if (file.size > limits[suffix]) return `${file.name} is larger than ${limits[suffix] >> 20} MiB; hand in the code alone, without data or outputs.`;
  return "";
}

function prepareUpload(form) {
  const drop = form.querySelector(".drop");
  const input = form.querySelector("input[type=file]");
  const problem = form.querySelector(".problem");
  const button = form.querySelector("button");
  const limits = Object.fromEntries(form.dataset.limits.split(" ").map((pair) => pair.split(":")).map(([name, size]) => [name, Number(size)]));

  input.addEventListener("change", () => {
    const text = input.files.length ? problemOf(input.files[0], limits) : "";
    problem.textContent = text;
    problem.hidden = !text;
    button.disabled = Boolean(text);
  });
  for (const kind of ["dragenter", "dragover"]) {
    drop.addEventListener(kind, (event) => { event.preventDefault(); drop.classList.add("over"); });
  }
  for (const kind of ["dragleave", "drop"]) {
    drop.addEventListener(kind, () => drop.classList.remove("over"));
  }
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length !== 1) {
      problem.textContent = "Drop one file; several belong into a .zip.";
      problem.hidden = false;
      return;
    }
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change"));
  });
  form.addEventListener("submit", () => { button.disabled = true; button.textContent = "Handing in …"; });
  window.addEventListener("pageshow", () => { button.disabled = false; button.textContent = "Hand in"; });
}

document.addEventListener("DOMContentLoaded", () => {
  drawMath(document);
  document.querySelectorAll("form[data-limits]").forEach(prepareUpload);
});
