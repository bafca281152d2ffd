// Python in a worker of the page: it reads a call as JSON and posts its answer. It loads files of this folder only.
import { loadPyodide } from "./pyodide-__PYODIDE__/pyodide.mjs";

let python;
let answered;

async function load(library) {
  postMessage({ note: `loading ${library}` });
  await python.loadPackage(library, { messageCallback() {} });
  if (!(library in python.loadedPackages)) throw new Error(`${library} could not be loaded`);
}

async function start() {
  const began = performance.now();
  postMessage({ note: "loading Python" });
  python = await loadPyodide({ indexURL: "pyodide-__PYODIDE__/", stdout() {} });
  await load("numpy");
  postMessage({ note: "loading the model" });
  const wheel = await fetch(new URL("__WHEEL__?__MARK__", import.meta.url));
  if (!wheel.ok) throw new Error(`${wheel.url}: ${wheel.status}`);
  python.unpackArchive(await wheel.arrayBuffer(), "wheel");
  const browser = python.pyimport("xlwings_udfs.hosts.web.browser");
  answered = browser.answered;
  postMessage({ ready: { version: browser.VERSION, seconds: (performance.now() - began) / 1000 } });
}

async function answer(call) {
  const found = JSON.parse(answered(call));
  if (!found.missing || found.missing in python.loadedPackages) return found;
  try {
    await load(found.missing); // scipy, which few calls need, is loaded when one does
  } catch {
    return found; // this folder does not have it; the answer says so
  }
  return JSON.parse(answered(call));
}

const started = start();
started.catch((error) => postMessage({ failed: `Python did not start: ${error.message}` }));

globalThis.onmessage = async ({ data }) => {
  await started;
  try {
    const found = await answer(data);
    postMessage({ answer: found, megabytes: python._module.HEAP8.length / 1e6 });
  } catch (error) {
    postMessage({ failed: `Python stopped: ${error.message}` });
  }
};
