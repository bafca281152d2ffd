// The functions of cells: asks Python in a worker, remembers its answers, and hands them to Excel.
"use strict";
(() => {
  const NAMES = "__NAMES__".split(" ");
  const MOST_ANSWERS = 20000;
  const LONGEST_REMEMBERED = 20000; // characters of a call: one over whole columns has millions
  const PATIENCE = 10000; // milliseconds that a call nobody waits for any more may go on
  const answers = new Map(); // by call; the oldest first
  const waiting = new Map(); // calls that somebody waits for, in the order of asking
  let worker = null;
  let ready = null;
  let running = null;
  let megabytes = 0;

  function show(text) {
    const place = globalThis.document?.getElementById("status");
    if (place) place.textContent = text;
  }

  function showReady() {
    const size = megabytes ? `, ${Math.round(megabytes)} MB` : "";
    const calls = `${answers.size} answers, ${waiting.size} waiting`;
    show(`Ready: amzn-fcf ${ready.version}, started in ${ready.seconds.toFixed(1)} s${size}; ${calls}`);
  }

  function start() {
    worker = new Worker("worker.js?__MARK__", { type: "module" });
    worker.onmessage = ({ data }) => {
      if (data.note) show(`Python is starting: ${data.note} ...`);
      if (data.failed) fail(data.failed);
      if (data.ready) {
        ready = data.ready;
        showReady();
        next();
      }
      if (data.answer) {
        megabytes = data.megabytes;
        finish(data.answer);
      }
    };
    worker.onerror = (event) => fail(`Python did not start: ${event.message ?? "worker.js cannot be loaded"}`);
  }

  function stop() {
    worker?.terminate();
    worker = ready = running = null;
  }

  // Python that stops while it computes fails that call only: the others get another Python.
  function fail(message) {
    const calls = running ? [running] : [...waiting.values()];
    stop();
    show(message);
    for (const { key, listeners } of calls) {
      waiting.delete(key);
      for (const heard of listeners) heard({ error: "#VALUE!", message });
    }
    next();
  }

  function next() {
    if (waiting.size && !worker) start();
    if (!ready || running) return;
    const [call] = waiting.values();
    if (!call) return;
    running = call;
    worker.postMessage(call.key);
  }

  function finish(answer) {
    const { key, listeners } = running;
    running = null;
    waiting.delete(key);
    if (key.length <= LONGEST_REMEMBERED) answers.set(key, answer);
    if (answers.size > MOST_ANSWERS) answers.delete(answers.keys().next().value);
    for (const heard of listeners) heard(answer);
    showReady();
    next();
  }

  function leave(call, heard) {
    call.listeners.delete(heard);
    if (call.listeners.size || waiting.get(call.key) !== call) return;
    if (running !== call) {
      waiting.delete(call.key);
      return;
    }
    setTimeout(() => {
      if (running !== call || call.listeners.size) return;
      waiting.delete(call.key);
      stop();
      next();
    }, PATIENCE);
  }

  // The same call is computed once, whoever asks; an answer never changes.
  function ask(name, given, whenCanceled) {
    const key = JSON.stringify([name, given], (_, value) =>
      globalThis.CustomFunctions && value instanceof CustomFunctions.Error ? { basicValue: value.code } : value,
    );
    if (answers.has(key)) return Promise.resolve(answers.get(key));
    const call = waiting.get(key) ?? { key, listeners: new Set() };
    waiting.set(key, call);
    const heard = new Promise((resolve) => {
      call.listeners.add(resolve);
      whenCanceled?.(() => leave(call, resolve));
    });
    next();
    return heard;
  }

  function failure(error, message) {
    const codes = CustomFunctions.ErrorCode;
    const known = [codes.notAvailable, codes.invalidNumber, codes.divisionByZero, codes.nullReference];
    if (error === codes.invalidValue || error === codes.notAvailable) return new CustomFunctions.Error(error, message);
    if (known.includes(error)) return new CustomFunctions.Error(error);
    return new CustomFunctions.Error(codes.invalidValue, `an argument is ${error}`); // Excel takes no other
  }

  function cell(value) {
    if (value === null) return "";
    return value.error ? failure(value.error) : value;
  }

  function inExcel(answer) {
    const fault = answer.error ? answer : answer.value?.error && answer.value;
    if (fault) throw failure(fault.error, fault.message);
    const rows = Array.isArray(answer.value) ? answer.value : [[answer.value]];
    return rows.map((row) => row.map(cell));
  }

  function associate() {
    for (const name of NAMES) {
      CustomFunctions.associate(name, async (...given) => {
        const invocation = given.pop();
        const canceled = (leaves) => {
          invocation.onCanceled = leaves;
        };
        return inExcel(await ask(name, given.map((each) => each ?? null), canceled));
      });
    }
  }

  if (globalThis.CustomFunctions) associate();
  else globalThis.Office?.onReady(() => globalThis.CustomFunctions && associate());
  globalThis.AmznFcf = { ask, names: NAMES };
})();
