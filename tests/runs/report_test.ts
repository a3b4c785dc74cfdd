import assert from "node:assert/strict";
import { join } from "node:path";
import { FormatError } from "../../lib/data/format_error.ts";
import { blankPicture, encodeGif } from "../../lib/figures/mod.ts";
import { cardSections, writeReport } from "../../lib/runs/mod.ts";
import { formatCell, formatNumber, textTable } from "../../lib/runs/text_table.ts";
import { inFolder, sampleCard, snapshot } from "./helpers.ts";

const PNG = Uint8Array.fromBase64(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
);
const EVIL = `<script>alert("1")</script> & 'x' | *y* [z](javascript:1) \`t\` \x07 #1 <b>`;

async function withFigures(folder: string): Promise<void> {
  await Deno.mkdir(join(folder, "figures"));
  await Deno.writeFile(join(folder, "figures", "a (1).png"), PNG);
  await Deno.writeTextFile(
    join(folder, "figures", "b.svg"),
    `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`,
  );
}

Deno.test("a report stands alone in HTML and links to its figures in Markdown", () =>
  inFolder(async (folder) => {
    await withFigures(folder);
    const paths = await writeReport(folder, {
      title: "Rules and chance",
      subtitle: "2048, small, corrected",
      sections: [
        ...cardSections(sampleCard(0)),
        {
          heading: "Entropy",
          text: "First paragraph,\nsame paragraph.\n\nSecond paragraph.",
          table: { columns: ["game", "bits", "rules"], rows: [["2048", 0.28125, null], ["othello", 1 / 3, true]] },
          figure: [{ file: "figures/a (1).png", caption: "One pixel." }, {
            file: "figures/b.svg",
            caption: "Nothing.",
          }],
          verbatim: "code 3 -> 4\n```\n  n = 7\n",
        },
      ],
    });
    const html = await Deno.readTextFile(paths.html), markdown = await Deno.readTextFile(paths.markdown);
    assert.ok(html.startsWith("<!doctype html>"));
    assert.ok(html.includes(`<img src="data:image/png;base64,${PNG.toBase64()}" alt="One pixel.">`));
    assert.match(html, /<img src="data:image\/svg\+xml;base64,/);
    assert.ok(html.includes("<p>First paragraph,\nsame paragraph.</p>\n<p>Second paragraph.</p>"));
    assert.ok(html.includes(`<td>othello</td><td class="number">0.3333</td><td>yes</td>`));
    assert.match(html, /prefers-color-scheme: dark/);
    // Stands alone: nothing is loaded from anywhere, nothing runs.
    assert.deepEqual([...html.matchAll(/(src|href)="(?!data:)/g)], []);
    assert.ok(!/<script|<link|@import|url\(/.test(html));
    assert.ok(markdown.startsWith("# Rules and chance\n\n2048, small, corrected\n\n## Claims\n"));
    assert.ok(markdown.includes("| game | bits | rules |\n| --- | ---: | --- |\n| 2048 | 0.2813 | – |\n"), markdown);
    assert.ok(markdown.includes("![One pixel.](figures/a%20%281%29.png)"));
    assert.ok(markdown.includes("````text\ncode 3 -> 4\n```\n  n = 7\n````"));
    assert.deepEqual((await Array.fromAsync(Deno.readDir(folder))).map((e) => e.name).sort(), [
      "figures",
      "report.html",
      "report.md",
    ]);
  }));

Deno.test("everything is escaped, everywhere", () =>
  inFolder(async (folder) => {
    await withFigures(folder);
    const { html, markdown } = await writeReport(folder, {
      title: EVIL,
      subtitle: EVIL,
      sections: [{
        heading: EVIL,
        text: `${EVIL}\n\n- ${EVIL}\n\n1. ${EVIL}`,
        table: { columns: [EVIL], rows: [[EVIL]] },
        figure: { file: "figures/b.svg", caption: EVIL },
        verbatim: EVIL,
      }],
    });
    const page = await Deno.readTextFile(html);
    assert.ok(!page.includes("<script") && !page.includes("<b>") && !page.includes("\x07"));
    assert.equal(page.split("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39;").length - 1, 12);
    assert.equal(
      [...page.matchAll(
        /<(?!\/|!doctype|meta|html|head|title|style|body|main|h[12]|p|section|div|table|thead|tbody|tr|t[hd]|figure|img|figcaption|pre)/g,
      )].length,
      0,
    );
    const outside = (await Deno.readTextFile(markdown)).replace(/```text[\s\S]*?```/, "");
    assert.ok(!/(?<!\\)<script/.test(outside) && !/(?<!\\)\]\(javascript/.test(outside) && !outside.includes("\x07"));
    assert.ok(outside.includes("\\- \\<script") && outside.includes("1\\. \\<script"));
    const rows = outside.split("\n").filter((line) => line.startsWith("| "));
    for (const row of rows) assert.equal(row.replaceAll("\\|", "").split("|").length, 3, row);
  }));

Deno.test("an animation stands in the report like any picture", () =>
  inFolder(async (folder) => {
    const gif = encodeGif([blankPicture(2, 2, "#ff0000"), blankPicture(2, 2, "#00ff00")]);
    await Deno.writeFile(join(folder, "dream.gif"), gif);
    const figure = { file: "dream.gif", caption: "A dream." };
    const { html } = await writeReport(folder, { title: "t", sections: [{ heading: "h", figure }] });
    assert.ok((await Deno.readTextFile(html)).includes(`src="data:image/gif;base64,${gif.toBase64()}" alt="A dream."`));
  }));

Deno.test("a figure that is missing, outside or no picture is named, and nothing is written", () =>
  inFolder(async (folder) => {
    await withFigures(folder);
    await Deno.writeTextFile(join(folder, "figures", "fake.png"), "not a picture");
    await Deno.writeTextFile(join(folder, "figures", "x.gif"), "GIF, but not really");
    await Deno.writeTextFile(join(folder, "figures", "x.bmp"), "BM");
    const before = await snapshot(folder);
    const cases: [string, RegExp][] = [
      ["figures/none.png", /none\.png: expected a picture of the report but found no such file\. Draw the figure/],
      ["figures/fake.png", /expected a PNG file but found other bytes/],
      ["figures/x.gif", /expected a GIF file but found other bytes/],
      ["figures/x.bmp", /expected a \.png, \.svg or \.gif file but found \.bmp/],
      ["../secret.png", /expected a picture inside the run folder/],
      ["figures/../../secret.png", /expected a picture inside the run folder/],
      ["/etc/passwd.png", /expected a picture inside the run folder/],
    ];
    for (const [file, message] of cases) {
      await assert.rejects(
        writeReport(folder, { title: "t", sections: [{ heading: "h", figure: { file, caption: "c" } }] }),
        (error: Error) => {
          assert.ok(error instanceof FormatError);
          assert.match(error.message, message);
          return true;
        },
      );
    }
    assert.deepEqual(await snapshot(folder), before);
  }));

Deno.test("numbers and tables read well", () => {
  const numbers = [0, 3, 0.1 + 0.2, 0.00012345, 123456.78, 2e9, 1.23456e-8, -0.5, NaN, Infinity, -Infinity];
  assert.deepEqual(numbers.map(formatNumber), [
    "0",
    "3",
    "0.3",
    "0.0001234",
    "123456.8",
    "2000000000",
    "1.235e-8",
    "-0.5",
    "undefined",
    "∞",
    "−∞",
  ]);
  assert.deepEqual([true, false, null, undefined, "x"].map(formatCell), ["yes", "no", "–", "–", "x"]);
  assert.equal(
    textTable(["game", "bits"], [["2048", 0.28], ["a\nb", 10]]),
    "game  bits\n────  ────\n2048  0.28\na b     10",
  );
  assert.equal(textTable(["a"], []), "a\n─");
});
