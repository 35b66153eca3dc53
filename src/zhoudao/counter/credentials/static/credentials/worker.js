// Keeps a part of the site for when there is no network. Served with `KEPT` above it: {page, assets, version, by_request}.
// With `by_request`, pages are kept only when their reader asks; otherwise the one page is kept from the first visit on.

const NAME = `zhoudao ${KEPT.page} `;
const ASSETS = `${NAME}assets ${KEPT.version}`;
const PAGES = `${NAME}pages`;

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    await (await caches.open(ASSETS)).addAll(KEPT.assets);
    if (!KEPT.by_request) await (await caches.open(PAGES)).add(new Request(KEPT.page, { cache: "reload" }));
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const old = (await caches.keys()).filter((name) => name.startsWith(`${NAME}assets`) && name !== ASSETS);
    await Promise.all(old.map((name) => caches.delete(name)));
    await self.clients.claim();
  })());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { pathname, origin } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(pageFirstFromTheServer(request, pathname));
  else if (KEPT.assets.includes(pathname)) event.respondWith(assetFirstFromHere(request, pathname));
});

/** The server's answer; the kept page when there is none. */
async function pageFirstFromTheServer(request, pathname) {
  const pages = await caches.open(PAGES);
  try {
    const answer = await fetch(request);
    const known = await pages.match(pathname, { ignoreVary: true });
    if (answer.ok && !answer.redirected && (known || pathname === KEPT.page) && (known || !KEPT.by_request)) {
      await pages.put(pathname, answer.clone());
    }
    return answer;
  } catch (problem) {
    const known = await pages.match(pathname, { ignoreVary: true });
    if (known) return known;
    throw problem;
  }
}

async function assetFirstFromHere(request, pathname) {
  return (await (await caches.open(ASSETS)).match(pathname, { ignoreVary: true })) ?? fetch(request);
}

/** {what: "keep" | "forget" | "has", page} from a page of this scope; answers on the port that came along. */
self.addEventListener("message", (event) => {
  const { what, page } = event.data;
  event.waitUntil((async () => {
    const pages = await caches.open(PAGES);
    if (what === "keep") await pages.add(new Request(page, { cache: "reload" }));
    if (what === "forget") await pages.delete(page, { ignoreVary: true });
    event.ports[0].postMessage(Boolean(await pages.match(page, { ignoreVary: true })));
  })());
});
