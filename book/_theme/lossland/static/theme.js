/* Before anything is drawn: which theme the reader sees, and that scripts run. */
(() => {
  const root = document.documentElement;
  let mode = "auto";
  try {
    mode = localStorage.getItem("lossland-theme") || "auto";
  } catch {
    /* storage is closed */
  }
  root.dataset.mode = mode;
  root.dataset.theme = mode !== "auto" ? mode : matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  root.classList.add("js");
})();
