// Fetches the API document with the reader's token and shows it. The token lives in this tab's memory only.
const form = document.getElementById("ask");
const field = document.getElementById("token");
const note = form.querySelector("output");

form.addEventListener("submit", async event => {
  event.preventDefault();
  note.value = "";
  const token = field.value.trim();
  let answer;
  try {
    answer = await fetch("/openapi/v1.json", { headers: { Authorization: `Bearer ${token}` } });
  } catch {
    note.value = form.dataset.unreachable;
    return;
  }
  if (!answer.ok) {
    const problem = await answer.json().catch(() => ({}));
    note.value = problem.detail ?? form.dataset.refused;
    return;
  }
  form.hidden = true;
  field.value = "";
  Scalar.createApiReference("#app", {
    content: await answer.text(),
    authentication: { preferredSecurityScheme: "bearer", securitySchemes: { bearer: { token } } },
    withDefaultFonts: false,
    telemetry: false,
    hideClientButton: true,
    showDeveloperTools: "never",
    agent: { disabled: true },
    mcp: { disabled: true },
  });
});
