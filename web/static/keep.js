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
// Milliseconds until the storage of the browser must have answered.
const OPENING = 5000;

// Where a tab notes which recording is its own, so that a reload brings back its own work and not that of another.
const OWN = "midflight recording";

// What the files of one recording have in common.
const stem = (path) => path.split(".")[0];

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
  // A browser that never answers must not keep the page waiting.
  const late = new Promise((_, reject) => setTimeout(() => reject(new Error("it does not answer")), OPENING));
  return Promise.race([done(request), late]).then((database) => {
    // Another page that removes or renews the database need not wait for this one.
    database.onversionchange = () => database.close();
    return database;
  });
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
  const odd = [];
  keys.forEach((key, at) => {
    const [path, number] = Array.isArray(key) ? key : [];
    const file = files.get(path) ?? { parts: [], next: 0 };
    if (typeof path === "string" && number === file.next && values[at] instanceof Uint8Array) {
      files.set(path, file);
      file.parts.push(values[at]);
      file.next += 1;
    } else {
      odd.push(key);
    }
  });
  return { files, odd };
}

// What a tab notes for itself; nothing where that is forbidden.
const tabs = (() => {
  try {
    return sessionStorage;
  } catch {
    return { getItem: () => null, setItem: () => {} };
  }
})();

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
    let odd;
    ({ files, odd } = await readAll(database));
    // This page has the work that tabs left which are no longer open, and a recording for work of its own. All
    // others are for the tabs that open later.
    const holds = (path) => files.has(`${path}.new`) || files.get(path)?.parts.some((part) => part.length > 0);
    const before = tabs.getItem(OWN);
    const isReload = free.has(before) && holds(before);
    let hasNew = false;
    for (const [path, release] of free) {
      const isNew = !holds(path);
      if (isReload ? path === before || (isNew && !hasNew) : !isNew || !hasNew) own.push(path);
      else release();
      hasNew ||= isNew;
    }
    // What stands behind a gap must not follow what is appended later. Files of other pages are theirs.
    const isOurs = (key) => !String(key?.[0]).startsWith("/unsaved/") || own.some((path) => stem(path) === stem(key[0]));
    const removal = database.transaction(STORE, "readwrite");
    for (const key of odd.filter(isOurs)) removal.objectStore(STORE).delete(key);
    await finished(removal).catch(() => {});
    for (const file of files.values()) file.bytes = new Uint8Array(await new Blob(file.parts).arrayBuffer());
  } catch (error) {
    return nowhere(why(error));
  }
  const next = new Map();
  const isOwn = (path) => own.some((mine) => stem(mine) === stem(path));
  for (const [path, file] of files) {
    next.set(path, file.next);
    if (path.startsWith("/unsaved/") && !isOwn(path)) continue;
    module.putFile(path, file.bytes);
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
      // After a full disk, or when another page renewed it, the connection is gone for good.
      database.close();
      database = await open();
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
    if (kind === "append" && path.endsWith(".session") && path.startsWith("/unsaved/")) tabs.setItem(OWN, path);
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
