// The window for any page: `mount(element, options)`, and `program(text, options)` for programs without a window.
// The module is loaded once, with the first of them.

import init, * as module from "./midflight_web.js";
import { linkTo } from "./link.js";

let loading;

// Loads the module. Throws a sentence if the browser cannot run it.
export function load() {
  if (typeof WebAssembly !== "object") {
    return Promise.reject("This browser has no WebAssembly, which Midflight needs.");
  }
  loading ??= init().then(
    () => module,
    (error) => {
      // It may be there at the next try.
      loading = undefined;
      if (error instanceof WebAssembly.CompileError) {
        throw "This browser is too old for Midflight: Chrome 103, Firefox 113 and Safari 16.4 can run it.";
      }
      throw `Midflight could not be loaded: ${error.message ?? error}`;
    },
  );
  return loading;
}

function hasWebGl() {
  try {
    const canvas = document.createElement("canvas");
    const context = canvas.getContext("webgl2") ?? canvas.getContext("webgl");
    context?.getExtension("WEBGL_lose_context")?.loseContext();
    return context !== null && context !== undefined;
  } catch {
    return false;
  }
}

// The bytes of a file; of one that is longer than any that is opened, so many that this is noticed.
const LONGEST = (64 << 20) + 1;
const read = async (file) => new Uint8Array(await file.slice(0, LONGEST).arrayBuffer());

// Lets the user choose a file: `{name, bytes}`, or null.
function pick() {
  return new Promise((resolve) => {
    const input = document.createElement("input");
    input.type = "file";
    input.addEventListener("cancel", () => resolve(null));
    input.addEventListener("change", async () => {
      const file = input.files[0];
      resolve(file ? { name: file.name, bytes: await read(file) } : null);
    });
    input.click();
  });
}

// Gives the user a file.
function download(path, bytes) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([bytes]));
  link.download = path.replace(/.*\//, "");
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

// Lets the window have the keys that it has a use for. On `window`, before the browser and before the canvas.
function takeKeys(element, canvas) {
  const takes = (event) => {
    const own = event.target === canvas || element.contains(event.target);
    const ctrl = event.ctrlKey || event.metaKey;
    // A browser that fills in a form sends keys without a name.
    if (own && event.key && module.takesKey(event.key, ctrl, event.shiftKey, event.altKey)) event.preventDefault();
  };
  window.addEventListener("keydown", takes, { capture: true });
  return () => window.removeEventListener("keydown", takes, { capture: true });
}

// A file of the user has a name without a folder: the page's own files are in folders.
const nameOf = (path) => path.replace(/.*[\\/]/s, "") || "program.flpc";

let windows = 0;

// Fills an element with a window. `options`: `text` and `name` of a file to open, `at`, `theme`, `width`; and, for the
// page that is the whole window, `kept` (of keep.js) and `entitle`.
export async function mount(element, options = {}) {
  await load();
  if (!hasWebGl()) throw "This browser has no WebGL, with which the window is drawn.";
  const { kept, at, isLink = false, position, theme, width, entitle = () => {} } = options;
  let name = options.name;
  if (options.text !== undefined) {
    name = nameOf(name ?? "program.flpc");
    module.giveFile(name, new TextEncoder().encode(options.text));
  }
  const canvas = document.createElement("canvas");
  canvas.id = `midflight-${(windows += 1)}`;
  canvas.style.cssText = "display: block; width: 100%; height: 100%; touch-action: none;";
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", "Midflight");
  element.replaceChildren(canvas);
  const keep = (kind, path, bytes) => {
    if (kind === "save") download(path, bytes);
    kept?.keep(kind, path, bytes);
  };
  const link = async (recording, position) => {
    const url = new URL("index.html", document.baseURI);
    url.hash = await linkTo(recording, "link.session", position);
    if (!navigator.clipboard) throw "This page has no clipboard, which a browser gives only over https";
    await navigator.clipboard.writeText(url.href).catch((error) => {
      throw `The browser does not give the clipboard: ${error.message}`;
    });
    return `Copied a link of ${url.href.length} characters`;
  };
  let page;
  try {
    page = await module.Page.start(canvas, {
      name, at, isLink, position, theme, width, keeps: kept !== undefined, keptNowhere: kept?.nowhere, keep, pick, read, link, entitle,
    });
  } catch (error) {
    throw `The window cannot be drawn: ${error}`;
  }
  let lost = false;
  canvas.addEventListener("webglcontextlost", () => (lost = true));
  const leave = takeKeys(element, canvas);
  const handle = {
    rows: () => JSON.parse(page.rows()),
    output: () => page.output(),
    stack: () => JSON.parse(page.stack()),
    link: () => linkTo(page.recording(), "link.session", page.position()),
    recording: () => page.recording(),
    open: (path, bytes, position) => {
      const name = nameOf(path);
      module.giveFile(name, bytes);
      page.open(name, position);
    },
    say: (words, warns) => page.say(words, warns),
    wouldLose: () => page.would_lose(),
    isBroken: () => page.is_broken(),
    focus: () => canvas.focus(),
    hasLostItsPicture: () => lost,
    unmount: () => {
      if (element.midflight !== handle) return;
      leave();
      page.close();
      page.free();
      // A browser has only so many contexts, and takes the oldest away if there are more.
      (canvas.getContext("webgl2") ?? canvas.getContext("webgl"))?.getExtension("WEBGL_lose_context")?.loseContext();
      delete element.midflight;
      element.replaceChildren();
    },
  };
  element.midflight = handle;
  return handle;
}

// A program without a window, within limits: `cells` of memory, bytes of `text`, bytes of `output`.
export async function program(text, { name = "program.flpc", cells = 0, text: texts = 0, output = 0 } = {}) {
  await load();
  const running = new module.Program(text, name, cells, texts, output);
  return {
    give: (line) => running.give(line),
    end: () => running.end(),
    run: (instructions) => JSON.parse(running.run(instructions)),
    link: () => linkTo(running.recording(), "link.session"),
    free: () => running.free(),
  };
}
