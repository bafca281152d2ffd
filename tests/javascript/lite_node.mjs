// xlwings Lite's part in node, in the folder with Pyodide; the argument is the file that says what to do.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { answers } from "./lite.mjs";

const { loadPyodide } = await import(pathToFileURL("pyodide/pyodide.mjs").href);
const read = (name) => new Uint8Array(readFileSync(name)).buffer;
const found = await answers(loadPyodide, read, JSON.parse(readFileSync(process.argv[2], "utf8")));
process.stdout.write(JSON.stringify(found));
