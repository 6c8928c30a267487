// Recomputes a bargain in the reader's own browser: the commitment, and every cut of the plan (docs/algorithms/bargain.md).
import { below, keyOf, sha256 } from "./proof.js";

async function weightsOf(seed, count) {
  const key = await keyOf(seed);
  const weights = [];
  for (let place = 0; place < count; place += 1) {
    const drawn = 60 + (await below(81, key, `cut:${place + 1}`));
    const decay = count === 1 ? 150 : 150 - Math.floor((100 * place) / (count - 1));
    weights.push(drawn * decay);
  }
  return weights;
}

// Largest remainder: floors first, then one more for the largest remainders, ties to the earlier part.
function split(total, weights) {
  const whole = BigInt(weights.reduce((sum, weight) => sum + weight, 0));
  const parts = weights.map((weight) => (BigInt(total) * BigInt(weight)) / whole);
  const rest = weights.map((weight, place) => [(BigInt(total) * BigInt(weight)) % whole, place]);
  let left = total - Number(parts.reduce((sum, part) => sum + part, 0n));
  rest.sort((a, b) => (a[0] === b[0] ? a[1] - b[1] : a[0] > b[0] ? -1 : 1));
  const found = parts.map(Number);
  for (const [, place] of rest) {
    if (left === 0) break;
    found[place] += 1;
    left -= 1;
  }
  return found;
}

async function planOf(seed, total, slots, firstCutBps) {
  const others = slots - 1;
  let first = Math.min(Math.max(Math.floor((total * firstCutBps) / 10000), 1), total - others);
  const rest = split(total - first - others, await weightsOf(seed, others)).map((part) => part + 1);
  const largest = rest.indexOf(Math.max(...rest));
  if (rest[largest] > first) [first, rest[largest]] = [rest[largest], first];
  return [first, ...rest];
}

async function prove(place) {
  const { seed, terms, commitment, cuts, right, wrong } = place.dataset;
  const [, , start, floor, slots, firstCutBps] = terms.split("|");
  const plan = await planOf(seed, Number(start) - Number(floor), Number(slots), Number(firstCutBps));
  const isRight = (await sha256(seed + terms)) === commitment && plan.join(",") === cuts;
  place.textContent = isRight ? right : wrong;
  place.classList.add(isRight ? "text-leaf" : "text-accent-deep");
}

export function proveBargains(root) {
  if (window.crypto?.subtle) root.querySelectorAll("[data-verify='bargain']").forEach((place) => void prove(place));
}
