// The editor of a note: a tap on a picture marks goods there; a draft keeps itself. Without this the form has fields for both.
const KEEP_MS = 2500;

function placeDots(form) {
  const dialog = document.getElementById("goods-dialog");
  let spot = null;

  form.querySelectorAll("[data-tap-help]").forEach((help) => (help.hidden = false));
  form.querySelectorAll(".note-frame").forEach((frame) => frame.classList.add("is-ready"));

  form.addEventListener("click", (event) => {
    const off = event.target.closest("[data-undot]");
    if (off) {
      off.closest("[data-dot]").remove();
      form.dispatchEvent(new Event("input", { bubbles: true }));
      return;
    }
    const frame = event.target.closest(".note-frame");
    if (!frame || event.target.closest("[data-dot]") || !frame.querySelector("img")) return;
    const box = frame.getBoundingClientRect();
    const part = (at, start, length) => Math.round(Math.min(1, Math.max(0, (at - start) / length)) * 10000);
    spot = {
      frame,
      x: part(event.clientX, box.left, box.width),
      y: part(event.clientY, box.top, box.height),
    };
    dialog.showModal();
  });

  dialog?.addEventListener("click", (event) => {
    const chosen = event.target.closest("[data-choose]");
    if (!chosen || !spot) return;
    spot.frame.append(dotOf(spot, chosen.dataset.choose, chosen.dataset.title));
    spot = null;
    dialog.close();
    form.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

function dotOf({ frame, x, y }, product, title) {
  const dot = document.createElement("span");
  dot.className = x > 5500 ? "goods-dot is-right" : "goods-dot";
  dot.dataset.dot = "";
  dot.style.left = `${x / 100}%`;
  dot.style.top = `${y / 100}%`;
  const label = document.createElement("span");
  const name = document.createElement("b");
  name.textContent = [...title].slice(0, 10).join("");
  const off = document.createElement("button");
  off.type = "button";
  off.dataset.undot = "";
  off.textContent = "×";
  label.append(name, off);
  dot.append(document.createElement("i"), label);
  const values = { tag_media: frame.dataset.place, tag_x: x, tag_y: y, tag_product: product };
  Object.entries(values).forEach(([key, value]) => {
    const input = document.createElement("input");
    input.type = "hidden";
    input.name = key;
    input.value = value;
    dot.append(input);
  });
  return dot;
}

function keepDraft(form) {
  let waiting = 0;
  const keep = async () => {
    const body = new FormData(form);
    ["photos", "film"].forEach((name) => body.delete(name));
    const answer = await fetch(form.dataset.keep, { method: "POST", body, headers: { "HX-Request": "true" } }).catch(() => null);
    if (!answer?.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("kept");
    if (!page) return;
    form.elements.version.value = page.dataset.version;
    document.getElementById("kept")?.replaceWith(page);
  };
  form.addEventListener("input", (event) => {
    if (event.target.type === "file") return;
    clearTimeout(waiting);
    waiting = setTimeout(keep, KEEP_MS);
  });
  form.addEventListener("submit", () => clearTimeout(waiting));
}

export function editNote(form) {
  placeDots(form);
  if (form.dataset.keep) keepDraft(form);
  form.addEventListener("click", (event) => {
    const topic = event.target.closest("[data-add-topic]")?.dataset.addTopic;
    if (!topic) return;
    const field = form.elements.topics;
    if (!field.value.split(/\s+/).includes(`#${topic}`)) field.value = `${field.value} #${topic}`.trim();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
