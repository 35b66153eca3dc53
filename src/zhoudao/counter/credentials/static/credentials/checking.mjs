// A certificate's text to one verdict, offline. The same rules, in the same order, as the engine's checking.py.

import { CERTIFICATE, LIST, fromBase64url, openCertificate, openList, readCertificate, readList } from "./certificate.mjs";
import { toBeSigned } from "./cose.mjs";
import { verifiesSm2 } from "./sm2.mjs";

const CLOCKS_DIFFER = 300;

/** Keys by id, ready to verify; `document` is the key set as JSON. Keys that this browser can't use are kept as such. */
export async function importKeys(document) {
  const keys = new Map();
  for (const key of document.keys) {
    const known = { ...key, notBefore: Date.parse(key.not_before) / 1000, notAfter: Date.parse(key.not_after) / 1000 };
    if (key.alg === "ES256") {
      const jwk = { kty: "EC", crv: "P-256", x: key.x, y: key.y };
      known.imported = await crypto.subtle.importKey("jwk", jwk, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
    }
    keys.set(key.kid, known);
  }
  return { issuer: document.issuer, keys };
}

/** true or false; null when this browser can't do the algorithm. */
async function isSignedBy(signed, key, kind) {
  if (signed.algorithm !== key.alg) return false;
  const data = toBeSigned(signed, kind);
  if (key.alg === "ES256") return crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key.imported, signed.signature, data);
  return verifiesSm2(fromBase64url(key.x), fromBase64url(key.y), signed.signature, data);
}

/** The status list in `text` if one of `trusted` signed it; null otherwise. */
export async function checkedList(text, trusted) {
  try {
    const signed = readList(text);
    const key = trusted.keys.get(signed.keyId);
    if (!key || key.status === "withdrawn" || (await isSignedBy(signed, key, LIST)) !== true) return null;
    const list = await openList(signed.payload);
    const then = list.issued >= key.notBefore && list.issued <= key.notAfter;
    return list.issuer === trusted.issuer && then ? list : null;
  } catch {
    return null;
  }
}

/** {verdict, reason, said}: `said` only when the signature is good. `now` in seconds since 1970. Never throws. */
export async function check(text, trusted, list, now) {
  const found = (verdict, reason, said = null) => ({ verdict, reason, said });
  text = text.trim();
  if (!text.startsWith(CERTIFICATE)) return found("no_certificate", "not_ours");
  let signed;
  try {
    signed = readCertificate(text);
  } catch {
    return found("tampered", "encoding_wrong");
  }
  const key = trusted.keys.get(signed.keyId);
  if (!key) return found("unknown_key", "key_not_listed");
  const good = await isSignedBy(signed, key, CERTIFICATE);
  if (good === null) return found("cannot_check", "algorithm_missing");
  if (!good) return found("tampered", "signature_wrong");
  let said;
  try {
    said = await openCertificate(signed.payload);
  } catch {
    return found("tampered", "claims_wrong");
  }
  return found(...standing(said, key, trusted.issuer, list, now), said);
}

/** The worst that is known for certain comes first; what a list says stands even when it is old, only silence doesn't. */
function standing(said, key, issuer, list, now) {
  if (said.issuer !== issuer) return ["unknown_key", "other_issuer"];
  if (key.status === "withdrawn") return ["revoked", "key_withdrawn"];
  if (said.issued < key.notBefore || said.issued > key.notAfter) return ["unknown_key", "key_not_in_use_then"];
  const listed = list ? list.standing(said.index) : null;
  if (listed === "revoked") return ["revoked", "revoked_by_issuer"];
  if (now >= said.validUntil) return ["expired", "past_its_end"];
  if (now < said.validFrom - CLOCKS_DIFFER) return ["not_yet_valid", "before_its_begin"];
  if (listed === "suspended") return ["suspended", "suspended_by_issuer"];
  if (said.endorsedUntil !== null && now >= said.endorsedUntil) return ["suspended", "endorsement_late"];
  if (!list) return ["list_too_old", "no_list"];
  if (now >= list.expires) return ["list_too_old", "list_past_its_end"];
  if (listed === null && said.issued < list.issued) return ["list_too_old", "not_on_list"];
  return ["valid", "in_force"];
}
