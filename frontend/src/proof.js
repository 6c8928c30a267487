// Chance that was sealed beforehand, recomputed: the same few lines as kernel/proof.py, in another language.
const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const bytes = (text) => new TextEncoder().encode(text);
const SPAN = 2n ** 64n;

export async function sha256(text) {
  return hex(await crypto.subtle.digest("SHA-256", bytes(text)));
}

export async function keyOf(seed) {
  const raw = Uint8Array.from(seed.match(/../g), (pair) => Number.parseInt(pair, 16));
  return crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
}

export const digest = async (key, label) => hex(await crypto.subtle.sign("HMAC", key, bytes(label)));

// The first eight bytes as a number; those of the incomplete last round are thrown away, so no remainder is favoured.
export async function below(bound, key, label) {
  const size = BigInt(bound);
  const fair = SPAN - (SPAN % size);
  for (let attempt = 0; ; attempt += 1) {
    const number = BigInt(`0x${(await digest(key, `${label}:${attempt}`)).slice(0, 16)}`);
    if (number < fair) return Number(number % size);
  }
}

