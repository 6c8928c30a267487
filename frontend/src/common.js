// What both surfaces share. Everything here improves a page that already works without it.
import Alpine from "@alpinejs/csp";
import htmx from "htmx.org";

htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.defaultSwapStyle = "outerHTML";
htmx.config.historyCacheSize = 0;

const page = document.documentElement;
// The server says what time it is; a wrong clock on the phone must not lie about a deadline.
const offset = page.dataset.now ? Date.parse(page.dataset.now) - Date.now() : 0;
const words = page.dataset;

const two = (number) => String(number).padStart(2, "0");

function tick(element) {
  const left = Math.max(0, Date.parse(element.dataset.deadline) - Date.now() - offset);
  const seconds = Math.ceil(left / 1000);
  const days = seconds >= 172800 ? Math.floor(seconds / 86400) : 0;
  const label = element.querySelector("i");
  if (label) label.textContent = days ? (element.dataset.days ?? "").replace("{days}", days) : "";
  const rest = seconds - days * 86400;
  const parts = [Math.floor(rest / 3600), Math.floor(rest / 60) % 60, rest % 60];
  element.querySelectorAll("b").forEach((cell, index) => {
    const text = two(parts[index] ?? 0);
    if (cell.textContent !== text) cell.textContent = text;
  });
  element.classList.toggle("is-urgent", seconds > 0 && seconds <= 3600);
  if (seconds === 0 && !element.dataset.done) {
    element.dataset.done = "1";
    element.dispatchEvent(new CustomEvent("deadline", { bubbles: true }));
    htmx.trigger(element, "deadline-passed");
  }
}

function tickAll() {
  document.querySelectorAll("[data-deadline]").forEach(tick);
}

export function toast(text, level = "info") {
  const place = document.querySelector(".toasts");
  if (!place || !text) return;
  const note = document.createElement("div");
  note.className = "toast-note";
  note.dataset.level = level;
  note.setAttribute("role", level === "error" ? "alert" : "status");
  note.textContent = text;
  place.append(note);
  fade(note);
}

function fade(note) {
  setTimeout(() => note.remove(), note.dataset.level === "error" ? 8000 : 4000);
}

async function copy(button) {
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    toast(button.dataset.copied || words.wordCopied, "success");
  } catch {
    toast(button.dataset.copy);
  }
}

async function share(button) {
  const { share: url, shareTitle: title, shareText: text } = button.dataset;
  if (!navigator.share) return copy({ dataset: { copy: url } });
  try {
    await navigator.share({ url, title, text });
  } catch (error) {
    if (error.name !== "AbortError") await copy({ dataset: { copy: url } });
  }
}

function step(button) {
  const input = button.closest(".stepper").querySelector("input");
  button.dataset.step === "up" ? input.stepUp() : input.stepDown();
  guardStepper(input);
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

function guardStepper(input) {
  const box = input.closest(".stepper");
  const set = (way, off) => {
    const button = box.querySelector(`[data-step="${way}"]`);
    if (button) button.disabled = off;
  };
  set("down", input.valueAsNumber <= Number(input.min || 1));
  set("up", input.max !== "" && input.valueAsNumber >= Number(input.max));
}

function ask(form) {
  const dialog = document.getElementById(form.dataset.confirm);
  if (!dialog || form.dataset.confirmed) return true;
  dialog.showModal();
  dialog.addEventListener(
    "close",
    () => {
      if (dialog.returnValue !== "yes") return;
      form.dataset.confirmed = "1";
      form.requestSubmit();
    },
    { once: true },
  );
  return false;
}

function dress(root) {
  root.querySelectorAll(".stepper input").forEach(guardStepper);
  root.querySelectorAll(".toast-note").forEach(fade);
  tickAll();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy],[data-share],[data-step],[data-open],[data-close],[data-back]");
  if (!button) return;
  const has = (name) => Object.hasOwn(button.dataset, name);
  if (has("copy")) copy(button);
  else if (has("share")) share(button);
  else if (has("step")) step(button);
  else if (has("open")) document.getElementById(button.dataset.open)?.showModal();
  else if (has("close")) button.closest("dialog,details")?.[button.closest("dialog") ? "close" : "removeAttribute"]("open");
  else if (history.length > 1 && document.referrer.startsWith(location.origin)) {
    event.preventDefault();
    history.back();
  }
});

document.addEventListener(
  "submit",
  (event) => {
    if (event.target.dataset.confirm && !ask(event.target)) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  },
  true,
);

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-autosubmit]")) event.target.form.requestSubmit();
});

document.addEventListener("input", (event) => {
  if (event.target.matches("[data-output]")) event.target.form.querySelector(`output[for="${event.target.id}"]`).value = event.target.value;
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") document.querySelectorAll("details.sheet[open]").forEach((sheet) => sheet.removeAttribute("open"));
});

document.addEventListener("htmx:configRequest", (event) => {
  const token =
    document.querySelector("meta[name=csrf-token]")?.content ||
    document.cookie.match(/(?:^|; )jishi_csrf=([^;]+)/)?.[1];
  if (token) event.detail.headers["X-CSRFToken"] = token;
});
document.addEventListener("htmx:sendError", () => toast(words.wordOffline, "error"));
document.addEventListener("htmx:responseError", (event) => {
  const { status } = event.detail.xhr;
  if (event.detail.xhr.getResponseHeader("HX-Trigger")) return; // the answer has its own words
  toast(status === 429 ? words.wordBusy : words.wordFailed, "error");
});
// A response may carry `HX-Trigger: {"toast": {"text": …, "level": …}}`.
document.addEventListener("toast", (event) => toast(event.detail.text, event.detail.level));
document.addEventListener("htmx:load", (event) => dress(event.detail.elt));

export function start() {
  window.Alpine = Alpine;
  Alpine.start();
  dress(document);
  setInterval(tickAll, 1000);
  document.addEventListener("visibilitychange", () => document.hidden || tickAll());
}
