// SM2 with SM3 (GB/T 32918.2), which WebCrypto doesn't know: by sm-crypto, loaded as `sm2` beside this page.

import { hex } from "./cose.mjs";

/** Whether `signature` (r then s) is the key's over `data`; null when sm-crypto isn't loaded. */
export function verifiesSm2(x, y, signature, data) {
  if (typeof globalThis.sm2?.doVerifySignature !== "function") return null;
  try {
    // With `hash` it computes Z with the default identity 1234567812345678, as the issuer does.
    return globalThis.sm2.doVerifySignature(Array.from(data), hex(signature), `04${hex(x)}${hex(y)}`, { hash: true }) === true;
  } catch {
    return false;
  }
}
