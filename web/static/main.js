// The page that is the whole window: what was kept comes back, and a link is opened, paused.

import { load, mount } from "./midflight.js";
import { openKept } from "./keep.js";
import { readLink } from "./link.js";

const cover = document.getElementById("cover");
const words = document.getElementById("words");
const way = document.getElementById("way");

// Says over the whole page why there is no window.
function stop(reason) {
  cover.hidden = false;
  cover.classList.add("stopped");
  words.textContent = String(reason);
  way.innerHTML = '<a href="article.html">What Midflight is, with pictures</a>';
}

// A window that broke draws nothing more; what was done is kept.
function watch(handle) {
  const timer = setInterval(() => {
    if (!handle.isBroken() && !handle.hasLostItsPicture()) return;
    clearInterval(timer);
    stop(
      handle.isBroken()
        ? "The window broke: a fault of Midflight. What was done before is kept, and is back after a reload."
        : "The browser took the window's picture away (a driver was reset, or too many pages draw). The work is kept, and is back after a reload.",
    );
    way.innerHTML = '<a href="">Reload</a>';
  }, 1000);
}

async function start() {
  const module = await load();
  let link, damaged;
  try {
    link = await readLink(location.hash);
  } catch (reason) {
    damaged = reason;
  }
  const kept = await openKept(module);
  // A link that was opened and then changed is work of its own: a reload brings that back, not the link again.
  const { keep } = kept;
  let first = true;
  kept.keep = (kind, path, bytes) => {
    if (first && kind === "append") {
      first = false;
      history.replaceState(null, "", location.pathname + location.search);
    }
    keep(kind, path, bytes);
  };
  const handle = await mount(document.getElementById("window"), {
    ...link,
    isLink: Boolean(link),
    kept,
    width: 640,
    entitle: (title) => (document.title = `${title} - Midflight`),
  });
  cover.hidden = true;
  window.midflight = handle;
  if (damaged) handle.say(damaged, true);
  handle.focus();
  watch(handle);
  window.addEventListener("beforeunload", (event) => {
    if (handle.wouldLose()) event.preventDefault();
  });
  // Another link in the same tab: asks first, if something is not saved.
  window.addEventListener("hashchange", async () => {
    try {
      const next = await readLink(location.hash);
      if (next) handle.open(next.name, new TextEncoder().encode(next.text), next.position);
    } catch (reason) {
      handle.say(reason, true);
    }
  });
}

start().catch(stop);
