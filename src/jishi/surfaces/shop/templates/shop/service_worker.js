{% load static %}const KEPT = [{% for address in kept %}"{{ address|escapejs }}"{% if not forloop.last %}, {% endif %}{% endfor %}];
const STATIC = "{% get_static_prefix %}";
// The kept addresses carry their content hash, so their list names the version.
const SHELF = `shop-${KEPT.join("|").split("").reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, 7)}`;
const LIMIT = 120;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELF).then((shelf) => shelf.addAll(KEPT)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const drop = (names) => Promise.all(names.filter((name) => name !== SHELF).map((name) => caches.delete(name)));
  event.waitUntil(caches.keys().then(drop).then(() => self.clients.claim()));
});

// A name with a content hash never changes its content, so only such names are kept.
const neverChanges = (url) => url.origin === location.origin && url.pathname.startsWith(STATIC) && /\.[0-9a-f]{8,}\.\w+$/.test(url.pathname);

async function fromShelf(request) {
  const shelf = await caches.open(SHELF);
  const kept = await shelf.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok && (await shelf.keys()).length < LIMIT) await shelf.put(request, answer.clone());
  return answer;
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => caches.match("{{ offline|escapejs }}")));
  else if (neverChanges(new URL(request.url))) event.respondWith(fromShelf(request));
  // Without the network the offline page still wants its own style and picture.
  else if (KEPT.includes(new URL(request.url).pathname)) event.respondWith(fetch(request).catch(() => caches.match(request)));
});
