// Lets the map's public pages answer without a network. Served with `KEPT` above it: {assets, shells, note, version}.
// Pages come from the server while it answers; without it, a page of ours stands in that answers from what is kept (page.mjs).
// Nothing of anybody's own is ever kept: the shells and documents are fetched without cookies, and no other page is touched.

const ASSETS = `zhoudao map assets ${KEPT.version}`;
const DATA = "zhoudao map data";
const LANGUAGE = "/offline/language";
const PUBLIC = /^\/(search|points\/([^/]+\/)?|phones\/|items\/([^/]+\/)?|offline\/([^/]+\/)?)?$/;
const PATIENCE_MS = 8000; // a line that answers later than this counts as none, where something is kept
const ASK_AGAIN_MS = 10 * 60_000;
let asked = 0;

const anonymously = (address, cache) => new Request(address, { credentials: "omit", cache });

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const assets = await caches.open(ASSETS);
    await assets.addAll(KEPT.assets);
    await Promise.all(Object.values(KEPT.shells).map(async (shell) => assets.put(shell, await whole(anonymously(shell, "reload")))));
    await refresh().catch(() => {}); // no documents yet, or a line that broke: the next visit brings them
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const old = (await caches.keys()).filter((name) => name.startsWith("zhoudao map assets") && name !== ASSETS);
    await Promise.all(old.map((name) => caches.delete(name)));
    await self.clients.claim();
  })());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { pathname, origin } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (PUBLIC.test(pathname)) event.respondWith(pageOrShell(request));
  } else if (KEPT.assets.includes(pathname)) {
    event.respondWith(assetFromHere(request, pathname));
  }
});

async function pageOrShell(request) {
  const answer = fetch(request);
  const canStandIn = await (await caches.open(DATA)).match(KEPT.note);
  const late = new Promise((_, reject) => { if (canStandIn) setTimeout(() => reject(new Error("no answer")), PATIENCE_MS); });
  return Promise.race([answer, late]).catch(async (problem) => (await shellInTheirLanguage()) ?? Promise.reject(problem));
}

async function shellInTheirLanguage() {
  const language = await (await (await caches.open(DATA)).match(LANGUAGE))?.text();
  return (await caches.open(ASSETS)).match(KEPT.shells[language] ?? Object.values(KEPT.shells)[0], { ignoreVary: true });
}

async function assetFromHere(request, pathname) {
  return (await (await caches.open(ASSETS)).match(pathname, { ignoreVary: true })) ?? fetch(request);
}

async function whole(request) {
  const answer = await fetch(request);
  if (!answer.ok) throw new Error(`${request.url}: ${answer.status}`);
  return answer;
}

/** Fetch what has changed; the note that says which documents are in use is put there last. */
async function refresh() {
  const data = await caches.open(DATA);
  const note = await (await whole(anonymously(KEPT.note, "no-store"))).json();
  const wanted = Object.values(note.documents);
  for (const address of wanted) {
    if (!(await data.match(address, { ignoreVary: true }))) await data.put(address, await whole(anonymously(address, "default")));
  }
  note.shift = note.now - Math.floor(Date.now() / 1000);
  await data.put(KEPT.note, Response.json(note));
  asked = Date.now();
  const known = new Set([...wanted, KEPT.note, LANGUAGE]);
  const stale = (await data.keys()).filter(({ url }) => !known.has(new URL(url).pathname));
  await Promise.all(stale.map((request) => data.delete(request)));
}

/** {what: "visited" | "refresh" | "forget", language} from a public page; answers on the port that came along, if any. */
self.addEventListener("message", (event) => {
  const { what, language } = event.data;
  event.waitUntil((async () => {
    let done = true;
    const data = await caches.open(DATA);
    if (language in KEPT.shells) await data.put(LANGUAGE, new Response(language));
    if (what === "forget") done = await caches.delete(DATA);
    else if (what === "refresh" || Date.now() - asked > ASK_AGAIN_MS) done = await refresh().then(() => true, () => false);
    event.ports[0]?.postMessage(done);
  })());
});
