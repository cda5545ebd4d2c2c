// Runs before the first paint: the reader's theme and, for all pages alike, what needs no server.
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const kept = () => localStorage.getItem("kendt-theme") ?? "system";
  const watchers = new Map();
  let last = null;

  function paint() {
    const choice = kept();
    const dark = choice === "dark" || (choice === "system" && system.matches);
    root.dataset.theme = dark ? "dark" : "light";
    root.dataset.themeChoice = choice;
    if (last !== dark) for (const watcher of watchers.values()) watcher.invokeMethodAsync("ThemeChanged", dark).catch(() => {});
    last = dark;
    for (const button of document.querySelectorAll("[data-set-theme]"))
      button.setAttribute("aria-pressed", String(button.dataset.setTheme === choice));
  }

  function close(menu) {
    if (menu && menu.matches(":popover-open")) menu.hidePopover();
  }

  paint();
  system.addEventListener("change", paint);
  addEventListener("storage", event => { if (event.key === "kendt-theme") paint(); });
  addEventListener("toggle", paint, true);

  addEventListener("click", event => {
    const theme = event.target.closest?.("[data-set-theme]");
    if (theme) {
      localStorage.setItem("kendt-theme", theme.dataset.setTheme);
      paint();
      close(theme.closest("[popover]"));
    }
    const language = event.target.closest?.("[data-set-language]");
    if (language) {
      document.cookie = `kendt-language=${language.dataset.setLanguage}; path=/; max-age=31536000; samesite=lax`;
      location.reload();
    }
    if (event.target.closest?.("[data-toggle-nav]")) {
      const open = root.toggleAttribute("data-nav-open");
      document.querySelector("button[data-toggle-nav]")?.setAttribute("aria-expanded", String(open));
    } else if (root.hasAttribute("data-nav-open") && event.target.closest?.(".nav a")) {
      root.removeAttribute("data-nav-open");
    }
    const copy = event.target.closest?.("[data-copy]");
    if (copy) {
      navigator.clipboard?.writeText(document.getElementById(copy.dataset.copy)?.textContent ?? "").then(() => {
        copy.dataset.copied = "";
        setTimeout(() => delete copy.dataset.copied, 1500);
      });
    }
  });

  addEventListener("keydown", event => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if ((event.key === "/" && !typing) || (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey))) {
      const find = document.getElementById("find");
      if (find) { event.preventDefault(); find.focus(); find.select(); }
    }
    if (event.key === "Escape") root.removeAttribute("data-nav-open");
  });

  // The live connection: shown while it is gone; after a restart of the server the page is simply loaded again,
  // since all its state stands in its address.
  document.addEventListener("components-reconnect-state-changed", event => {
    const dialog = event.target, state = event.detail?.state;
    if (state === "show" && !dialog.open) dialog.showModal();
    else if (state === "hide") dialog.close();
    else if (state === "rejected") location.reload();
  }, true);

  window.kendt = {
    watchTheme(id, watcher) { watchers.set(id, watcher); return root.dataset.theme === "dark"; },
    forgetTheme(id) { watchers.delete(id); },
    live() { root.dataset.live = ""; }, // from here on what is typed and clicked is heard
  };
})();
