// One tap on a flash item: ask the hot lane, say honestly what it answered, go where the order appears.
// Without this script the same button leads through the checkout.
const TRIES_MAX = 4;

const wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
const fill = (text, facts) => text.replace(/\{(\w+)\}/g, (_, name) => facts[name] ?? "");
const csrf = () => document.cookie.match(/(?:^|; )jishi_csrf=([^;]+)/)?.[1] ?? "";

function say(card, text) {
  const line = card.querySelector("[data-flash-say]");
  line.textContent = text;
  line.hidden = !text;
}

// A UUID of version 7: ids that begin with the time keep the index of claims small and warm.
function timeOrderedId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  new DataView(bytes.buffer).setBigUint64(0, (BigInt(Date.now()) << 16n) | BigInt((bytes[6] << 8) | bytes[7]));
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

// The same key until the answer is final, so that a second tap or a lost answer never claims twice.
function keyOf(pool) {
  const kept = sessionStorage.getItem(`flash:${pool}`);
  if (kept) return kept;
  const key = timeOrderedId();
  sessionStorage.setItem(`flash:${pool}`, key);
  return key;
}
const dropKey = (pool) => sessionStorage.removeItem(`flash:${pool}`);

async function renewPass(rush) {
  const answer = await fetch("/rush-pass/", { method: "POST", headers: { "X-CSRFToken": csrf() } });
  if (!answer.ok) return false;
  rush.pass = (await answer.json()).pass;
  return true;
}

const ask = (rush, path, headers = {}, body = undefined) =>
  fetch(path, { method: "POST", headers: { authorization: `Pass ${rush.pass}`, "content-type": "application/json", ...headers }, body });

async function takeTurn(rush, pool, card) {
  const answer = await ask(rush, `/rush/pools/${pool}/turns`);
  if (!answer.ok) return "";
  const turn = await answer.json();
  for (let left = turn.seconds; turn.ahead > 0 && left > 0; left -= 1) {
    say(card, fill(rush.words.waiting, { ahead: turn.ahead, seconds: left }));
    await wait(1000);
  }
  return turn.turn ?? "";
}

async function claim(rush, card, quantity) {
  const { pool } = card.dataset;
  let turn = "";
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const key = keyOf(pool);
    const headers = { "idempotency-key": key, ...(turn && { "x-rush-turn": turn }) };
    let answer;
    try {
      answer = await ask(rush, `/rush/pools/${pool}/claims`, headers, JSON.stringify({ quantity }));
    } catch {
      return say(card, rush.words.offline);
    }
    if (answer.ok) {
      say(card, rush.words.granted);
      dropKey(pool);
      location.assign(rush.claim.replace("00000000-0000-0000-0000-000000000000", key));
      return undefined;
    }
    const { code, facts = {}, detail } = await answer.json().catch(() => ({}));
    if (answer.status === 401) {
      if (!(await renewPass(rush))) return location.assign(rush.login);
    } else if (code === "turn_needed") {
      turn = await takeTurn(rush, pool, card);
    } else if (code === "waiting") {
      say(card, fill(rush.words.waiting, facts));
      await wait(1000 * Math.min(Math.max(facts.seconds || 1, 1), 5));
      tries -= 1; // the number will be called; nobody is sent away for waiting
    } else if (answer.status === 503) {
      say(card, rush.words.busy);
      await wait(1000 * Number(answer.headers.get("retry-after") || 1));
    } else {
      dropKey(pool);
      return say(card, rush.words[code] ?? detail ?? rush.words.offline);
    }
  }
  return say(card, rush.words.busy);
}

function show(root, found) {
  for (const left of found.items) {
    const card = root.querySelector(`[data-flash-item="${left.item}"]`);
    if (!card) continue;
    const button = card.querySelector("[data-flash-button]");
    card.querySelector("[data-flash-bar]").value = left.percent;
    if (found.phase !== "coming") card.querySelector("[data-flash-left]").textContent = left.words;
    const returned = card.querySelector("[data-flash-returned]");
    returned.textContent = left.returned;
    returned.hidden = !left.returned;
    const reserved = card.querySelector("[data-flash-reserved]");
    reserved.textContent = left.reserved;
    reserved.hidden = !left.reserved;
    const mine = "new" in card.dataset ? left.free : left.free_for_all;
    card.classList.toggle("is-gone", found.phase === "running" && left.free === 0);
    if (found.phase === "running" && !card.dataset.busy) {
      button.disabled = mine === 0;
      if (mine > 0) button.textContent = button.dataset.word;
      else button.textContent = left.free > 0 ? button.dataset.reservedWord : left.words;
    }
  }
}

export function startFlash(root) {
  const values = document.getElementById("flash-rush");
  if (!values) return;
  const rush = JSON.parse(values.textContent);
  root.addEventListener("submit", async (event) => {
    const form = event.target.closest("[data-flash-form]");
    if (!form || !rush.pass) return; // a visitor goes through the log-in of the checkout
    event.preventDefault();
    const card = form.closest("[data-flash-item]");
    if (card.dataset.busy) return;
    card.dataset.busy = "1";
    form.querySelector("button").disabled = true;
    say(card, rush.words.asking);
    try {
      await claim(rush, card, Number(form.elements.quantity.value));
    } finally {
      delete card.dataset.busy;
      form.querySelector("button").disabled = false;
    }
  });
  const refresh = async () => {
    if (document.hidden) return;
    const answer = await fetch(rush.state).catch(() => null);
    if (!answer?.ok) return;
    const found = await answer.json();
    if (found.phase !== root.dataset.phase) location.reload();
    else show(root, found);
  };
  if (root.dataset.phase !== "over") setInterval(refresh, rush.seconds * 1000);
  // At the second of the opening the page knows by itself; spread a little so that not everybody asks at once.
  document.addEventListener("deadline", () => setTimeout(refresh, 200 + Math.random() * 800));
}
