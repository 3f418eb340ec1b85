// An extra, never a need: every page works without this file.
(() => {
  "use strict";
  const dutch = document.documentElement.lang === "nl";

  // A form is sent once, however often its button is pressed.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    const button = event.submitter;
    if (button) button.setAttribute("aria-disabled", "true");
  });
  // Coming back with the back button finds the form as it was, and usable.
  addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => { delete form.dataset.sent; });
    document.querySelectorAll("[aria-disabled]").forEach((button) => button.removeAttribute("aria-disabled"));
  });

  // What is wrong comes first.
  document.getElementById("error-summary")?.focus();

  // How many characters are left of the longest text.
  document.querySelectorAll("textarea[data-most]").forEach((area) => {
    const most = Number(area.dataset.most);
    const count = document.createElement("p");
    count.className = "count";
    area.after(count);
    const show = () => {
      const left = most - [...area.value.trim()].length;
      count.hidden = left > 500;
      count.classList.toggle("is-over", left < 0);
      const words = left < 0
        ? (dutch ? `${-left} tekens te veel` : `${-left} characters too many`)
        : (dutch ? `Nog ${left} tekens` : `${left} characters left`);
      count.textContent = words;
    };
    area.addEventListener("input", show);
    show();
  });
})();
