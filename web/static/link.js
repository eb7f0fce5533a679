// Links that carry a program or a recording: `#program=` and the compressed text, in the letters of a URL. What a
// link holds comes from anyone, so it is bounded while it is unpacked, and it never runs by itself.

const START = "#program=";
// No text in a link is longer, in bytes...
const MOST = 8 << 20;
// ...and no link. Some programs that pass links on cut longer ones.
const MOST_LINK = 1 << 20;

// The bytes that a stream gives, or nothing if there are more than `most`.
async function collect(stream, most) {
  const parts = [];
  let size = 0;
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > most) {
      await reader.cancel().catch(() => {});
      return null;
    }
    parts.push(value);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

// The end of a URL that opens a text as a file of this name, and a recording at this position.
export async function linkTo(text, name, position) {
  const bytes = new TextEncoder().encode(text);
  const words = (size) => `${(size / 1024).toFixed(0)} KB`;
  if (bytes.length > MOST) throw `This work is too long for a link (${words(bytes.length)}): save a recording`;
  const packed = await collect(new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate-raw")), MOST);
  let letters = "";
  for (let at = 0; at < packed.length; at += 0x8000) {
    letters += String.fromCharCode(...packed.subarray(at, at + 0x8000));
  }
  const data = btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  if (data.length > MOST_LINK) throw `This work is too long for a link (${words(data.length)}): save a recording`;
  const at = position ? `&at=${position}` : "";
  return `${START}${data}&name=${encodeURIComponent(name)}${at}`;
}

// What a link holds: `{text, name, position}`; nothing if it is no link to a program. Throws a sentence if it is damaged.
export async function readLink(hash) {
  if (!hash.startsWith(START)) return null;
  const [data, ...rest] = hash.slice(START.length).split("&");
  if (data.length > MOST_LINK) throw "The link is too long: nothing was opened";
  const damaged = "The link is damaged: nothing was opened. Perhaps its end was cut off";
  const more = new URLSearchParams(rest.join("&"));
  const given = more.get("name") ?? "link.session";
  const position = more.get("at") ?? undefined;
  // Only a name: the part after the last slash, without control characters, and not too long.
  const name = given.replace(/.*[\\/]/s, "").replace(/[\u0000-\u001f\u007f]/g, "").slice(-80) || "link.session";
  let unpacked;
  try {
    const letters = atob(data.replaceAll("-", "+").replaceAll("_", "/"));
    const packed = Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
    unpacked = await collect(new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw")), MOST);
  } catch {
    throw damaged;
  }
  if (unpacked === null) throw `The link holds more than ${MOST >> 20} MB: nothing was opened`;
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(unpacked), name, position };
  } catch {
    throw damaged;
  }
}
