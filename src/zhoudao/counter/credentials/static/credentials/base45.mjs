// Base45 (RFC 9285), strictly: every text that decodes is the one that its bytes encode to.

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/** Bytes of a Base45 text. Throws for another alphabet, a length no bytes have, or a group worth too much. */
export function decode(text) {
  if (text.length % 3 === 1) throw new Error("a length that no bytes have");
  const values = Array.from(text, (character) => ALPHABET.indexOf(character));
  if (values.includes(-1)) throw new Error("a character outside the alphabet");
  const bytes = [];
  for (let at = 0; at < values.length; at += 3) {
    const pair = at + 2 === values.length;
    const worth = values[at] + 45 * values[at + 1] + (pair ? 0 : 2025 * values[at + 2]);
    if (worth > (pair ? 0xff : 0xffff)) throw new Error("a group worth too much");
    if (!pair) bytes.push(worth >> 8);
    bytes.push(worth & 0xff);
  }
  return Uint8Array.from(bytes);
}

/** The Base45 text of bytes. */
export function encode(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 2) {
    const pair = at + 1 < bytes.length;
    const worth = pair ? bytes[at] * 256 + bytes[at + 1] : bytes[at];
    text += ALPHABET[worth % 45] + ALPHABET[Math.floor(worth / 45) % 45];
    if (pair) text += ALPHABET[Math.floor(worth / 2025)];
  }
  return text;
}
