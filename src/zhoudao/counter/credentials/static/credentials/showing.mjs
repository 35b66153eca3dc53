// A part of a certificate, shown as an SD-JWT with key binding (RFC 9901) in a QR code, and checked offline. The same rules,
// in the same order, as the engine's sd_jwt.py and showing.py.

import { decode as decodeBase45, encode as encodeBase45 } from "./base45.mjs";
import { fromBase64url } from "./certificate.mjs";
import { pack, unpack } from "./cose.mjs";

export const SHOWN = "ZDS1:";
export const LASTS = 300; // seconds that a showing counts
const AUDIENCE = "zhoudao:in-person";
const LONGEST_TEXT = 4296;
const LONGEST = 16384;
const RESERVED = ["_sd", "_sd_alg", "...", "iss", "nbf", "exp", "iat", "cnf", "vct", "status"];
const ES256 = { name: "ECDSA", namedCurve: "P-256" };
const SIGNING = { name: "ECDSA", hash: "SHA-256" };
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const bytesOf = (text) => new TextEncoder().encode(text);

// The holder's side -------------------------------------------------------------------------------------

/** A new key of this device, whose secret never leaves it: {privateKey, jwk}. */
export async function makeKey() {
  const { privateKey, publicKey } = await crypto.subtle.generateKey(ES256, false, ["sign", "verify"]);
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", publicKey);
  return { privateKey, jwk: { kty, crv, x, y } };
}

/** The text of the QR code that shows `names` of an SD-JWT. `question`: the verifier's digits, or "". */
export async function show(sdJwt, names, privateKey, question, now) {
  const [token, ...rest] = sdJwt.split("~");
  const chosen = rest.filter((text) => text && names.includes(disclosure(text)[0]));
  const shown = `${[token, ...chosen].join("~")}~`;
  const nonce = question || toBase64url(crypto.getRandomValues(new Uint8Array(9)));
  const binding = { iat: now, aud: AUDIENCE, nonce, sd_hash: await digest(shown) };
  const signed = `${encodeJson({ alg: "ES256", typ: "kb+jwt" })}.${encodeJson(binding)}`;
  const signature = new Uint8Array(await crypto.subtle.sign(SIGNING, privateKey, bytesOf(signed)));
  return SHOWN + encodeBase45(await pack(bytesOf(`${shown}${signed}.${toBase64url(signature)}`)));
}

// The verifier's side -----------------------------------------------------------------------------------

class Wrong extends Error {
  constructor(verdict, reason) {
    super(reason);
    this.found = { verdict, reason, claims: null };
  }
}

function need(good, verdict = "tampered", reason = "encoding_wrong") {
  if (!good) throw new Wrong(verdict, reason);
}

/** {verdict, reason, claims}: `claims` only when it is good. `question`: the digits that were asked, or null. Never throws. */
export async function checkShown(text, trusted, now, question) {
  text = text.trim();
  if (!text.startsWith(SHOWN)) return { verdict: "no_certificate", reason: "not_ours", claims: null };
  try {
    return await opened(await read(text), trusted, now, question);
  } catch (problem) {
    return problem instanceof Wrong ? problem.found : { verdict: "tampered", reason: "encoding_wrong", claims: null };
  }
}

async function read(text) {
  need(text.length <= LONGEST_TEXT);
  const packed = decodeBase45(text.slice(SHOWN.length));
  const bytes = await unpack(packed, LONGEST);
  need(bytes.every((byte) => byte < 128));
  return utf8.decode(bytes);
}

async function opened(presentation, trusted, now, question) {
  const [token, ...parts] = presentation.split("~");
  const binding = parts.pop();
  need(Boolean(binding));
  const { header, payload } = readToken(token);
  const key = typeof header.kid === "string" ? trusted.keys.get(header.kid) : null;
  need(key?.alg === "ES256", "unknown_key", "key_not_listed");
  await checkSignature(token, header, "dc+sd-jwt", key.imported);
  const claims = await disclosed(payload, parts);
  need(Number.isSafeInteger(claims.exp) && Number.isSafeInteger(claims.nbf));
  need(now < claims.exp, "expired", "wallet_past_its_end");
  need(now >= claims.nbf - LASTS, "not_yet_valid", "before_its_begin");
  const shown = presentation.slice(0, presentation.length - binding.length);
  await checkBinding(binding, await holderOf(payload), shown, now, question);
  const [verdict, reason] = standing(claims, key, trusted.issuer, question);
  return { verdict, reason, claims };
}

function standing(claims, key, issuer, question) {
  if (claims.iss !== issuer) return ["unknown_key", "other_issuer"];
  if (key.status === "withdrawn") return ["revoked", "key_withdrawn"];
  if (claims.nbf < key.notBefore || claims.nbf > key.notAfter) return ["unknown_key", "key_not_in_use_then"];
  return ["valid", question === null ? "shown_to_anyone" : "shown_to_you"];
}

async function disclosed(payload, disclosures) {
  need((payload._sd_alg ?? "sha-256") === "sha-256");
  const hashes = payload._sd ?? [];
  need(Array.isArray(hashes) && hashes.every((hash) => typeof hash === "string"));
  need(new Set(hashes).size === hashes.length && new Set(disclosures).size === disclosures.length);
  const { _sd, _sd_alg, cnf, ...claims } = payload;
  for (const text of disclosures) {
    need(hashes.includes(await digest(text)), "tampered", "signature_wrong");
    const [name, value] = disclosure(text);
    need(!RESERVED.includes(name) && !Object.hasOwn(claims, name));
    claims[name] = value;
  }
  return claims;
}

async function holderOf(payload) {
  const jwk = payload.cnf?.jwk;
  need(Object.keys(payload.cnf ?? {}).join() === "jwk" && jwk?.kty === "EC" && jwk.crv === "P-256" && !("d" in jwk));
  return crypto.subtle.importKey("jwk", { kty: "EC", crv: "P-256", x: jwk.x, y: jwk.y }, ES256, false, ["verify"]);
}

async function checkBinding(binding, holder, shown, now, question) {
  const { header, payload } = readToken(binding);
  await checkSignature(binding, header, "kb+jwt", holder);
  need(payload.aud === AUDIENCE, "not_for_you", "shown_to_others");
  need(payload.sd_hash === (await digest(shown)), "tampered", "signature_wrong");
  need(typeof payload.nonce === "string");
  need(question === null || payload.nonce === question, "not_for_you", "shown_to_others");
  need(Number.isSafeInteger(payload.iat) && payload.iat >= 0);
  need(Math.abs(now - payload.iat) <= LASTS, "expired", "proof_past_its_end");
}

async function checkSignature(token, header, kind, key) {
  need(header.alg === "ES256" && header.typ === kind && !("crit" in header));
  const at = token.lastIndexOf(".");
  const good = await crypto.subtle.verify(SIGNING, key, decode(token.slice(at + 1)), bytesOf(token.slice(0, at)));
  need(good, "tampered", "signature_wrong");
}

// JSON and base64url ------------------------------------------------------------------------------------

function decode(text) {
  need(/^[\w-]*$/.test(text));
  return fromBase64url(text);
}

function readToken(token) {
  const parts = token.split(".");
  need(parts.length === 3);
  const [header, payload] = parts.slice(0, 2).map(decodeJson);
  need([header, payload].every((part) => part && typeof part === "object" && !Array.isArray(part)));
  return { header, payload };
}

function disclosure(text) {
  const parts = decodeJson(text);
  need(Array.isArray(parts) && parts.length === 3 && parts.slice(0, 2).every((part) => typeof part === "string"));
  return parts.slice(1);
}

function decodeJson(text) {
  const json = utf8.decode(decode(text));
  const value = JSON.parse(json);
  const names = [...json.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)].filter(([, colon]) => colon).length;
  need(names === namesIn(value)); // a name that stands twice is read once
  return value;
}

function namesIn(value) {
  if (!value || typeof value !== "object") return 0;
  const own = Array.isArray(value) ? 0 : Object.keys(value).length;
  return Object.values(value).reduce((sum, each) => sum + namesIn(each), own);
}

function encodeJson(value) {
  return toBase64url(bytesOf(JSON.stringify(value)));
}

function toBase64url(bytes) {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

async function digest(text) {
  return toBase64url(new Uint8Array(await crypto.subtle.digest("SHA-256", bytesOf(text))));
}
