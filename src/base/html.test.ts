import { describe, expect, it } from "vitest";
import { dataUrl, escapeHtml, figure, htmlTable, page, paragraph, section } from "./html.ts";

const markup = `<img src="x"> & 'y'`;
const shown = "&lt;img src=&quot;x&quot;&gt; &amp; 'y'";

describe("texts on a page", () => {
  it("are shown as they are, wherever they stand", () => {
    expect(escapeHtml(markup)).toBe(shown);
    expect(paragraph(markup)).toBe(`<p>${shown}</p>`);
    expect(section(markup, "<p>part</p>")).toBe(`<section>\n<h2>${shown}</h2>\n<p>part</p>\n</section>`);
    expect(figure("<svg></svg>", markup)).toBe(`<figure><svg></svg><figcaption>${shown}</figcaption></figure>`);
    const table = htmlTable([[markup], [markup]]);
    expect(table).toContain(`<thead><tr><th>${shown}</th></tr></thead>`);
    expect(table).toContain(`<tbody>\n<tr><td>${shown}</td></tr>\n</tbody>`);
  });

  it("are not taken twice", () => {
    expect(escapeHtml("&lt;")).toBe("&amp;lt;");
  });
});

it("bytes become an address that gives them back", () => {
  const bytes = Uint8Array.from({ length: 1000 }, (_, i) => (i * 7) % 256);
  const [head, body] = dataUrl("image/png", bytes).split(",");
  expect(head).toBe("data:image/png;base64");
  expect(new Uint8Array(Buffer.from(body!, "base64"))).toEqual(bytes);
});

it("a page says what it is and loads nothing, and its own style comes last", () => {
  const text = page("a < b", "Made up & small.", ["<p>one</p>", "<p>two</p>"], "p { color: red }");
  expect(text).toContain("<title>a &lt; b</title>");
  expect(text).toContain("<h1>a &lt; b</h1>");
  expect(text).toContain("Made up &amp; small. <strong>For research use; not a medical device.</strong>");
  expect(text).toContain("p { color: red }</style>");
  expect(text).toContain("<p>one</p>\n<p>two</p>\n</body>");
  expect(text.indexOf("default-src 'none'; style-src 'unsafe-inline'; img-src data:")).toBeLessThan(
    text.indexOf("<title>"),
  );
});
