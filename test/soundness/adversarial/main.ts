// `npm run bench:soundness`: what becomes of every adversarial network, in deployed and in real arithmetic; the table of docs/proofs.md.
import type { AdversarialCase, Family } from './case.js';
import { families, tame } from './families/index.js';
import { claimAccepted, proved, provedByBounds, violatedByRuntime, violatingOrders } from './judge.js';

const timeoutSeconds = 5;

type Row = { readonly [column: string]: boolean };

async function rowOf(given: AdversarialCase): Promise<Row> {
  const [byRuntime, deployed] = [
    await violatedByRuntime(given),
    await proved(given, 'deployed', timeoutSeconds),
  ];
  return {
    Networks: true,
    'Violated in some order': violatingOrders(given).length > 0,
    'by ONNX Runtime': byRuntime,
    'found by `prove`': deployed.verdict === 'violated',
    'refused by `prove`': deployed.verdict === 'refused',
    'proved, deployed': deployed.verdict === 'proved',
    'by bounds alone, deployed': await provedByBounds(given, 'deployed'),
    'by bounds alone, real': await provedByBounds(given, 'real'),
    'claim accepted, deployed': await claimAccepted(given, 'deployed'),
    'claim accepted, real': await claimAccepted(given, 'real'),
  };
}

async function tableRow({ title, cases }: Family): Promise<string[]> {
  const rows: Row[] = [];
  for (const given of cases) {
    rows.push(await rowOf(given));
    process.stderr.write(`${title}: ${given.name}: ${JSON.stringify(rows.at(-1))}\n`);
  }
  const columns = Object.keys(rows[0] ?? {});
  if (header.length === 0) header.push('Family', ...columns);
  return [title, ...columns.map((column) => String(rows.filter((row) => row[column]).length))];
}

const header: string[] = [];
const body: string[][] = [];
for (const family of [...Object.values(families), tame]) body.push(await tableRow(family));
const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
console.log([line(header), line(header.map(() => '---')), ...body.map(line)].join('\n'));
