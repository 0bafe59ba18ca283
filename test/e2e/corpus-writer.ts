// A process that adds to a corpus without end, for tests that kill it. Prints how many entries were acknowledged so far.
import { writeSync } from 'node:fs';
import { openCorpusFolder } from '../../src/cli/corpus/store.js';
import { corpusMeta, numberedEntries } from '../helpers/corpora.js';

const [folder = '', most = 'Infinity'] = process.argv.slice(2);
try {
  const store = openCorpusFolder(folder, corpusMeta());
  for (let count = store.entries.length; count < Number(most); count += 7) {
    store.append(numberedEntries(count, count + 7));
    writeSync(1, `${count + 7}\n`);
    if (count % 70 === 0) store.checkpoint({ executions: count });
  }
  store.close();
} catch (error) {
  writeSync(2, String(error));
  process.exit(2);
}
