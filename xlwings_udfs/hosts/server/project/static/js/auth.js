// The task pane asks for the token; it is kept until Excel closes, and sent with every call.
const TOKEN = "amznFcfToken";

globalThis.getAuth = async function () {
  const token = sessionStorage.getItem(TOKEN);
  return { token: token ? `Bearer ${token}` : "", provider: "custom" };
};

document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("amzn-fcf-token");
  form?.addEventListener("submit", async (event) => {
    event.preventDefault();
    sessionStorage.setItem(TOKEN, form.elements.token.value.trim());
    form.reset();
    // cells that were refused ask again
    await Excel.run(async (context) => {
      context.application.calculate(Excel.CalculationType.full);
      await context.sync();
    });
  });
});
