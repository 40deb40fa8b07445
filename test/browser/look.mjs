// @ts-nocheck: this runs in a browser
/**
 * Shows a page in a frame of that width, and says what is seen there: whether it is wider than the frame, what axe finds, what
 * it asked for and what it did.
 */
export async function look({ name, width, page }) {
  const frame = document.createElement("iframe");
  frame.style.cssText = `width:${width}px;height:900px;border:0`;
  frame.srcdoc = page;
  await new Promise((done) => {
    frame.onload = done;
    document.body.append(frame);
  });
  const view = frame.contentWindow;
  const { documentElement: root, body } = view.document;
  for (const details of view.document.querySelectorAll("details")) details.open = true;
  const out = (element) => element.getBoundingClientRect().right - width;
  const widest = [...view.document.querySelectorAll("body *")]
    .filter((element) => element.closest(".scroll, svg") === null)
    .sort((a, b) => out(b) - out(a))[0];
  const { violations } = await view.axe.run(view.document, { iframes: false });
  const seen = {
    name,
    width,
    overflow: root.scrollWidth - root.clientWidth,
    widest: widest === undefined ? "" : `${widest.outerHTML.slice(0, 200)}: ${out(widest)}`,
    violations: violations.map(
      ({ id, help, nodes }) =>
        `${id}: ${help}; ${nodes.length} times, such as ${nodes[0].html.slice(0, 200)} ${nodes[0].failureSummary}`,
    ),
    requests: view.requests,
    dialogs: view.dialogs,
    title: view.document.title,
    background: view.getComputedStyle(body).backgroundColor,
  };
  frame.remove();
  return seen;
}
