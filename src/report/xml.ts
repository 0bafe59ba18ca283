// XML 1.0 written by hand: elements, attributes, and text that no parser stumbles over.

/** What XML 1.0 allows in a document; the rest, such as escapes of terminals, cannot be written even as a reference. */
const forbidden = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

const escaped = (text: string, pattern: RegExp): string =>
  text.replace(forbidden, '\ufffd').replace(pattern, (character) => entities[character] ?? '');

/** Between tags. A lone carriage return would become a line feed. */
export const textOf = (text: string): string => escaped(text, /[&<>\r]/g);

/** ` a="1" b="2"`. In attributes, white space would become a blank. */
export const attributes = (values: Readonly<Record<string, string | number>>): string =>
  Object.entries(values)
    .map(([name, value]) => ` ${name}="${escaped(`${value}`, /[&<>"\t\n\r]/g)}"`)
    .join('');

export const element = (
  name: string,
  values: Readonly<Record<string, string | number>>,
  text = '',
): string =>
  text === '' ? `<${name}${attributes(values)}/>` : `<${name}${attributes(values)}>${textOf(text)}</${name}>`;
