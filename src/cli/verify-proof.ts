// `marauder verify-proof`: a certificate and a model, judged by the checker alone.
import { createDeadline } from '../base/deadline.js';
import { type CheckOptions, createChecker } from '../certify/check.js';
import type { Judgement } from '../certify/verdicts.js';
import { type CanonicalProperty, type Certificate, Malformed } from '../findings/certificate/certificate.js';
import { decodeCertificate } from '../findings/certificate/file.js';
import { type LoadedModel, loadModel } from '../onnx/load.js';
import { readVnnlib } from '../policy/vnnlib/read.js';
import { createInlineRuntime } from '../program/inline-runtime.js';
import type { Runtime } from '../program/session.js';
import { oneLine, plural } from '../report/words.js';
import { rejectionWords } from './certificates/certify.js';
import type { EngineName } from './certificates/engine-names.js';
import { productsOf } from './certificates/engines.js';
import { canonicalOf, isProofOf } from './certificates/property.js';
import { yielding } from './certificates/yielding.js';
import { readFileBytes } from './files.js';
import { interruptedExitCode } from './interrupt.js';
import type { Io, VerifyProofOptions } from './options.js';
import { version } from './version.js';

/** 0 where every engine accepts the proof, 1 where one rejects it. */
export async function runVerifyProof(options: VerifyProofOptions, io: Io): Promise<number> {
  const bytes = readFileBytes(options.certificate);
  const model = await loadModel(options.model);
  const wanted = options.property === undefined ? undefined : canonicalOf(await readVnnlib(options.property));
  const began = io.clock();
  const runtime = createInlineRuntime();
  const found = await judged(bytes, model, wanted, { engines: options.engines, runtime }, io).finally(() =>
    runtime.close(),
  );
  const { judgement } = found;
  const checkingMs = io.clock() - began;
  if (!judgement.accepted && judgement.reason === 'stopped') return interruptedExitCode;
  io.stdout.write(
    options.json
      ? `${JSON.stringify(asData(found, model, options, checkingMs), null, 2)}\n`
      : textOf(found, options, io),
  );
  return judgement.accepted ? 0 : 1;
}

type Judged = {
  readonly certificate: Certificate | undefined;
  readonly judgement: Judgement;
  /** The one that rejects it; undefined where all accept it, or none was asked. */
  readonly engine?: EngineName;
};

type Engines = { readonly engines: readonly EngineName[]; readonly runtime: Runtime };

const otherProperty = 'its boxes and constraints are not those of the VNN-LIB file';

async function judged(
  bytes: Uint8Array,
  model: LoadedModel,
  wanted: CanonicalProperty | undefined,
  engines: Engines,
  { clock, signal }: Io,
): Promise<Judged> {
  let certificate: Certificate;
  try {
    certificate = decodeCertificate(bytes);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return {
      certificate: undefined,
      judgement: { accepted: false, reason: 'malformed', detail: error.message },
    };
  }
  if (wanted !== undefined && !isProofOf(certificate, wanted))
    return { certificate, judgement: { accepted: false, reason: 'other-property', detail: otherProperty } };
  const isStopped = yielding(createDeadline(Infinity, clock, signal), clock);
  return { certificate, ...(await judgedByAll(certificate, model, engines, isStopped)) };
}

/** Of the engine that rejects it first, or else of the last one. */
async function judgedByAll(
  certificate: Certificate,
  model: LoadedModel,
  { engines, runtime }: Engines,
  isStopped: CheckOptions['isStopped'],
): Promise<Pick<Judged, 'judgement' | 'engine'>> {
  const check = createChecker(model);
  let judgement: Judgement | undefined;
  for (const engine of engines) {
    judgement = await check(certificate, { isStopped, products: productsOf(engine, runtime) });
    if (!judgement.accepted) return { judgement, engine };
  }
  if (judgement === undefined) throw new RangeError('no engine');
  return { judgement };
}

const asData = (
  { judgement, certificate, engine }: Judged,
  { sha256 }: LoadedModel,
  options: VerifyProofOptions,
  checkingMs: number,
) => ({
  schemaVersion: 1,
  tool: { name: 'marauder', version },
  certificate: options.certificate,
  model: { file: options.model, sha256 },
  engines: options.engines,
  arithmetic: certificate?.arithmetic ?? null,
  margin: certificate?.margin ?? null,
  finite: certificate?.property.finite ?? (certificate === undefined ? null : false),
  ...judgement,
  ...(engine && { rejectedBy: engine }),
  timing: { checkingMs },
});

function textOf(
  { judgement, certificate, engine }: Judged,
  { certificate: file, model, engines }: VerifyProofOptions,
  { style }: Io,
): string {
  if (!judgement.accepted) {
    const by = engine === undefined ? '' : ` (engine ${engine})`;
    return `${style.bad('✗ rejected')}  ${oneLine(rejectionWords(judgement))}${by}\n`;
  }
  const { disjuncts, leaves } = judgement;
  const { finite, boxes = [] } = certificate?.property ?? {};
  const proved = finite
    ? `that every value of ${oneLine(model)} is finite`
    : `its property of ${oneLine(model)}`;
  const parts = finite ? plural(boxes.length, 'box', 'boxes') : plural(disjuncts, 'disjunct');
  const what =
    certificate?.arithmetic === 'real' ? 'in real arithmetic only' : 'for the deployed float32 network';
  return `${style.good('✓ accepted')}  ${oneLine(file)} proves ${proved}, ${what}: ${parts}, ${plural(leaves, 'leaf', 'leaves')}, by ${engines.join(' and ')}\n`;
}
