// Our main.py in Pyodide with xlwings, as xlwings Lite runs it; in node and in a browser.
export async function answers(loadPyodide, read, { environment, wheels, code, bodies }) {
  const began = performance.now();
  const python = await loadPyodide({ indexURL: "pyodide/", env: environment });
  await python.loadPackage(["numpy", "scipy"], { messageCallback() {} });
  for (const wheel of wheels) python.unpackArchive(await read(wheel), "wheel");
  python.FS.writeFile("main.py", new Uint8Array(await read("main.py")));
  python.runPython(code);
  const seconds = (performance.now() - began) / 1000;
  python.globals.set("bodies", JSON.stringify(bodies));
  const found = await python.runPythonAsync("import json\njson.dumps(await found(json.loads(bodies)))");
  return { ...JSON.parse(found), seconds, megabytes: python._module.HEAP8.length / 1e6 };
}
