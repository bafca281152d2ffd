// In the page: calls what the test asks for, and tells it the answers.
"use strict";
addEventListener("load", async () => {
  let report;
  try {
    report = await runInExcel(await (await fetch("calls.json")).json());
    report.status = document.getElementById("status").textContent;
  } catch (error) {
    report = { failed: `${error.message} ${error.stack}` };
  }
  await fetch("answers", { method: "POST", body: JSON.stringify(report) });
});
