// Operator domains: ONNX's own has two spellings, of which we keep the empty one.
import { invalid } from './errors.js';
import type { ModelProto } from './proto.js';

export const operatorDomain = (domain: string): string => (domain === 'ai.onnx' ? '' : domain);

/** Files of IR version 1 and 2 import no operator sets; they mean version 1. */
export function decodeOpsets({ irVersion, opsetImport }: ModelProto, file: string): Map<string, number> {
  if (opsetImport.length === 0 && irVersion >= 3n) {
    const hint = 'the file may be truncated: download or export it again';
    throw invalid(file, `imports no operator set, which IR version ${irVersion} requires`, hint);
  }
  const opsets = new Map<string, number>(opsetImport.length === 0 ? [['', 1]] : []);
  for (const { domain, version } of opsetImport) {
    const key = operatorDomain(domain);
    const name = key === '' ? 'ai.onnx' : key;
    if (version < 1n || version > 2n ** 31n) throw invalid(file, `imports ${name} version ${version}`);
    const known = opsets.get(key);
    if (known !== undefined && known !== Number(version)) {
      throw invalid(file, `imports ${name} both in version ${known} and ${version}`);
    }
    opsets.set(key, Number(version));
  }
  return opsets;
}
