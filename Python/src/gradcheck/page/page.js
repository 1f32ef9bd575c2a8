"use strict";
// The live page: sends what is typed, shows what comes back. Formulas come as MathML from the program and nothing else
// is ever read as markup.
const byId = (id) => document.getElementById(id);
const text = byId("text"), notation = byId("notation"), example = byId("example"), expression = byId("expression");
let mode = "file", pending = null, latest = 0, shapes = {};

function variables() {
  const found = [];
  for (const match of expression.value.matchAll(/[\p{L}_][\p{L}\p{N}_]*/gu)) {
    const name = match[0], next = expression.value[match.index + name.length];
    const before = expression.value[match.index - 1];
    if (next === "(" || before === "." || found.includes(name) || name === "pi" || name === "e") continue;
    found.push(name);
  }
  return found;
}

function shapeOf(name) {
  if (!(name in shapes)) shapes[name] = name === name.toUpperCase() ? "[n, n]" : "[n]";
  return shapes[name];
}

function showVariables() {
  const box = byId("variables");
  const names = variables();
  const shown = [...box.querySelectorAll("input")].map((field) => field.name);
  if (names.join() === shown.join()) return;
  box.replaceChildren(...names.map((name) => {
    const label = document.createElement("label"), field = document.createElement("input");
    field.name = name;
    field.value = shapeOf(name);
    field.spellcheck = false;
    field.addEventListener("input", () => { shapes[name] = field.value; schedule(); });
    label.append(name + ": ", field);
    return label;
  }));
}

function statements() {
  if (mode === "file") return text.value;
  const sizes = new Set();
  const lines = [];
  for (const name of variables()) {
    for (const size of shapeOf(name).matchAll(/[\p{L}_][\p{L}\p{N}_]*/gu)) {
      if (!/symmetric|diagonal|lower|spd|positive|orthogonal|entries|unit|simplex/.test(size[0])) sizes.add(size[0]);
    }
    lines.push(`input ${name}: ${shapeOf(name)}`);
  }
  if (sizes.size > 0) lines.unshift("dims " + [...sizes].join(", "));
  lines.push("f = " + expression.value);
  return lines.join("\n") + "\n";
}

function schedule() {
  clearTimeout(pending);
  pending = setTimeout(send, 250);
}

async function send() {
  const number = ++latest;
  byId("state").textContent = "…";
  let answer;
  try {
    const response = await fetch("/check", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ text: statements(), notation: notation.value }),
    });
    answer = await response.json();
  } catch (error) {
    answer = { report: "The server does not answer: " + error, formulas: [], notation: "" };
  }
  if (number !== latest) return;
  byId("state").textContent = answer.seconds === undefined ? "" : answer.seconds + " s";
  byId("report").textContent = answer.report;
  byId("notation-text").textContent = answer.notation;
  const parser = new DOMParser();
  byId("formulas").replaceChildren(...answer.formulas.flatMap((formula) => {
    const parsed = parser.parseFromString(formula, "application/xml").documentElement;
    return parsed.namespaceURI === "http://www.w3.org/1998/Math/MathML" ? [document.importNode(parsed, true)] : [];
  }));
}

function choose(next) {
  mode = next;
  for (const each of ["file", "line"]) byId("mode-" + each).setAttribute("aria-pressed", String(each === mode));
  byId("line-mode").hidden = mode !== "line";
  text.hidden = mode !== "file";
  if (mode === "line") showVariables();
  schedule();
}

async function start() {
  const known = await (await fetch("/start")).json();
  for (const name of known.notations) notation.append(new Option(name, name));
  for (const [name, content] of known.examples) example.append(new Option(name, content));
  notation.value = "latex";
  text.value = known.examples[0][1];
  choose(location.hash === "#line" ? "line" : "file");
}

text.addEventListener("input", schedule);
notation.addEventListener("change", schedule);
expression.addEventListener("input", () => { showVariables(); schedule(); });
example.addEventListener("change", () => { text.value = example.value; choose("file"); });
byId("mode-file").addEventListener("click", () => choose("file"));
byId("mode-line").addEventListener("click", () => choose("line"));
start();
