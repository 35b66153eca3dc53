// What this device keeps so that it can show a part of a certificate with no network: the SD-JWT and the key it is bound to.
// The key can sign here and can't be read out, not even by this page.

const NAME = "zhoudao-wallet";
const STORE = "held";

function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function store(mode) {
  const opening = indexedDB.open(NAME, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  const database = await done(opening);
  return database.transaction(STORE, mode).objectStore(STORE);
}

/** {credential, privateKey, ahead} of certificate `number`; undefined when nothing is kept. */
export async function kept(number) {
  return done((await store("readonly")).get(number));
}

export async function keep(number, held) {
  await done((await store("readwrite")).put(held, number));
}

export async function forget(number) {
  await done((await store("readwrite")).delete(number));
}
