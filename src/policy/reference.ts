// The tables of keys in docs/policy.md, from the schema: what an editor shows, to be read in one go.
import { z } from 'zod';
import { kinds } from './kinds/index.js';
import { common } from './kinds/keys.js';
import { policyJsonSchema } from './schema.js';

/** As far as the policy's schema makes use of JSON Schema. */
const schemaNode = z.object({
  type: z.string().optional(),
  description: z.string().optional(),
  default: z.unknown().optional(),
  const: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  required: z.array(z.string()).optional(),
  get anyOf() {
    return z.array(schemaNode).optional();
  },
  get oneOf() {
    return z.array(schemaNode).optional();
  },
  get items() {
    return z.union([z.array(schemaNode), schemaNode]).optional();
  },
  get properties() {
    return z.record(z.string(), schemaNode).optional();
  },
  get additionalProperties() {
    return z.union([z.boolean(), schemaNode]).optional();
  },
});

type SchemaNode = z.output<typeof schemaNode>;

/** @returns the document with its tables as they have to be; what stands between the marks does not matter */
export function withKeyTables(document: string): string {
  const tables = keyTables();
  return document.replace(/(<!-- keys: ([\w-]+) -->\n).*?(<!-- end of keys -->)/gs, (_, start, name, end) => {
    const table = tables[name];
    if (table === undefined) throw new RangeError(`docs/policy.md: no keys are called "${name}"`);
    return `${start}${table}\n${end}`;
  });
}

/** By the names that marks have. */
function keyTables(): Readonly<Record<string, string>> {
  const root = schemaNode.parse(policyJsonSchema());
  const at = (...path: string[]): SchemaNode => path.reduce((node, key) => child(node, key), root);
  const each = alternatives(itemsOf(at('properties')));
  const first = each.find(({ properties }) => properties?.topK !== undefined) ?? {};
  return {
    policy: table({ ...root, properties: { ...root.properties, ...nested(root, ['inputs', 'budget']) } }),
    data: table(valuesOf(at('data'))),
    preprocess: table(child(objectOf(valuesOf(at('models'))), 'preprocess')),
    property: table({ ...first, properties: only(first, (key) => key in common || key === 'kind') }),
    kinds: Object.keys(kinds)
      .map((kind) => kindText(kind, each.find(({ properties }) => properties?.kind?.const === kind) ?? {}))
      .join('\n\n'),
  };
}

function kindText(kind: string, node: SchemaNode): string {
  const own = { ...node, properties: only(node, (key) => !(key in common) && key !== 'kind') };
  const choice = node.oneOf?.map(({ required = [] }) => required.map((key) => `\`${key}\``).join(' with '));
  const exactly =
    choice === undefined ? '' : `\n\nExactly one of these has to be given: ${choice.join('; ')}.`;
  return `**${kind}**: ${cell(node.description ?? '')}\n\n${table(own)}${exactly}`;
}

/** Keys of mappings in mappings, as `inputs.range`. */
const nested = (root: SchemaNode, keys: readonly string[]): Record<string, SchemaNode> =>
  Object.fromEntries(
    keys.flatMap((key) =>
      Object.entries(child(root, key).properties ?? {}).map(([inner, node]) => [`${key}.${inner}`, node]),
    ),
  );

const only = ({ properties = {} }: SchemaNode, isWanted: (key: string) => boolean) =>
  Object.fromEntries(Object.entries(properties).filter(([key]) => isWanted(key)));

function child(node: SchemaNode, key: string): SchemaNode {
  const found = node.properties?.[key];
  if (found === undefined) throw new RangeError(`the schema has no key "${key}"`);
  return found;
}

const alternatives = (node: SchemaNode): readonly SchemaNode[] => node.oneOf ?? node.anyOf ?? [node];
const itemsOf = ({ items = [] }: SchemaNode): SchemaNode => (Array.isArray(items) ? {} : items);
const valuesOf = ({ additionalProperties: values }: SchemaNode): SchemaNode =>
  typeof values === 'object' ? values : {};
const objectOf = (node: SchemaNode): SchemaNode =>
  alternatives(node).find(({ properties }) => properties !== undefined) ?? {};

function table(node: SchemaNode): string {
  const choices = new Set(node.oneOf?.flatMap(({ required = [] }) => required));
  const rows = Object.entries(node.properties ?? {}).map(([key, value]) => {
    const given =
      value.default !== undefined
        ? `\`${JSON.stringify(value.default)}\``
        : node.required?.includes(key)
          ? 'required'
          : choices.has(key)
            ? 'see below'
            : '';
    return `| \`${key}\` | ${cell(typeOf(value))} | ${given} | ${cell(value.description ?? '')} |`;
  });
  return ['| Key | Type | Default | Meaning |', '| --- | ---- | ------- | ------- |', ...rows].join('\n');
}

const cell = (text: string): string =>
  text.replaceAll('|', '\\|').replaceAll('*', '\\*').replaceAll('<', '&lt;');

function typeOf(node: SchemaNode): string {
  const { anyOf, oneOf, items, type, properties, additionalProperties } = node;
  if (node.const !== undefined) return `\`${String(node.const)}\``;
  if (node.enum !== undefined) return orList(node.enum.map((value) => `\`${String(value)}\``));
  // What is exactly one of several keys is a mapping of its own.
  const choices = anyOf ?? (properties === undefined ? oneOf : undefined);
  if (choices?.every(({ properties: keys }) => keys?.kind?.const !== undefined))
    return 'mapping, by its `kind`';
  if (choices !== undefined) return orList([...new Set(choices.map(typeOf))]);
  if (Array.isArray(items)) return `[${items.map(typeOf).join(', ')}]`;
  if (items !== undefined) return `list of: ${typeOf(items)}`;
  if (properties !== undefined)
    return `mapping of ${Object.keys(properties)
      .map((key) => `\`${key}\``)
      .join(', ')}`;
  if (typeof additionalProperties === 'object') return `mapping of names to: ${typeOf(additionalProperties)}`;
  if (type === 'number' || type === 'integer') return numberType(node);
  return { string: 'text', boolean: '`true` or `false`' }[type ?? ''] ?? type ?? 'anything';
}

const orList = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} or ${parts.at(-1)}`;

/** Limits that only say what the type can hold are none. */
function numberType({ type, minimum, maximum, exclusiveMinimum }: SchemaNode): string {
  const name = type === 'integer' ? 'whole number' : 'number';
  const most = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? maximum : undefined;
  const least = minimum !== undefined && minimum > -Number.MAX_SAFE_INTEGER ? minimum : undefined;
  if (least !== undefined && most !== undefined) return `${name}, ${least} to ${most}`;
  if (exclusiveMinimum !== undefined) return `${name} above ${exclusiveMinimum}`;
  return least === undefined ? name : `${name}, at least ${least}`;
}
