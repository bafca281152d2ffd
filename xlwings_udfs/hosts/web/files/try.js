// A call typed into the page, outside Excel: AMZN_FCF(2026, "bull").
"use strict";
addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("try");
  const answer = document.getElementById("answer");

  function shown(value) {
    return value?.error ?? (typeof value === "number" ? value.toLocaleString("en-US", { maximumFractionDigits: 4 }) : value ?? "");
  }

  function table(rows) {
    const made = document.createElement("table");
    for (const row of rows) {
      const line = made.insertRow();
      for (const value of row) line.insertCell().textContent = shown(value);
    }
    return made;
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const typed = /^=?\s*([A-Z_]+)\s*\((.*)\)\s*$/is.exec(form.elements.call.value);
    const name = typed?.[1].toUpperCase();
    let given;
    try {
      given = JSON.parse(`[${typed[2]}]`);
    } catch {
      answer.textContent = 'Write a call such as AMZN_FCF(2026, "bull"); a range is [[2026, 2027]], a gap null.';
      return;
    }
    answer.textContent = "...";
    const found = await AmznFcf.ask(name, given);
    if (found.error) answer.textContent = `${found.error} ${found.message}`;
    else answer.replaceChildren(table(Array.isArray(found.value) ? found.value : [[found.value]]));
  });
});
