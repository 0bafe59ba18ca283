// `npm run schemas`: writes the JSON Schemas that are committed in specs/.
import { join } from 'node:path';
import { baselineJsonSchema } from '../findings/baseline-schema.js';
import { reportJsonSchema } from '../findings/schema.js';
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
