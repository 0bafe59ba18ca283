// What a schema cannot say: names that refer to each other, bounds in order, keys that need other keys.
import type { Found } from './found.js';
import { gateProblems } from './kinds/gate.js';
import { type PropertyText, ruleOf } from './kinds/index.js';
import type { Path } from './nodes.js';
import type { Issue } from './position.js';
import type { PolicyText } from './schema.js';
import { show, suggest } from './suggest.js';
import type { SourceText } from './text.js';

export function checkPolicy(policy: PolicyText, source: SourceText): Issue[] {
  const found = [
    ...rangeProblems(policy),
    ...duplicateNames(policy),
    ...duplicateElements(policy),
    ...policy.properties.flatMap((property, index) => {
      const path = ['properties', index];
      return [
        ...unknownNames(policy, property, path),
        ...gateProblems(property, path),
        ...(ruleOf(property).problems?.(property, policy, path) ?? []),
      ];
    }),
  ];
  return found.map(({ path, text, hint, place }) => ({
    ...(place === undefined ? { at: source.at(path) } : source.inside(path, place)),
    text,
    hint,
  }));
}

function rangeProblems({ inputs }: PolicyText): Found[] {
  const { range, ranges } = inputs;
  if ((range === undefined) === (ranges === undefined)) {
    const text = `inputs: expected one of "range" and "ranges", found ${range ? 'both' : 'neither'}`;
    return [{ path: ['inputs'], text, hint: 'write "range: [0, 1]" if every element lies in 0 to 1' }];
  }
  const pairs = range ? [{ path: ['inputs', 'range'], pair: range }] : [];
  const more = ranges?.map((pair, index) => ({ path: ['inputs', 'ranges', index], pair })) ?? [];
  return [...pairs, ...more].flatMap(({ path, pair: [lower, upper] }) => {
    if (lower <= upper) return [];
    return [
      { path, text: `the lower bound ${lower} exceeds the upper ${upper}; write [${upper}, ${lower}]` },
    ];
  });
}

function duplicateNames({ properties }: PolicyText): Found[] {
  const seen = new Map<string, number>();
  return properties.flatMap(({ name }, index) => {
    const earlier = seen.get(name);
    seen.set(name, earlier ?? index);
    if (earlier === undefined) return [];
    const text = `two properties are named ${show(name)}: properties[${earlier}] and this one`;
    return [{ path: ['properties', index, 'name'], text, hint: 'give each property a name of its own' }];
  });
}

/** Of elements of the input, and of each model's output. */
function duplicateElements({ inputs, models }: PolicyText): Found[] {
  const lists = [
    { names: inputs.names, path: ['inputs', 'names'] },
    ...Object.entries(models).map(([name, model]) => ({
      names: typeof model === 'object' ? model.outputs : undefined,
      path: ['models', name, 'outputs'],
    })),
  ];
  return lists.flatMap(({ names = [], path }) =>
    names.flatMap((name, index) => {
      const first = names.indexOf(name);
      if (first === index) return [];
      const text = `two elements are named ${show(name)}: numbers ${first} and ${index}`;
      return [{ path: [...path, index], text, hint: 'give each element a name of its own' }];
    }),
  );
}

function unknownNames(policy: PolicyText, property: PropertyText, path: Path): Found[] {
  const refer = (what: string, known: object, name: string, to: Path): Found[] => {
    const names = Object.keys(known);
    if (names.includes(name)) return [];
    const others = suggest(name, names, 'the policy has');
    return [
      { path: to, text: `no ${what} is named ${show(name)}${others}`, hint: `add it under "${what}s"` },
    ];
  };
  const { models, data } = ruleOf(property).references(property, path);
  return [
    ...models.flatMap(({ name, path: to }) => refer('model', policy.models, name, to)),
    ...data.flatMap(({ name, path: to }) => refer('data set', policy.data, name, to)),
  ];
}
