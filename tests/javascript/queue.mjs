// functions.js with a Worker of our own: what becomes of calls when Python stops, of long ones, and of canceled ones.
import { readFileSync } from "node:fs";
import vm from "node:vm";

let started = 0;
globalThis.sent = [];
globalThis.Worker = class {
  constructor() {
    started += 1;
    setTimeout(() => this.tell({ ready: { version: "1", seconds: 1 } }));
  }

  tell(data) {
    if (!this.ended) this.onmessage({ data });
  }

  postMessage(key) {
    sent.push(key);
    const stops = key.includes("stops");
    setTimeout(() => this.tell(stops ? { failed: "Python stopped" } : { answer: { value: 1 }, megabytes: 1 }));
  }

  terminate() {
    this.ended = true;
  }
};
vm.runInThisContext(readFileSync(process.argv[2], "utf8"));
const { ask } = globalThis.AmznFcf;

const report = {};
report.stopped = await Promise.all([ask("A", ["stops"]), ask("A", ["other"])]);
report.started = started;

const long = [[["x".repeat(1e6)]]];
let late;
await ask("A", long, (leave) => (late = leave));
sent.length = 0;
const asked = ask("A", long);
const waits = [ask("B", long, (leave) => (late = leave)), ask("C", [])];
await waits[0];
const again = ask("B", long);
late(); // of the call before, which is answered
const patience = new Promise((done) => setTimeout(done, 1000, "never answered"));
report.again = await Promise.race([again, patience]);
await asked;
report.sent = sent.map((key) => key[2]);

// the page for Excel in a browser, where Microsoft's library finds no Excel
let ready;
globalThis.Office = { onReady: (called) => (ready = called) };
vm.runInThisContext(readFileSync(process.argv[2], "utf8"));
ready();
process.stdout.write(JSON.stringify(report), () => process.exit(0));
