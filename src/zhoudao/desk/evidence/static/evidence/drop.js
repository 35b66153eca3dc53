// The drop zone: files are sent one by one, each with its progress and a button that stops it; cleaning starts when all are in.

const form = document.getElementById("drop");
if (form) {
  const zone = form.querySelector(".drop-zone");
  const input = form.querySelector("input[type=file]");
  const list = document.getElementById("drop-list");
  const waiting = [];
  let busy = false;
  let kept = 0;

  form.classList.add("enhanced");
  for (const name of ["dragenter", "dragover"]) {
    zone.addEventListener(name, (event) => { event.preventDefault(); zone.classList.add("over"); });
  }
  for (const name of ["dragleave", "drop"]) zone.addEventListener(name, () => zone.classList.remove("over"));
  zone.addEventListener("drop", async (event) => {
    event.preventDefault();
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    if (entries.some((entry) => entry.isDirectory)) {
      for (const entry of entries) await walk(entry, "");
    } else {
      for (const file of event.dataTransfer.files) add(file, file.name);
    }
    next();
  });
  input.addEventListener("change", () => {
    for (const file of input.files) add(file, file.webkitRelativePath || file.name);
    input.value = "";
    next();
  });

  async function walk(entry, path) {
    if (entry.isFile) {
      add(await new Promise((done, failed) => entry.file(done, failed)), path + entry.name);
      return;
    }
    const reader = entry.createReader();
    for (;;) {
      const part = await new Promise((done, failed) => reader.readEntries(done, failed));
      if (!part.length) return;
      for (const inner of part) await walk(inner, `${path}${entry.name}/`);
    }
  }

  function add(file, path) {
    const row = document.createElement("li");
    const name = document.createElement("span");
    const bar = document.createElement("progress");
    const state = document.createElement("span");
    const stop = document.createElement("button");
    name.className = "drop-name";
    name.textContent = path;
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", path);
    state.className = "drop-state";
    state.textContent = form.dataset.waiting;
    stop.type = "button";
    stop.className = "button quiet small";
    stop.textContent = form.dataset.cancel;
    row.append(name, bar, state, stop);
    list.append(row);
    const one = { file, path, row, bar, state, stop, request: null };
    stop.addEventListener("click", () => {
      if (one.request) one.request.abort();
      else finish(one, form.dataset.stopped, "stopped");
      const at = waiting.indexOf(one);
      if (at >= 0) waiting.splice(at, 1);
    });
    waiting.push(one);
  }

  function finish(one, said, kind) {
    one.state.textContent = said;
    one.row.classList.add(kind);
    one.stop.remove();
  }

  function next() {
    if (busy) return;
    const one = waiting.shift();
    if (!one) {
      if (kept) clean();
      return;
    }
    busy = true;
    const request = (one.request = new XMLHttpRequest());
    const body = new FormData();
    body.append("files", one.file, one.path);
    body.append("retrieval", form.elements.retrieval?.value ?? "");
    request.open("POST", form.action);
    request.setRequestHeader("X-Requested-With", "drop");
    request.setRequestHeader("X-CSRFToken", form.elements.csrfmiddlewaretoken.value);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) {
        one.bar.value = event.loaded / event.total;
        one.state.textContent = `${Math.floor((event.loaded / event.total) * 100)}%`;
      }
    });
    const over = (said, kind) => { finish(one, said, kind); busy = false; next(); };
    request.addEventListener("abort", () => over(form.dataset.stopped, "stopped"));
    request.addEventListener("error", () => over(form.dataset.failed, "failed"));
    request.addEventListener("load", () => {
      const to = request.getResponseHeader("HX-Redirect");
      if (to) { location.assign(to); return; }
      let told = {};
      try { told = JSON.parse(request.responseText); } catch { /* a page, not JSON: said below */ }
      one.bar.value = 1;
      if (request.status === 200) {
        kept += told.kept;
        over(told.said, "kept");
      } else {
        over(told.error?.what ?? `${form.dataset.failed} (${request.status})`, "failed");
      }
    });
    request.send(body);
  }

  async function clean() {
    const body = new FormData();
    body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    await fetch(form.dataset.clean, { method: "POST", body, redirect: "manual" });
    if (!list.querySelector(".failed")) location.reload();
  }
}
