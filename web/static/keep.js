// What the browser keeps: the unsaved work, the preferences, and the files that were opened or saved. They are in
// IndexedDB, each file in chunks, so that what is appended while a program runs is one small write.
//
// The chunks of a file are numbered from 0. Writes are done in their order; if one fails, no later chunk follows it,
// and whoever reads the file stops at the gap. So a file may end early, as on a disk that is full, but never holds a
// wrong line. Of two tabs, each has its own recording of unsaved work: a lock says whose it is, and the browser gives
// it back when the tab ends, however it ends.

const DATABASE = "midflight";
const STORE = "chunks";
const RECORDINGS = 16;
// Milliseconds until something is tried again that failed.
const AGAIN = 2000;

const recording = (number) => `/unsaved/unsaved-${number}.session`;

// A request of IndexedDB as a promise.
function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function open() {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  request.onblocked = () => {};
  return done(request);
}

// A transaction as a promise: fulfilled once everything in it is kept.
function finished(transaction) {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error ?? new Error("the browser gave it up"));
  });
}

// Takes a lock if it is free, and holds it until the page ends. Returns what gives it back before; null if another
// page has it.
function lock(name) {
  return new Promise((resolve) => {
    const held = navigator.locks.request(name, { ifAvailable: true }, (lock) => {
      if (lock === null) return resolve(null);
      return new Promise((release) => resolve(release));
    });
    held.catch(() => resolve(null));
  });
}

const why = (error) => {
  if (error?.name === "QuotaExceededError") return "the browser gives this page no more room";
  return `the browser does not keep it (${error?.message || error?.name || error})`;
};

// All files, with the chunks of each joined as far as they follow each other.
async function readAll(database) {
  const store = database.transaction(STORE).objectStore(STORE);
  const [keys, values] = await Promise.all([done(store.getAllKeys()), done(store.getAll())]);
  const files = new Map();
  keys.forEach(([path, number], at) => {
    const file = files.get(path) ?? { parts: [], next: 0 };
    files.set(path, file);
    if (number === file.next) {
      file.parts.push(values[at]);
      file.next += 1;
    }
  });
  return files;
}

// Opens what is kept: puts all files on the shelf of the module, and claims the recordings that no other tab has.
// Returns `keep(kind, path, bytes)` for later, and why nothing can be kept, if so.
export async function openKept(module) {
  const nowhere = (cause) => ({ keep: () => {}, nowhere: cause });
  if (!navigator.locks) return nowhere("this browser cannot tell two tabs apart; over https it may");
  let database, files;
  const own = [];
  try {
    database = await open();
    const free = new Map();
    for (let number = 1; number <= RECORDINGS; number += 1) {
      const release = await lock(`${DATABASE} ${recording(number)}`);
      if (release) free.set(recording(number), release);
    }
    // Only now: what another tab wrote before it ended is there.
    files = await readAll(database);
    // This page has the work that tabs left which are no longer open, and a recording for work of its own. All
    // others are for the tabs that open later.
    let hasNew = false;
    for (const [path, release] of free) {
      const holds = files.has(`${path}.new`) || files.get(path)?.parts.some((part) => part.length > 0);
      if (holds || !hasNew) own.push(path);
      else release();
      hasNew ||= !holds;
    }
  } catch (error) {
    return nowhere(why(error));
  }
  const next = new Map();
  const isOwn = (path) => own.some((mine) => path.startsWith(mine.replace(/session$/, "")));
  for (const [path, file] of files) {
    next.set(path, file.next);
    if (path.startsWith("/unsaved/") && !isOwn(path)) continue;
    const bytes = new Uint8Array(await new Blob(file.parts).arrayBuffer());
    module.putFile(path, bytes);
  }
  for (const path of own) module.claimFile(path);
  return { keep: keeper(database, next, module.refuseFiles), nowhere: undefined };
}

// Writes changes in their order.
function keeper(database, next, refuse) {
  // The files of which a chunk is missing: nothing is appended to them until they are written anew.
  const broken = new Set();
  let refused = false;

  const fail = (path, error) => {
    broken.add(path);
    refuse(why(error));
    if (!refused) {
      refused = true;
      setTimeout(probe, AGAIN);
    }
  };

  // Looks whether something can be kept again.
  const probe = async () => {
    try {
      const transaction = database.transaction(STORE, "readwrite");
      transaction.objectStore(STORE).put(new Uint8Array(1024), ["/probe", 0]);
      transaction.objectStore(STORE).delete(["/probe", 0]);
      await finished(transaction);
      refused = false;
      refuse(undefined);
    } catch {
      setTimeout(probe, AGAIN);
    }
  };

  return (kind, path, bytes) => {
    if (kind === "append" && broken.has(path)) return;
    try {
      // "relaxed": the system has it when the transaction is complete, so it outlives the browser.
      const transaction = database.transaction(STORE, "readwrite", { durability: "relaxed" });
      const store = transaction.objectStore(STORE);
      let number = next.get(path) ?? 0;
      if (kind !== "append") {
        store.delete(IDBKeyRange.bound([path, 0], [path, Infinity]));
        number = 0;
        broken.delete(path);
      }
      if (kind !== "remove") store.put(bytes, [path, number]);
      next.set(path, kind === "remove" ? 0 : number + 1);
      transaction.commit?.();
      finished(transaction).catch((error) => fail(path, error));
    } catch (error) {
      fail(path, error);
    }
  };
}
