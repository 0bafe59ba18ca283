// Data as YAML that a person would write.
import { Document, isMap, isScalar, visit } from 'yaml';

/** Mappings under these keys are short. */
const oneLine: readonly unknown[] = ['budget', 'preprocess'];

/** Lines; lists of numbers and small mappings each on one of them. */
export function yamlLines(value: unknown, indent = 0): string[] {
  const document = new Document(value, { aliasDuplicateObjects: false });
  visit(document, {
    Seq(_, list) {
      list.flow = list.items.every(isScalar);
    },
    Pair(_, { key, value: inner }) {
      if (isScalar(key) && oneLine.includes(key.value) && isMap(inner)) inner.flow = inner.items.length < 4;
    },
  });
  const text = document.toString({ lineWidth: 0, flowCollectionPadding: false });
  return text
    .trimEnd()
    .split('\n')
    .map((line) => ' '.repeat(indent) + line);
}
