// "Use my location": asks the device once, rounds to about ten metres, sends it with this search, keeps it nowhere.

const DECIMALS = 4;
const PATIENCE_MS = 10_000;
const PAUSE_MS = 1500;

// On the keyboard every arrow changes a list, and every figure a time: whoever chooses so is answered when they press Enter,
// leave the field, or pause. A box that is ticked is chosen at once.
function whenChosen(field, act) {
  let byKey = false;
  let waiting = 0;
  const now = () => {
    clearTimeout(waiting);
    waiting = 0;
    act();
  };
  field.addEventListener("pointerdown", () => { byKey = false; });
  field.addEventListener("keydown", (event) => {
    byKey = field.type !== "checkbox";
    if (event.key !== "Enter" || !waiting) return;
    event.preventDefault(); // the form would be sent a second time
    now();
  });
  field.addEventListener("change", () => {
    clearTimeout(waiting);
    if (byKey) waiting = setTimeout(now, PAUSE_MS);
    else now();
  });
  field.addEventListener("blur", () => { if (waiting) now(); });
}

function connect(form) {
  const button = form.querySelector("[data-locate]");
  const picker = form.querySelector("select[name=at]");
  const problem = form.querySelector("[data-locate-problem]");
  const [latitude, longitude] = ["lat", "lon"].map((name) => form.querySelector(`input[name=${name}]`));

  function put(position) {
    for (const [field, value] of [[latitude, position?.latitude], [longitude, position?.longitude]]) {
      field.disabled = value === undefined;
      field.value = value === undefined ? "" : value.toFixed(DECIMALS);
    }
  }

  function searchAgain() {
    if (!form.elements.q || form.elements.q.value.trim()) form.requestSubmit();
  }

  picker.addEventListener("change", () => { if (picker.value) put(null); });
  whenChosen(picker, searchAgain);

  form.addEventListener("places:here", ({ detail }) => {
    picker.value = "";
    picker.options[0].textContent = button.dataset.located;
    put(detail);
    searchAgain();
  });

  form.querySelectorAll("[data-search-again]").forEach((field) => whenChosen(field, searchAgain));

  if (!("geolocation" in navigator)) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    problem.hidden = true;
    button.disabled = true;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        button.disabled = false;
        picker.value = "";
        picker.options[0].textContent = button.dataset.located;
        put(coords);
        if (!form.elements.q || form.elements.q.value.trim()) form.requestSubmit();
        else form.elements.q.focus();
      },
      () => {
        button.disabled = false;
        problem.hidden = false;
        picker.focus();
      },
      { timeout: PATIENCE_MS, maximumAge: 60_000 },
    );
  });
}

document.querySelectorAll("[data-places-search]").forEach(connect);

// Share and print are offered where the device can do them; an address here may say where someone is, so sharing leaves that out.
function sharedAddress() {
  const address = new URL(location.href);
  for (const name of ["lat", "lon"]) address.searchParams.delete(name);
  return address.href;
}

async function share(button) {
  const what = { title: document.title, url: sharedAddress() };
  if (navigator.share) return navigator.share(what).catch(() => {});
  await navigator.clipboard.writeText(what.url);
  button.textContent = button.dataset.shared;
}

function offerTools() {
  document.querySelectorAll("[data-tools]").forEach((tools) => { tools.hidden = false; });
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-share], [data-print]");
  if (!button) return;
  if ("print" in button.dataset) window.print();
  else share(button);
});
offerTools();
document.addEventListener("htmx:afterSettle", offerTools);

// htmx notes the page's address for going back, and an address here may say where someone is.
for (const name of ["htmx:pushedIntoHistory", "htmx:historyRestore", "htmx:historyCacheMissLoad"]) {
  document.addEventListener(name, () => sessionStorage.removeItem("htmx-current-path-for-history"));
}
