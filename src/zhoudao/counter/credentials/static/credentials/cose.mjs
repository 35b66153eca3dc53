// Deterministic CBOR (RFC 8949, 4.2.1) and COSE_Sign1 (RFC 9052, 4.2), in exactly one encoding. The same rules as the
// engine's cose.py; docs/credentials.md has them in words.

const DEEPEST = 8;
const P256_HALF_ORDER = BigInt("0x7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8");
const ALGORITHMS = new Map([[-7, "ES256"], [-65537, "SM2"]]);
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The value whose only encoding is `bytes`: numbers, strings, Uint8Array, arrays, Maps and {tag, value}. Throws. */
export function decodeCbor(bytes) {
  let at = 0;

  function take(count) {
    if (count > bytes.length - at) throw new Error("CBOR that ends too early");
    at += count;
    return bytes.subarray(at - count, at);
  }

  function argument(short) {
    if (short < 24) return short;
    if (short > 27) throw new Error("CBOR of no fixed length");
    let value = 0;
    for (const byte of take(1 << (short - 24))) value = value * 256 + byte;
    if (value < [24, 256, 65536, 4294967296][short - 24]) throw new Error("CBOR longer than it need be");
    if (!Number.isSafeInteger(value)) throw new Error("a number beyond any of ours");
    return value;
  }

  function item(depth) {
    if (depth > DEEPEST) throw new Error("CBOR deeper than any of ours");
    const [first] = take(1);
    const count = argument(first & 31);
    switch (first >> 5) {
      case 0: return count;
      case 1: return -1 - count;
      case 2: return take(count).slice();
      case 3: return utf8.decode(take(count));
      case 4: {
        const list = [];
        for (let index = 0; index < count; index++) list.push(item(depth + 1));
        return list;
      }
      case 5: return map(count, depth);
      case 6: return { tag: count, value: item(depth + 1) };
      default: throw new Error("a kind of value that none of ours is");
    }
  }

  function map(count, depth) {
    const found = new Map();
    let before = null;
    for (let index = 0; index < count; index++) {
      const start = at;
      const key = item(depth + 1);
      const encoded = bytes.subarray(start, at);
      if (before && !precedes(before, encoded)) throw new Error("keys out of order, or twice");
      before = encoded;
      found.set(key, item(depth + 1));
    }
    return found;
  }

  const value = item(0);
  if (at !== bytes.length) throw new Error("bytes behind the end");
  return value;
}

/** Whether encoded key `a` stands before `b`: byte by byte. */
function precedes(a, b) {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) if (a[index] !== b[index]) return a[index] < b[index];
  return a.length < b.length;
}

/** {algorithm, keyId, protectedBytes, payload, signature} of a COSE_Sign1. Throws for any other bytes. */
export function readSigned(bytes) {
  const tagged = decodeCbor(bytes);
  if (tagged?.tag !== 18 || !Array.isArray(tagged.value) || tagged.value.length !== 4) throw new Error("no COSE_Sign1");
  const [protectedBytes, unprotected, payload, signature] = tagged.value;
  if (!(protectedBytes instanceof Uint8Array && payload instanceof Uint8Array)) throw new Error("headers and payload are bytes");
  if (!(unprotected instanceof Map) || unprotected.size) throw new Error("something outside the signature");
  if (!(signature instanceof Uint8Array) || signature.length !== 64) throw new Error("a signature has 64 bytes");
  const headers = decodeCbor(protectedBytes);
  if (!(headers instanceof Map) || headers.size !== 2) throw new Error("headers are algorithm and key id");
  const algorithm = ALGORITHMS.get(headers.get(1));
  const kid = headers.get(4);
  if (!algorithm || !(kid instanceof Uint8Array) || kid.length !== 8) throw new Error("headers are algorithm and key id");
  if (algorithm === "ES256" && BigInt(`0x${hex(signature.subarray(32))}`) > P256_HALF_ORDER) {
    throw new Error("the greater of two good signatures");
  }
  return { algorithm, keyId: hex(kid), protectedBytes, payload, signature };
}

/** The bytes that were signed: ["Signature1", protected, kind, payload] (RFC 9052, 4.4). */
export function toBeSigned(signed, kind) {
  const encoder = new TextEncoder();
  const head = (major, length) =>
    length < 24 ? [(major << 5) | length]
      : length < 256 ? [(major << 5) | 24, length]
        : length < 65536 ? [(major << 5) | 25, length >> 8, length & 255]
          : [(major << 5) | 26, length >>> 24, (length >> 16) & 255, (length >> 8) & 255, length & 255];
  const parts = [
    [0x84, ...head(3, 10)], encoder.encode("Signature1"),
    head(2, signed.protectedBytes.length), signed.protectedBytes,
    head(2, kind.length), encoder.encode(kind),
    head(2, signed.payload.length), signed.payload,
  ].map((part) => Uint8Array.from(part));
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** At most `limit` bytes of a zlib stream (RFC 1950) with nothing behind it. Throws. */
export async function unpack(bytes, limit) {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate")).getReader();
  const pieces = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > limit) {
      await reader.cancel();
      throw new Error("unpacks to too much");
    }
    pieces.push(value);
  }
  return new Uint8Array(await new Blob(pieces).arrayBuffer());
}

/** The zlib stream of bytes. */
export async function pack(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

export function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
