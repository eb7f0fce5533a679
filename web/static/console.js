// A program that reads lines, as a console on the page: HTML over a machine without a window.
//
// The machine runs a slice in each frame, so that the page answers while a program has no end. Its bounds are exact:
// an instruction that would exceed one is not executed, and the machine stands before it.

import { button, make, midflight, nameOf, noMachine, number, openFull, reason, textOf } from "./parts.js";

export const SETS = {
  path: "programs/sets.flpc",
  budget: 200_000,
  pace: 400,
  limits: { cells: 20_000, text: 4_000_000, output: 60_000 },
  tries: true,
  prompts: ["line"],
  waits: "Waits for a line.",
  placeholder: "a line such as 0 1 | ^ *",
  examples: [["0 1 |"], ["0 1 | ^ *"], ["01|^*^*^*"], ["01|^*^*^*^*"], ["1 |"]],
};

export const BF = {
  path: "programs/bf.flpc",
  budget: 1_000_000,
  pace: 2_000,
  limits: { cells: 40_000, text: 200_000, output: 20_000 },
  tries: false,
  prompts: ["program", "input"],
  waits: "Waits for input: give it a line, or end the input.",
  placeholder: "a program such as ,[.,]",
  examples: [
    ["Echo", ",[.,]", "hello"],
    ["Hello World", "++++++++[>++++[>++>+++>+++>+<<<<-]>+>+>->>+[<]<-]>>.>---.+++++++..+++.>>.<-.<.+++.------.--------.>>+.>++."],
    ["Capitals", ",----------[----------------------.,----------]", "midflight"],
    ["Backwards, once the input ends", ">,[>,]<[.<]", "hello"],
    ["Without an end", "+[]"],
    ["A mistake", "+]"],
  ],
};

/** Characters that would not be seen are shown by their pictures, such as ␀. */
const visible = (text) =>
  text.replace(/[\0-\x08\x0b-\x1f]/g, (c) => String.fromCharCode(0x2400 + c.charCodeAt(0))).replace(/\x7f/g, "␡");

/** A bar with a sentence. */
class Meter {
  constructor(label, unit) {
    this.unit = unit;
    this.bar = make("span", "part");
    this.value = make("span", "value", "–");
    this.element = make("div", "meter", make("span", "label", label), make("span", "bar", this.bar), this.value);
    this.element.setAttribute("role", "meter");
    this.element.setAttribute("aria-label", label);
    this.element.setAttribute("aria-valuemin", 0);
  }

  show(used, most) {
    const text = `${number(used)} of ${number(most)} ${this.unit}`;
    this.bar.style.transform = `scaleX(${Math.min(used / most, 1)})`;
    this.element.classList.toggle("full", used >= most);
    this.value.textContent = text;
    this.element.setAttribute("aria-valuemax", most);
    this.element.setAttribute("aria-valuenow", used);
    this.element.setAttribute("aria-valuetext", text);
  }
}

/**
 * Runs a machine in slices, one in a frame. Resolves with its last report, or with nothing if it was called off. The
 * pace is so many instructions in a millisecond, slow enough that a reader sees the meter move: where frames are
 * rare, slices are long. What the machine does is the same with any slices.
 */
function drive(run, begun, budget, pace, mark, each) {
  return new Promise((resolve) => {
    let used = begun;
    let before = performance.now() - 16;
    const frame = () => {
      if (mark.off) return resolve(undefined);
      const now = performance.now();
      const slice = Math.ceil(pace * Math.min(now - before, 250));
      before = now;
      const report = run.run(Math.min(Math.max(slice, 1), begun + budget - used));
      used = report.used;
      each(report);
      if (report.state !== "ready" || used >= begun + budget) return resolve(report);
      requestAnimationFrame(frame);
    };
    frame();
  });
}

/** A program that reads lines, as a console with bounds. */
export class Console {
  constructor(root, examples, kind) {
    this.kind = kind;
    this.given = 0;
    this.parts(root);
    for (const [label, ...lines] of kind.examples) {
      examples.append(button(label, () => this.example(lines.length ? lines : [label]), kind.tries ? "code" : ""));
    }
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.enter();
    });
    if (kind.tries) this.input.addEventListener("input", () => this.try());
    // Loading begins when a reader turns to the console, so that the first answer comes at once.
    this.input.addEventListener("focus", () => this.ready().catch((error) => this.fail(error)), { once: true });
    this.idle();
  }

  parts(root) {
    const id = `line-${nameOf(this.kind.path).split(".")[0]}`;
    // Without this file there is a sample of what the console does. It stays until there is something real.
    const sample = root.querySelector("pre").textContent;
    this.log = make("div", "log");
    this.log.setAttribute("role", "log");
    this.ghost = make("div", "ghost", sample);
    this.screen = make("div", "screen", this.log, this.ghost);
    this.screen.tabIndex = 0;
    this.screen.setAttribute("role", "region");
    this.screen.setAttribute("aria-label", `What ${nameOf(this.kind.path)} was given, and what it printed`);
    this.prompt = make("label", "prompt");
    this.input = make("input");
    Object.assign(this.input, { id, type: "text", autocomplete: "off", spellcheck: false });
    this.input.setAttribute("autocapitalize", "off");
    this.prompt.htmlFor = id;
    this.form = make("form", "entry", this.prompt, this.input, make("button", "main", "Enter"));
    this.said = make("p", "said");
    this.said.setAttribute("role", "status");
    this.work = new Meter("Work", "instructions");
    this.memory = new Meter("Memory", "cells");
    this.on = button("Run on", () => this.runOn(), "main");
    this.end = button("End the input", () => this.endInput());
    const reset = button("Reset", () => this.reset());
    const full = button("Open in the full window", () => this.open());
    const meters = make("div", "meters", this.work.element, this.memory.element);
    const buttons = make("div", "buttons", this.on, this.end, reset, full);
    this.end.hidden = this.kind.tries;
    root.replaceChildren(make("p", "file", nameOf(this.kind.path)), this.screen, this.form, this.said, meters, buttons);
  }

  say(...parts) {
    this.said.replaceChildren(...parts);
  }

  fail(error) {
    this.say(noMachine() || `The machine could not be loaded: ${reason(error)}`);
  }

  /** Shows what can be done now. */
  idle(text = "Type a line, or choose an example.") {
    const reading = this.kind.prompts[Math.min(this.given, this.kind.prompts.length - 1)];
    this.prompt.textContent = reading;
    this.input.placeholder = this.given < this.kind.prompts.length - 1 || this.kind.tries ? this.kind.placeholder : "";
    this.on.disabled = this.report?.state !== "ready" || Boolean(this.mark);
    this.end.disabled = this.report?.state !== "waits" || !this.given;
    this.say(text);
  }

  /** A machine that waits for its first line. */
  async begun() {
    const [{ program }, text] = await Promise.all([midflight(), textOf(this.kind.path)]);
    const run = await program(text, { name: nameOf(this.kind.path), ...this.kind.limits });
    return { run, report: run.run(this.kind.budget) };
  }

  /** The machine of this console, made when it is first wanted. */
  ready() {
    if (!this.machine) {
      this.say("Loading the machine…");
      const asked = (this.machine = this.begun());
      asked.then(
        ({ run, report }) => {
          if (this.machine !== asked) return run.free();
          this.run = run;
          this.report = report;
          this.from = report.used;
          this.allowed = this.kind.budget;
          if (this.trial) return;
          this.meters(report, this.from, this.allowed);
          this.idle();
        },
        () => {
          if (this.machine === asked) this.machine = undefined;
        },
      );
    }
    return this.machine;
  }

  meters(report, from, allowed) {
    this.work.show(report.used - from, allowed);
    this.memory.show(report.cells, this.kind.limits.cells);
  }

  /** Appends to what the console shows, and keeps its end in view. */
  print(text, className) {
    if (!text) return;
    this.log.append(make("span", className, visible(text)));
    this.screen.scrollTop = this.screen.scrollHeight;
  }

  /** Gives the line that was typed to the program. */
  async enter(line = this.input.value) {
    this.stopTrial();
    try {
      await this.ready();
    } catch (error) {
      return this.fail(error);
    }
    if (this.mark) return;
    // A program that has ended reads no more, so the next line goes to a new machine.
    if (this.report.state === "done") {
      await this.renew();
      this.print("\n");
    }
    if (this.report.state !== "waits") return this.outcome();
    if (this.log.lastChild && !this.log.lastChild.textContent.endsWith("\n")) this.print("\n");
    this.print(`${line}\n`, "typed");
    this.input.value = "";
    this.run.give(line);
    this.given += 1;
    this.from = this.report.used;
    this.allowed = this.kind.budget;
    return this.go();
  }

  endInput() {
    if (this.mark || this.report?.state !== "waits") return;
    this.run.end();
    this.from = this.report.used;
    this.allowed = this.kind.budget;
    return this.go();
  }

  runOn() {
    if (this.mark || this.report?.state !== "ready") return;
    this.allowed += this.kind.budget;
    return this.go();
  }

  /** Runs until the line is answered, its budget is over, or something stops the machine. */
  async go() {
    const mark = (this.mark = {});
    this.idle("Runs.");
    const left = this.from + this.allowed - this.report.used;
    const report = await drive(this.run, this.report.used, left, this.kind.pace, mark, (report) => {
      this.report = report;
      this.print(report.printed);
      this.meters(report, this.from, this.allowed);
    });
    if (!report) return;
    this.mark = undefined;
    this.outcome();
  }

  /** Says in what state the machine is, and what to do. */
  outcome() {
    const { state, title } = this.report;
    const says = {
      ready: `The ${number(this.allowed)} instructions of this line are used up. The machine stands between two instructions, and nothing is lost: Run on gives it as many again.`,
      waits: this.kind.waits,
      done: "The program has ended. The next line goes to a new machine.",
      stopped: `${String(title).replace(/\.$/, "")}. The machine stands before that instruction, and nothing is lost: mend it in the full window, or Reset.`,
    };
    this.idle(says[state]);
  }

  /** A new machine. What was printed stays. */
  async renew() {
    if (this.mark) this.mark.off = true;
    this.mark = undefined;
    this.run?.free();
    this.run = this.machine = this.report = undefined;
    this.given = 0;
    await this.ready();
  }

  async reset() {
    this.stopTrial();
    this.log.replaceChildren();
    this.input.value = "";
    try {
      await this.renew();
    } catch (error) {
      this.fail(error);
    }
  }

  /** Puts an example in. Its last line is left to the reader's Enter where there are several, or where lines are tried. */
  async example(lines) {
    if (this.kind.tries) {
      this.input.value = lines[0];
      this.input.focus({ preventScroll: true });
      return this.try();
    }
    await this.reset();
    await this.enter(lines[0]);
    this.input.value = lines[1] ?? "";
    this.input.focus({ preventScroll: true });
  }

  async open() {
    try {
      await this.ready();
    } catch (error) {
      return this.fail(error);
    }
    return openFull(() => this.run.link(), (...parts) => this.say(...parts));
  }

  // A line is tried in a machine of its own, because no line of this language depends on those before it. So the
  // machine of the console need not be copied.

  stopTrial() {
    if (this.trial) this.trial.off = true;
    this.trial = undefined;
    this.ghost.replaceChildren();
  }

  async try() {
    this.stopTrial();
    const line = this.input.value;
    if (this.mark) return;
    if (!line.trim()) {
      if (this.report) {
        this.meters(this.report, this.from, this.allowed);
        this.outcome();
      }
      return;
    }
    const mark = (this.trial = {});
    let run;
    try {
      const { run: made, report: first } = await this.begun();
      run = made;
      run.give(line);
      let printed = "";
      const report = await drive(run, first.used, this.kind.budget, this.kind.pace, mark, (report) => {
        printed += report.printed;
        this.meters(report, first.used, this.kind.budget);
      });
      if (report) this.showTrial(printed, report);
    } catch (error) {
      if (!mark.off) this.fail(error);
    } finally {
      run?.free();
    }
  }

  /** Shows in grey what a line would print. */
  showTrial(printed, report) {
    const rows = visible(printed).trimEnd().split("\n");
    const shown = rows.slice(0, 8).join("\n");
    const more = rows.length > 8 ? `\n… and ${number(rows.length - 8)} rows more` : "";
    this.ghost.replaceChildren(shown + more);
    this.screen.scrollTop = this.screen.scrollHeight;
    const says = {
      ready: `It would use up its ${number(this.kind.budget)} instructions, and could run on from there.`,
      waits: `Would print ${number(rows.length)} ${rows.length === 1 ? "row" : "rows"}. Enter gives it the line.`,
      done: "Would end the program.",
      stopped: `Would stop: ${String(report.title).replace(/\.$/, "")}.`,
    };
    this.say(says[report.state]);
  }
}
