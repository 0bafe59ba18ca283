// The HTML report's style sheet and script, from their sources to one module that the page is made of. Run it after changing either.
import { readFileSync, writeFileSync } from 'node:fs';
import { rolldown } from 'rolldown';

const root = new URL('src/report/html/', import.meta.url);
const sheets = ['theme', 'page', 'parts', 'charts', 'tables', 'narrow'];

/** @returns {Promise<string>} what `generated/assets.ts` has to be */
export async function assets() {
  const literal = (text) =>
    `\`${text.replaceAll('\\', '\\\\').replaceAll('`', '\\`').replaceAll('${', '\\${')}\``;
  return `// Written by \`npm run page\` from ../style and ../client.
export const stylesheet = ${literal(stylesheet())};
export const script = ${literal(await script())};
`;
}

/** No comments, no indentation. */
const stylesheet = () =>
  sheets
    .map((name) => readFileSync(new URL(`style/${name}.css`, root), 'utf8'))
    .join('')
    .replace(/\/\*.*?\*\//gs, '')
    .replace(/\s*\n\s*/g, '')
    .replace(/\s*([{;,])\s*/g, '$1')
    .replace(/: /g, ':')
    .replaceAll(';}', '}');

async function script() {
  const bundle = await rolldown({ input: new URL('client/main.ts', root).pathname, platform: 'browser' });
  const { output } = await bundle.generate({ format: 'iife', minify: true });
  await bundle.close();
  return output[0].code.trim();
}

if (process.argv[1] === new URL(import.meta.url).pathname)
  writeFileSync(new URL('generated/assets.ts', root), await assets());
