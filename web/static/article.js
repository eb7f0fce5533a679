// The page's windows, and the buttons that open something in the full window.
//
// The text and the posters are plain HTML, and scripts add what lives. A poster becomes a window when its reader asks
// for it, because each window takes a WebGL context, of which a browser allows few, and the first one a module of
// some megabytes. So nothing is loaded before somebody wants it.

import { BF, Console, SETS } from "./console.js";
import { button, make, midflight, nameOf, noWindow, openFull, reason, textOf } from "./parts.js";

/** From so many windows on, one that its reader has not touched becomes a poster again. */
const ENOUGH = 4;
/** So many windows at most: browsers give up the oldest contexts beyond eight or sixteen. */
const MOST = 6;
const RECORDING = "programs/fib.session";
const phone = matchMedia("(max-width: 699px)");
/** Where there is a mouse there is a keyboard; where there is neither, no hint about keys helps. */
const keyboard = matchMedia("(hover: hover) and (pointer: fine)");

/** The steps that show a window, the one taken over longest ago first. */
const live = [];

/** The poster of a step, and the window in its place. */
class Step {
  constructor(figure) {
    this.at = Number(figure.dataset.at);
    this.stage = figure.querySelector(".stage");
    this.caption = figure.querySelector("figcaption");
    this.take = button("Take over here", () => this.mount(), "take");
    this.over = button("Start over", () => this.again());
    this.full = button("Open in the full window", () => this.open());
    this.close = button("Close", () => {
      this.unmount();
      this.take.focus();
    });
    this.said = make("span", "said");
    this.said.setAttribute("role", "status");
    const title = figure.parentElement.querySelector("h3").textContent.trim();
    this.take.setAttribute("aria-label", `Take over here: step ${title}`);
    this.caption.append(this.take, this.over, this.full, this.close, this.said);
    this.stage.addEventListener("click", () => this.handle || this.take.disabled || this.mount());
    this.show();
  }

  say(...parts) {
    this.said.replaceChildren(...parts);
  }

  /** Shows the buttons that can be pressed. */
  show(offerFull = false) {
    const on = Boolean(this.handle);
    this.stage.classList.toggle("on", on);
    this.take.hidden = on;
    this.over.hidden = this.close.hidden = !on;
    this.full.hidden = !on && !offerFull;
  }

  /** Puts a window in the place of the poster, which stays below it: so nothing moves. */
  async mount() {
    if (this.take.disabled) return;
    const missing = noWindow();
    if (missing) return this.say(missing);
    this.take.disabled = true;
    live.push(this);
    if (live.length > ENOUGH) await giveBack(this);
    if (live.length > MOST) {
      this.forget();
      this.show(true);
      return this.say(`${MOST} windows are open, and a browser allows few more. Close one, or:`);
    }
    this.say("Loading the window…");
    this.host = make("div", "live");
    leaveRoom(this.host, () => this.over.focus());
    this.stage.append(this.host);
    try {
      this.handle = await mountAt(this.host, this.at);
      this.touched = false;
      for (const event of ["keydown", "pointerdown", "paste"]) {
        this.host.addEventListener(event, () => (this.touched = true), { capture: true, passive: true });
      }
      this.first = await this.handle.link();
      this.take.disabled = false;
      this.say(keyboard.matches ? "Esc twice leaves the window." : "");
      this.show();
      this.handle.focus();
    } catch (error) {
      this.unmount();
      this.say(`The window could not be opened: ${reason(error)}`);
    }
  }

  /** Whether its reader did anything in it. Keys may go to an element outside of it, so the work is compared too. */
  async isUsed() {
    return !this.handle || this.touched || this.first !== (await this.handle.link());
  }

  forget() {
    if (live.includes(this)) live.splice(live.indexOf(this), 1);
    this.take.disabled = false;
  }

  unmount() {
    this.handle?.unmount();
    this.handle = undefined;
    this.host?.remove();
    this.forget();
    this.say("");
    this.show();
  }

  again() {
    this.unmount();
    return this.mount();
  }

  open() {
    const link = this.handle ? () => this.handle.link() : () => linkAt(this.at);
    return openFull(link, (...parts) => this.say(...parts));
  }
}

/**
 * Lets the page be scrolled and left. A window takes every key, also Tab, and the wheel: so Esc twice in a row gives
 * the keyboard back, and only a window that has the keyboard gets the wheel.
 */
function leaveRoom(host, leave) {
  let before = -Infinity;
  host.addEventListener(
    "keydown",
    (event) => {
      const again = event.key === "Escape" && event.timeStamp - before < 700;
      before = event.key === "Escape" && !event.repeat ? event.timeStamp : -Infinity;
      if (again) leave();
    },
    { capture: true },
  );
  const spare = (event) => host.contains(document.activeElement) || event.stopPropagation();
  host.addEventListener("wheel", spare, { capture: true, passive: true });
}

/** Mounts the recording where a step begins. */
async function mountAt(element, at) {
  const [{ mount }, text] = await Promise.all([midflight(), textOf(RECORDING)]);
  return mount(element, { text, name: nameOf(RECORDING), at, width: phone.matches ? 640 : 760 });
}

/** Gives the oldest window that nobody has used back to its poster. Where all are used, nothing happens. */
async function giveBack(except) {
  for (const step of [...live]) {
    if (step !== except && !(await step.isUsed())) return step.unmount();
  }
}

/** The link to what a step shows. Only a window knows it, so there is one, out of sight, meanwhile. */
async function linkAt(at) {
  const host = make("div", "aside-window");
  document.body.append(host);
  let handle;
  try {
    handle = await mountAt(host, at);
    return await handle.link();
  } finally {
    handle?.unmount();
    host.remove();
  }
}

/** The link to a file of this site. It needs no machine. */
async function linkOf(path) {
  const [{ linkTo }, text] = await Promise.all([import("./link.js"), textOf(path)]);
  return linkTo(text, nameOf(path));
}

for (const figure of document.querySelectorAll("figure.window")) new Step(figure);

for (const [id, kind] of [["bf", BF], ["sets", SETS]]) {
  const section = document.getElementById(id);
  new Console(section.querySelector(".console"), section.querySelector(".examples"), kind);
}

for (const opener of document.querySelectorAll("button[data-open]")) {
  const said = make("span", "said");
  said.setAttribute("role", "status");
  opener.parentElement.append(said);
  opener.parentElement.hidden = false;
  opener.addEventListener("click", () => {
    const missing = noWindow();
    if (missing) return said.replaceChildren(missing);
    return openFull(() => linkOf(opener.dataset.open), (...parts) => said.replaceChildren(...parts));
  });
}
