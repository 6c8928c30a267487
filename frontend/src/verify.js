// Recomputes a draw or a red packet in the reader's own browser. The server is asked for nothing but the published data.
import { below, digest, keyOf, sha256 } from "./proof.js";

async function checkPacket(found, say) {
  const { seed, plan, total, kind } = found;
  const sealed = await sha256(`${seed}:${plan.join(",")}`);
  say(sealed === found.commitment, `sha256(seed:plan) = ${sealed}`);
  say(plan.reduce((sum, share) => sum + share, 0) === total, `Σ = ${total}`);
  if (kind === "random") {
    const key = await keyOf(seed);
    let rest = total;
    for (let share = 1; share < plan.length; share += 1) {
      const top = Math.floor((2 * rest - 1) / (plan.length - share + 1));
      const amount = 1 + (await below(top, key, `share:${share}`));
      say(amount === plan[share - 1], `#${share}  1…${top}  → ${amount}`);
      rest -= amount;
    }
    say(rest === plan.at(-1), `#${plan.length}  → ${rest}`);
  }
  for (const [number, amount] of found.opened) say(plan[number - 1] === amount, `#${number} ✉ ${amount}`);
}

function prizeAt(prizes, roll) {
  let edge = 0;
  for (const prize of prizes) {
    edge += prize.odds;
    if (roll < edge) return prize;
  }
  return prizes.find((prize) => prize.consolation);
}

async function checkInstant(found, say) {
  const key = await keyOf(found.seed);
  const left = new Map(found.prizes.map((prize) => [prize.id, prize.stock]));
  const consolation = found.prizes.find((prize) => prize.consolation);
  found.spins.forEach((spin, place) => spin.spin === place + 1 || say(false, `spin ${place + 1} ?`));
  for (const spin of found.spins) {
    const roll = await below(10_000, key, `spin:${spin.ticket}:${spin.client}`);
    let prize = prizeAt(found.prizes, roll);
    const stock = left.get(prize.id);
    if (stock === 0) prize = consolation;
    else if (stock !== null) left.set(prize.id, stock - 1);
    const amount = prize.min < prize.amount ? prize.min + (await below(prize.amount - prize.min + 1, key, `amount:${spin.ticket}`)) : prize.amount;
    say(roll === spin.roll && prize.id === spin.prize && amount === spin.amount, `#${spin.ticket}  ${roll}  → ${prize.name}${amount ? ` ${amount}` : ""}`);
  }
}

async function checkFinal(found, say) {
  const key = await keyOf(found.seed);
  const ranked = await Promise.all(found.tickets.map(async (ticket) => ({ ...ticket, rank: await digest(key, `ticket:${ticket.ticket}`) })));
  ranked.sort((one, other) => (one.rank < other.rank ? -1 : 1));
  const places = found.prizes.flatMap((prize) => Array.from({ length: prize.stock ?? 0 }, () => prize));
  const lucky = new Set();
  for (const ticket of ranked) {
    if (places.length === 0) break;
    if (lucky.has(ticket.person)) continue;
    lucky.add(ticket.person);
    const prize = places.shift();
    say(ticket.prize === prize.id, `#${ticket.ticket}  ${ticket.rank.slice(0, 12)}…  → ${prize.name}`);
  }
  const told = found.tickets.filter((ticket) => ticket.prize).length;
  say(told === lucky.size, `Σ = ${told}`);
}

async function checkDraw(found, say) {
  const sealed = await sha256(found.sealed);
  say(sealed === found.commitment, `sha256(seed:terms) = ${sealed}`);
  say(found.sealed.startsWith(`${found.seed}:`), "seed");
  const numbers = found.numbers;
  say(numbers.every((number, place) => number === place + 1), `1…${numbers.length}`);
  await (found.mode === "final" ? checkFinal : checkInstant)(found, say);
}

async function verify(place) {
  const found = JSON.parse(document.getElementById("proof").textContent);
  const log = place.querySelector("[data-log]");
  const verdict = place.querySelector("[data-verdict]");
  let wrong = 0;
  const lines = [];
  const say = (isRight, text) => {
    wrong += isRight ? 0 : 1;
    lines.push(`${isRight ? "✓" : "✗"} ${text}`);
  };
  await (found.about === "packet" ? checkPacket : checkDraw)(found, say);
  log.textContent = lines.join("\n");
  log.hidden = false;
  verdict.textContent = wrong ? verdict.dataset.wrong : verdict.dataset.right;
  verdict.dataset.level = wrong ? "error" : "success";
  place.dataset.done = wrong ? "wrong" : "right";
}

document.querySelectorAll("[data-verify]").forEach((place) => {
  const button = place.querySelector("button");
  button.hidden = !globalThis.crypto?.subtle;
  place.querySelector("[data-insecure]").hidden = Boolean(globalThis.crypto?.subtle);
  button.addEventListener("click", () => verify(place));
});
