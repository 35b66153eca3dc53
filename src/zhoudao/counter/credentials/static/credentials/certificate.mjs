// What a certificate and a status list say, once their signature is known to be good. The same rules as the engine's
// certificate.py and status.py.

import { decode as decodeBase45 } from "./base45.mjs";
import { decodeCbor, readSigned, unpack } from "./cose.mjs";

export const CERTIFICATE = "ZD1:";
export const LIST = "ZDL1:";
const LONGEST_TEXT = 4296;
const LONGEST_CLAIMS = 8192;
const MOST_LISTED = 1 << 24;
const LAST_SECOND = 253402300799; // the year 9999
const UNREADABLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/u;
const JOINERS = /[\u200c\u200d]/g;

/** The signed bytes in a certificate's text. Throws. */
export function readCertificate(text) {
  if (!text.startsWith(CERTIFICATE) || text.length > LONGEST_TEXT) throw new Error("no certificate");
  return readSigned(decodeBase45(text.slice(CERTIFICATE.length)));
}

/** The signed bytes in a status list's text. Throws. */
export function readList(text) {
  const body = text.trim().slice(LIST.length);
  if (!text.trim().startsWith(LIST) || !/^[\w-]*$/.test(body)) throw new Error("no status list");
  return readSigned(fromBase64url(body));
}

/** What the payload of a good certificate says, times in seconds since 1970. Throws. */
export async function openCertificate(payload) {
  const plain = payload[0] === 0x78 ? await unpack(payload, LONGEST_CLAIMS) : payload;
  if (plain.length > LONGEST_CLAIMS) throw new Error("too many claims");
  const claims = exactly(decodeCbor(plain), [1, 4, 5, 6, -65537]);
  const said = exactly(claims.get(-65537), [0, 1, 2, 3, 4, 5], [6, 7]);
  const found = {
    issuer: words(claims.get(1), 60),
    validUntil: seconds(claims.get(4)),
    validFrom: seconds(claims.get(5)),
    issued: seconds(claims.get(6)),
    type: words(said.get(0), 60),
    number: words(said.get(1), 40),
    name: words(said.get(2), 200),
    document: words(said.get(3), 40, true),
    district: words(said.get(4), 60),
    index: said.get(5),
    endorsedUntil: said.has(6) ? seconds(said.get(6)) : null,
    facts: said.has(7) ? facts(said.get(7)) : new Map(),
  };
  if (!Number.isSafeInteger(found.index) || found.index < 0 || found.index >= 2 ** 40) throw new Error("no index");
  if (found.validUntil <= found.validFrom) throw new Error("ends before it begins");
  return found;
}

/** What the payload of a good status list says. Throws. */
export async function openList(payload) {
  const claims = exactly(decodeCbor(payload), [1, 4, 6, 65533, -65537]);
  const inner = exactly(claims.get(65533), ["bits", "lst"]);
  const ours = exactly(claims.get(-65537), [0, 1]);
  const size = ours.get(1);
  if (inner.get("bits") !== 2 || !(inner.get("lst") instanceof Uint8Array) || !(size >= 0 && size <= MOST_LISTED)) {
    throw new Error("no status list");
  }
  const bits = await unpack(inner.get("lst"), MOST_LISTED / 4);
  if (bits.length !== Math.ceil(size / 4) || bits.some((byte) => byte & (byte >> 1) & 0x55)) throw new Error("no status list");
  return {
    issuer: words(claims.get(1), 60),
    expires: seconds(claims.get(4)),
    issued: seconds(claims.get(6)),
    sequence: seconds(ours.get(0)),
    /** "valid", "revoked" or "suspended"; null when the list is older than certificate `index`. */
    standing: (index) => (index < size ? ["valid", "revoked", "suspended"][(bits[index >> 2] >> (2 * (index & 3))) & 3] : null),
  };
}

function exactly(map, required, optional = []) {
  const known = [...required, ...optional];
  if (!(map instanceof Map) || !required.every((key) => map.has(key)) || ![...map.keys()].every((key) => known.includes(key))) {
    throw new Error("a field too few, or one nobody knows");
  }
  return map;
}

function words(value, most, empty = false) {
  if (typeof value !== "string" || [...value].length > most || !(value || empty)) throw new Error("no text of that length");
  if (UNREADABLE.test(value.replace(JOINERS, ""))) throw new Error("characters nobody sees");
  return value;
}

function seconds(value) {
  if (!Number.isSafeInteger(value) || value < 0 || value > LAST_SECOND) throw new Error("no moment");
  return value;
}

function facts(map) {
  if (!(map instanceof Map) || map.size < 1 || map.size > 12) throw new Error("facts are 1 to 12");
  for (const [name, value] of map) words(name, 40) && words(value, 300);
  return map;
}

export function fromBase64url(text) {
  const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));
  const again = btoa(String.fromCharCode(...bytes.subarray(-(bytes.length % 3 || 3)))).replace(/=+$/, "");
  if (bytes.length && !text.replaceAll("-", "+").replaceAll("_", "/").endsWith(again)) throw new Error("not base64url in its one form");
  return bytes;
}
