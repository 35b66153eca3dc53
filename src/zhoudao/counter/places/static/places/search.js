// "Use my location": asks the device once, rounds to about ten metres, sends it with this search, keeps it nowhere.

const DECIMALS = 4;
const PATIENCE_MS = 10_000;

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
    if (form.elements.q.value.trim()) form.requestSubmit();
  }

  picker.addEventListener("change", () => {
    if (picker.value) put(null);
    searchAgain();
  });

  form.querySelectorAll("[data-search-again]").forEach((field) => field.addEventListener("change", searchAgain));

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
        if (form.elements.q.value.trim()) form.requestSubmit();
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

// htmx notes the page's address for going back, and an address here may say where someone is.
for (const name of ["htmx:pushedIntoHistory", "htmx:historyRestore", "htmx:historyCacheMissLoad"]) {
  document.addEventListener(name, () => sessionStorage.removeItem("htmx-current-path-for-history"));
}
