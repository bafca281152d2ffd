// Stands for Excel: keeps the functions that the add-in associates, and calls them with blocks of cells as Excel does.
"use strict";
globalThis.functions = {};
globalThis.sent = [];
globalThis.CustomFunctions = {
  associate: (name, called) => (functions[name] = called),
  Error: class extends Error {
    constructor(code, message) {
      super(message);
      this.code = code;
    }
  },
  ErrorCode: {
    divisionByZero: "#DIV/0!", invalidName: "#NAME?", invalidNumber: "#NUM!", invalidReference: "#REF!",
    invalidValue: "#VALUE!", notAvailable: "#N/A", nullReference: "#NULL!",
  },
};
globalThis.Office = { onReady: async () => ({}) };
{
  const Real = globalThis.Worker;
  globalThis.Worker = class extends Real {
    postMessage(message) {
      sent.push(message);
      super.postMessage(message);
    }
  };
}

const inCell = (value) => (value instanceof CustomFunctions.Error ? { error: value.code, message: value.message } : value);

async function inExcel(name, given, invocation = {}) {
  try {
    return (await functions[name](...given, invocation)).map((row) => row.map(inCell));
  } catch (error) {
    return inCell(error);
  }
}

globalThis.runInExcel = async (calls) => {
  const began = performance.now();
  const first = await inExcel("AMZN_VERSION", []);
  const seconds = (performance.now() - began) / 1000;
  const answers = [];
  for (const [name, given] of calls) answers.push(await inExcel(name, given));
  const computed = sent.length;
  await Promise.all(calls.map(([name, given]) => inExcel(name, given)));
  const again = sent.length - computed;

  // a call that waits, and is canceled before its turn, is never computed
  const slow = inExcel("AMZN_TORNADO", [[["free_cash_flow 2028"]], [["bull"]], null]);
  const invocation = {};
  inExcel("AMZN_FCF", [[[2033]], null, null, null], invocation);
  await new Promise((done) => setTimeout(done));
  invocation.onCanceled();
  const failed = new CustomFunctions.Error("#DIV/0!");
  const passed = await inExcel("AMZN_FCF", [[[failed]], null, null, null]);
  const reference = await inExcel("AMZN_FCF", [[[new CustomFunctions.Error("#REF!")]], null, null, null]);
  const column = await inExcel("AMZN_FCF", [[[2025], [failed], [""]], null, null, null]);
  await slow;
  const unwanted = sent.filter((each) => each.includes("2033")).length;
  const same = calls.length - new Set(calls.map((each) => JSON.stringify(each))).size;
  return { names: Object.keys(functions), first, seconds, answers, again, same, passed, reference, column, unwanted };
};
