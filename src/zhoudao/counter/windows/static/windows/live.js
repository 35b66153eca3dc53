// A page that follows a queue: when the queue changes, the part that shows it is fetched again. Without the stream it is
// fetched every half minute.

const AT_MOST_EVERY_MS = 2500;
const WITHOUT_STREAM_MS = 30_000;

for (const place of document.querySelectorAll("[data-live]")) follow(place);

function follow(place) {
  let waiting = null;
  let last = 0;
  const source = new EventSource(place.dataset.live);
  source.addEventListener("board", () => soon());
  setInterval(() => { if (source.readyState !== EventSource.OPEN) soon(); }, WITHOUT_STREAM_MS);

  // Many follow one queue: each waits a little of its own, so that they don't all ask at once.
  function soon() {
    if (waiting !== null) return;
    const rest = Math.max(0, AT_MOST_EVERY_MS - (Date.now() - last));
    waiting = setTimeout(fetchPart, rest + Math.random() * 400);
  }

  async function fetchPart() {
    waiting = null;
    last = Date.now();
    if (place.querySelector("dialog[open]")) return soon();   // nobody's typing is taken away
    try {
      const answer = await fetch(place.dataset.part, { headers: { Accept: "text/html" } });
      if (!answer.ok) return;
      replace(place, await answer.text());
    } catch { /* the network is away: the stream comes back by itself, and then this does */ }
  }
}

// The new part, with the focus where it was.
function replace(place, html) {
  if (place.querySelector("dialog[open]")) return;
  const key = document.activeElement?.dataset?.key;
  const opened = [...place.querySelectorAll("details")].map((each) => each.open);
  place.innerHTML = html;
  place.querySelectorAll("details").forEach((each, number) => { each.open = opened[number] ?? false; });
  globalThis.htmx?.process(place);
  if (key) place.querySelector(`[data-key="${key}"]`)?.focus();
}
