// An extra, never a need: every page works without this file. Its sentences come from the page, in its language.
(() => {
  "use strict";
  const { lang } = document.documentElement;
  const { remaining, remainingNone, remainingOver, countLeft, countOver, sending } = document.body.dataset;

  // The answer to a form stands under the address of its page, which can be reloaded and gone back to.
  const main = document.querySelector("main");
  if (main.dataset.page) history.replaceState(null, "", main.dataset.page);

  // A question counts as seen once it is in front of its reader: not in a tab in the background. The cookie says that this
  // script will tell.
  document.cookie = `script=1; path=/; max-age=604800; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
  const see = () => {
    const { seeing } = main.dataset;
    if (!seeing || document.visibilityState !== "visible") return;
    delete main.dataset.seeing;
    const token = document.querySelector("[name=csrf_token]").value;
    fetch(seeing, { method: "POST", body: new URLSearchParams({ csrf_token: token }), redirect: "manual", keepalive: true }).catch(() => {});
  };
  addEventListener("visibilitychange", see);
  see();

  // What is typed is kept on the device until it was sent, for the account that typed it.
  const kept = sessionStorage;
  const draft = (area) => {
    const { writer, return_to: page } = area.form.elements;
    return writer && `draft ${writer.value} ${page.value} ${areas.indexOf(area)}`;
  };
  const areas = [...document.querySelectorAll("form[method=post] :is(textarea, input[type=text], select)")]
    .filter((area) => area.form.querySelector("textarea"));
  const names = areas.map(draft).filter(Boolean);
  const sent = JSON.parse(kept.getItem("sent") ?? "[]");
  kept.removeItem("sent");
  const isUnsent = "page" in main.dataset || "unsent" in main.dataset;
  // The page after it says what became of it, or is another one.
  if (!isUnsent && (document.querySelector(".notice") || !sent.some((name) => names.includes(name)))) {
    for (const name of sent) kept.removeItem(name);
  }
  for (const area of areas) {
    const name = draft(area);
    if (!name) continue;
    if (!area.value) area.value = kept.getItem(name) ?? "";
    area.addEventListener("input", () => {
      try { kept.setItem(name, area.value); } catch { /* The device is full: the page still has it. */ }
    });
  }

  // Beginnings of sentences go into the text.
  for (const button of document.querySelectorAll("[data-begin]")) {
    const area = button.form.querySelector("textarea");
    button.parentNode.classList.add("is-ready");
    button.addEventListener("click", () => {
      area.value += `${area.value && !/\s$/.test(area.value) ? "\n" : ""}${button.dataset.begin} `;
      area.dispatchEvent(new Event("input"));
      area.focus();
    });
  }

  // A password can be looked at. It is hidden again before it is sent, so that browsers keep it as a password only.
  for (const button of document.querySelectorAll("[data-shows]")) {
    const field = document.getElementById(button.dataset.shows);
    const labels = [button.textContent, button.dataset.hide];
    const show = (shown) => {
      field.type = shown ? "text" : "password";
      button.textContent = labels[+shown];
    };
    button.hidden = false;
    button.addEventListener("click", () => show(field.type === "password"));
    field.form.addEventListener("submit", () => show(false));
  }

  // A form is sent once, however often its button is pressed.
  addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    // Not form.action: a button of that name hides it.
    const action = form.getAttribute("action");
    if (action.endsWith("/sign-out") || action.endsWith("/sign-out-everywhere")) kept.clear();
    const own = areas.filter((area) => area.form === form).map(draft);
    if (own.length) kept.setItem("sent", JSON.stringify(own));
    form.dataset.sent = "1";
    const button = event.submitter;
    button?.setAttribute("aria-disabled", "true");
    // The button says that it is on its way, in the place of its words.
    const words = button?.matches(".button") && [...button.childNodes].find((part) => part.nodeType === 3 && part.data.trim());
    if (words) {
      busy.set(words, words.data);
      words.data = sending;
    }
    // An answer that does not come frees the form again.
    setTimeout(free, 10000);
  });
  const busy = new Map();
  const free = () => {
    for (const [words, said] of busy) words.data = said;
    busy.clear();
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
    for (const button of document.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
  };
  // Who comes back with the back button finds the form as it was, and usable.
  addEventListener("pageshow", free);

  // How much room is left, once it gets tight.
  for (const area of document.querySelectorAll("textarea[data-most]")) {
    const count = document.createElement("p");
    count.className = "count";
    area.after(count);
    const show = () => {
      const left = area.dataset.most - [...area.value.trim()].length;
      count.hidden = left > 500;
      count.classList.toggle("is-over", left < 0);
      count.textContent = (left < 0 ? countOver : countLeft).replace("{}", Math.abs(left));
    };
    area.addEventListener("input", show);
    show();
  }

  // Countdowns tick along with the page's own clock, which in a demo is not the device's.
  const skew = Date.parse(main.dataset.now) - Date.now();
  const unit = (value, name) => new Intl.NumberFormat(lang, { style: "unit", unit: name, unitDisplay: "long" }).format(value);
  const and = new Intl.ListFormat(lang, { type: "conjunction" });
  const clocks = [...document.querySelectorAll("[data-until]")];
  const tick = () => {
    for (const clock of clocks) {
      const left = Date.parse(clock.dataset.until) - Date.now() - skew;
      const minutes = Math.ceil(left / 60000);
      const units = [[Math.floor(minutes / 1440), "day"], [Math.floor(minutes / 60) % 24, "hour"], [minutes % 60, "minute"]];
      const parts = (minutes < 1440 ? units : units.slice(0, 2)).filter(([value]) => value > 0).map(([value, name]) => unit(value, name));
      const text = left <= 0 ? remainingOver : left < 60000 ? remainingNone : remaining.replace("{}", and.format(parts));
      if (clock.textContent !== text) clock.textContent = text;
      const share = (left * 100) / (Date.parse(clock.dataset.until) - Date.parse(clock.dataset.from));
      clock.parentNode.querySelector("svg rect")?.setAttribute("width", Math.min(100, Math.max(0, share)) || 0);
    }
  };

  // Says so when something happened to the order while its page stood open.
  const look = async () => {
    if (!main.dataset.news || main.querySelector(".news")) return;
    try {
      const answer = await fetch(main.dataset.news, { headers: { "If-None-Match": `"${main.dataset.seen}"` }, cache: "no-store" });
      if (answer.status === 200 && !answer.redirected) main.insertAdjacentHTML("beforeend", await answer.text());
    } catch { /* Out of reach: the next look will tell. */ }
  };
  addEventListener("visibilitychange", () => { if (!document.hidden) { tick(); look(); } });
  // It looks every 25 seconds while somebody is there.
  let active = Date.now();
  for (const sign of ["pointermove", "keydown", "scroll"]) addEventListener(sign, () => { active = Date.now(); }, { passive: true });
  if (main.dataset.news) setInterval(() => { if (!document.hidden && Date.now() - active < 300000) look(); }, 25000);
  for (const clock of clocks) {
    const wait = Date.parse(clock.dataset.until) - Date.now() - skew + 1500;
    if (wait > 0 && wait < 2 ** 31) setTimeout(look, wait);
  }
  if (clocks.length) setInterval(tick, 10000);
})();
