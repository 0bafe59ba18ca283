// The page around its content: nothing is fetched, and the policy lets nothing run but the one script that it names by its hash.
import { createHash } from 'node:crypto';
import { script, stylesheet } from './generated/assets.js';
import { html, Markup } from './markup.js';

export type Page = {
  readonly title: string;
  readonly generator: string;
  /** Of the icon. */
  readonly passed: boolean;
  readonly body: Markup;
};

export const documentOf = ({ title, generator, passed, body }: Page): string =>
  `${
    html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="${generator}">
<title>${title}</title>
<link rel="icon" href="${icon(passed)}">
<style>${new Markup(stylesheet)}</style>
${new Markup(`<script>${script}</script>`)}
</head>
<body>
${body}
</body>
</html>`.text
  }\n`;

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

const contentSecurityPolicy = [
  "default-src 'none'",
  'img-src data:',
  `style-src ${hashOf(stylesheet)}`,
  `script-src ${hashOf(script)}`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

const icon = (passed: boolean): string => {
  const [color, path] = passed ? ['#1a7f37', 'M4 8.5l3 3 5-6'] : ['#cf222e', 'M5 5l6 6M11 5l-6 6'];
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="8" cy="8" r="8" fill="${color}"/><path d="${path}" fill="none" stroke="#fff" stroke-width="2"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
};
