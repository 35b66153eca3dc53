// What this device keeps: three documents, and a note that says which they are. The worker puts them there (worker.js).

export const CACHE = "zhoudao map data";
export const NOTE = "/offline/current.json";

async function kept(address) {
  const answer = await (await caches.open(CACHE)).match(address, { ignoreVary: true });
  return answer ? answer.json() : null;
}

/** {note, facts, texts} in a language; null when nothing is kept yet. */
export async function open(language) {
  if (!("caches" in window)) return null;
  const note = await kept(NOTE);
  if (!note) return null;
  const [facts, texts] = await Promise.all([kept(note.documents.facts), kept(note.documents[language])]);
  return facts && texts ? { note, facts, texts } : null;
}

/** The city's clock: the device's, put right by as much as it was wrong when the data came. Epoch seconds. */
export function now(note) {
  return Math.floor(Date.now() / 1000) + (note.shift ?? 0);
}
