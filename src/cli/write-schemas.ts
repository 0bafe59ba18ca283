// `npm run schemas`: writes the JSON Schemas that are committed in specs/, and the tables of keys in docs/policy.md.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { baselineJsonSchema } from '../findings/baseline-schema.js';
import { reportJsonSchema } from '../findings/schema.js';
import { withKeyTables } from '../policy/reference.js';
import { policyJsonSchema } from '../policy/schema.js';
import { writeFileAtomic } from './files.js';

const schemas = {
  'report.schema.json': reportJsonSchema,
  'policy.schema.json': policyJsonSchema,
  'baseline.schema.json': baselineJsonSchema,
};

// The working directory is the package's root when npm runs a script.
for (const [name, create] of Object.entries(schemas)) {
  writeFileAtomic(join('specs', name), `${JSON.stringify(create(), null, 2)}\n`);
}

const reference = join('docs', 'policy.md');
writeFileAtomic(reference, withKeyTables(readFileSync(reference, 'utf8')));
