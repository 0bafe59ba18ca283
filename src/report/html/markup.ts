// HTML as a type of its own: whatever else is put into a template is escaped, so that no name, path or claim can become markup.

export class Markup {
  constructor(readonly text: string) {}
}

export type Part = Markup | string | number | undefined | readonly Part[];

/** Text and numbers are escaped, markup is not, lists are joined, undefined is nothing. Attributes must be in double quotes. */
export const html = (fixed: TemplateStringsArray, ...parts: readonly Part[]): Markup =>
  new Markup(fixed.map((text, at) => text + written(parts[at])).join(''));

function written(part: Part): string {
  if (part === undefined) return '';
  if (part instanceof Markup) return part.text;
  return typeof part === 'object' ? part.map(written).join('') : escaped(`${part}`);
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escaped = (text: string): string =>
  cleaned(text).replace(/[&<>"']/g, (character) => entities[character] ?? '');

/** Without what no document may hold (controls, halves of pairs) and what turns the direction of the text around it. */
const cleaned = (text: string): string => text.replace(unfit, '\ufffd');

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about
const unfit = /[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]|\p{Surrogate}/gu;

/** Data for scripts: JSON in which nothing can end the element that it stands in. @param id that needs no escaping */
export const embedded = (id: string, value: unknown): Markup => {
  const fitting = (_: string, part: unknown) => (typeof part === 'string' ? cleaned(part) : part);
  const json = JSON.stringify(value, fitting).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return new Markup(`<script type="application/json" id="${id}">${json}</script>`);
};
