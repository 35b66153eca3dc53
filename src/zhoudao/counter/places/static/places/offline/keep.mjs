// Keeps the map on this device for when there is no network: boats have no signal. Where somebody saves data, only when they ask
// (on /offline/).

const WORKER = "/sw.js"; // at the root, because it answers for the whole map

async function keep() {
  if (!("serviceWorker" in navigator)) return;
  const known = await navigator.serviceWorker.getRegistration("/");
  if (navigator.connection?.saveData && !known) return;
  await navigator.serviceWorker.register(WORKER, { scope: "/" });
  const { active } = await navigator.serviceWorker.ready;
  active.postMessage({ what: "visited", language: document.documentElement.lang });
}

keep().catch(() => {}); // a browser that keeps nothing shows the pages all the same
