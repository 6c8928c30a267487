import { proveBargains } from "./bargain_proof.js";
import { start, toast } from "./common.js";
import { startFlash } from "./flash.js";
import { editNote } from "./note_editor.js";
import { takePhotos } from "./photos.js";

function followGallery(gallery) {
  const strip = gallery.querySelector(".gallery-strip");
  const dots = gallery.querySelectorAll(".gallery-dots i");
  const count = gallery.querySelector("[data-gallery-count]");
  const show = () => {
    const at = Math.round(strip.scrollLeft / strip.clientWidth);
    dots.forEach((dot, index) => dot.classList.toggle("is-on", index === at));
    if (count) count.textContent = `${at + 1} / ${strip.children.length}`;
  };
  strip.addEventListener("scroll", show, { passive: true });
  gallery.addEventListener("click", (event) => {
    const thumb = event.target.closest("[data-gallery-to]");
    if (thumb) {
      event.preventDefault();
      strip.scrollTo({ left: strip.clientWidth * Number(thumb.dataset.galleryTo), behavior: "smooth" });
    }
  });
  show();
}

// Live suggestions are HTMX; this only lets the arrow keys walk them.
document.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const box = event.target.closest("[data-suggest]");
  if (!box) return;
  const stops = [...box.querySelectorAll("input[type=search], a")];
  const next = stops[stops.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1)];
  if (next) {
    event.preventDefault();
    next.focus();
  }
});

const dressGalleries = (root) => root.querySelectorAll(".gallery").forEach(followGallery);
document.addEventListener("htmx:load", (event) => dressGalleries(event.detail.elt));

start();
dressGalleries(document);
document.querySelectorAll("[data-flash]").forEach(startFlash);
proveBargains(document);
document.querySelectorAll("[data-photos]").forEach(takePhotos);
document.querySelectorAll("[data-note-editor]").forEach(editNote);

if ("serviceWorker" in navigator && document.documentElement.dataset.worker) {
  navigator.serviceWorker.register(document.documentElement.dataset.worker).catch(() => {});
}
window.addEventListener("offline", () => toast(document.documentElement.dataset.wordOffline, "warning"));
