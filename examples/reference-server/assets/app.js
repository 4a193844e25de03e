// Theme switch, live progress and local times. Every page works without this file.
(() => {
  "use strict";
  const root = document.documentElement;
  const year = 31536000;
  const theme = "__Host-prodops-theme";

  const cookie = document.cookie.split("; ").find((each) => each.startsWith(`${theme}=`));

  const show = (chosen) => {
    if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;
    else delete root.dataset.theme;
  };
  // Without a cookie the page keeps what the server wrote.
  if (cookie) show(cookie.slice(theme.length + 1));

  for (const choice of document.querySelectorAll("[data-theme-switch]")) {
    choice.value = root.dataset.theme || "auto";
    choice.addEventListener("change", () => {
      // Browsers take it from localhost by plain http, too.
      document.cookie = `${theme}=${choice.value}; Path=/; Max-Age=${year}; SameSite=Lax; Secure`;
      show(choice.value);
    });
    choice.closest("[hidden]")?.removeAttribute("hidden");
  }

  const full = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
  for (const time of document.querySelectorAll("time[data-local]")) {
    const at = new Date(time.dateTime);
    if (!Number.isNaN(at.valueOf())) time.title = full.format(at);
  }

  const panel = document.querySelector("[data-events]");
  if (!panel || !window.EventSource) return;

  const number = new Intl.NumberFormat("en");
  const rows = new Map();
  for (const row of panel.querySelectorAll("[data-stream]")) rows.set(row.dataset.stream, row);

  const advance = ({ stream, done, estimate }) => {
    const row = rows.get(stream);
    if (!row) return;
    const bar = row.querySelector("progress");
    const words = row.querySelector(".count");
    if (Number.isFinite(estimate)) {
      const most = Math.max(estimate, done, 1);
      bar.max = most;
      bar.value = done;
      words.textContent = `${number.format(done)} of about ${number.format(most)} commits`;
    } else {
      words.textContent = `${number.format(done)} commits so far`;
    }
  };

  const events = new EventSource(panel.dataset.events);
  events.addEventListener("progress", (event) => {
    try {
      advance(JSON.parse(event.data));
    } catch {
      // A line that is no JSON changes nothing; the next one will.
    }
  });
  events.addEventListener("done", () => {
    events.close();
    document.getElementById("sync-h").textContent = "History is read";
    location.reload();
  });
})();
