// What windows and consoles share: the module, which is loaded when it is first wanted, and small elements.

let module_;

/** What midflight.js offers; loaded once. */
export function midflight() {
  if (noMachine()) return Promise.reject(new Error(noMachine()));
  module_ ??= import("./midflight.js").catch((error) => {
    module_ = undefined;
    throw error;
  });
  return module_;
}

const texts = new Map();

/** The text of a file of this site; fetched once. */
export function textOf(path) {
  if (!texts.has(path)) {
    const text = fetch(path).then((response) => {
      if (!response.ok) throw new Error(`${path}: ${response.status} ${response.statusText}`);
      return response.text();
    });
    text.catch(() => texts.delete(path));
    texts.set(path, text);
  }
  return texts.get(path);
}

export const nameOf = (path) => path.slice(path.lastIndexOf("/") + 1);

/** Why this browser cannot run the machine; nothing if it can. */
export function noMachine() {
  return typeof WebAssembly === "object" ? "" : "This browser has no WebAssembly, which the machine needs.";
}

let drawable;

/** Why this browser cannot show a window; nothing if it can. */
export function noWindow() {
  // A context is given back at once: it would count as one of the few.
  drawable ??= (() => {
    const canvas = document.createElement("canvas");
    const context = canvas.getContext("webgl2") ?? canvas.getContext("webgl");
    context?.getExtension("WEBGL_lose_context")?.loseContext();
    return Boolean(context);
  })();
  return noMachine() || (drawable ? "" : "This browser gives the page no WebGL, with which the window is drawn.");
}

/** What went wrong, for a reader. */
export function reason(error) {
  const text = String(error?.message ?? error);
  return `${text.replace(/[.\s]+$/, "")}. Reload the page to try again.`;
}

/** An element with a class and children. */
export function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

export function button(label, action, className) {
  const element = make("button", className, label);
  element.type = "button";
  element.addEventListener("click", action);
  return element;
}

export const number = (value) => value.toLocaleString("en");

/** Opens a link in a tab of its own. A browser that refuses, because getting the link took long, is given one to click. */
export async function openFull(link, say) {
  try {
    const url = `index.html${await link()}`;
    if (window.open(url, "_blank")) {
      say("It is open in another tab.");
      return;
    }
    const anchor = make("a", "", "Open it");
    Object.assign(anchor, { href: url, target: "_blank" });
    say("The browser opened no new tab. ", anchor);
  } catch (error) {
    say(`It could not be opened: ${reason(error)}`);
  }
}
