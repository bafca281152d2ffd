// The add-in in node: a Worker like a browser's, then functions.js of the folder. Arguments: the folder, one without
// scipy, and the file of calls.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import vm from "node:vm";
import { Worker as Thread } from "node:worker_threads";

const [folder, withoutScipy, callsFile] = process.argv.slice(2);
const inWorker = `
  const { parentPort } = require("node:worker_threads");
  const { readFile } = require("node:fs/promises");
  globalThis.postMessage = (message) => parentPort.postMessage(message);
  globalThis.fetch = async (url) => new Response(await readFile(new URL(url)));
  const waiting = [];
  parentPort.on("message", (data) => (globalThis.onmessage ? onmessage({ data }) : waiting.push(data)));
  import(process.argv[2]).then(() => waiting.forEach((data) => onmessage({ data })));
`;

globalThis.Worker = class {
  constructor(name) {
    this.thread = new Thread(inWorker, { eval: true, argv: [pathToFileURL(join(folder, name.split("?")[0])).href] });
    this.thread.on("message", (data) => this.onmessage({ data }));
    this.thread.on("error", (error) => this.onerror(error));
  }

  postMessage(message) {
    this.thread.postMessage(message);
  }

  terminate() {
    this.thread.terminate();
  }
};

const run = (path) => vm.runInThisContext(readFileSync(path, "utf8").replace("PATIENCE = 10000", "PATIENCE = 100"));
run(new URL("excel.js", import.meta.url));
run(join(folder, "functions.js"));
const report = await runInExcel(JSON.parse(readFileSync(callsFile, "utf8")));

// a call that is canceled while it is computed is ended, with its Python; the next one starts another
const invocation = {};
functions.AMZN_SIMULATE([["free_cash_flow 2029"]], null, [[50000]], null, invocation);
setTimeout(() => invocation.onCanceled(), 200);
await new Promise((done) => setTimeout(done, 250));
process.chdir(withoutScipy);
report.after = await functions.AMZN_FCF([[2034]], null, null, null, {});
report.without = await inExcel("AMZN_SIMULATE", [[["free_cash_flow 2031"]], null, null, null]);
report.megabytes = process.memoryUsage().rss / 1e6;
process.stdout.write(JSON.stringify(report), () => process.exit(0));
