// `marauder verify-proof`: a certificate and a model, judged by the checker alone.
import { createDeadline } from '../base/deadline.js';
import type { Products } from '../certify/backward.js';
import { checkCertificate } from '../certify/check.js';
import type { Judgement } from '../certify/verdicts.js';
import { type CanonicalProperty, type Certificate, Malformed } from '../findings/certificate/certificate.js';
import { decodeCertificate } from '../findings/certificate/file.js';
import { type LoadedModel, loadModel } from '../onnx/load.js';
import { readVnnlib } from '../policy/vnnlib/read.js';
import { createInlineRuntime } from '../program/inline-runtime.js';
import { count, oneLine, plural } from '../report/words.js';
import { rejectionWords } from './certificates/certify.js';
import { canonicalOf, isProofOf } from './certificates/property.js';
import { createRuntimeProducts } from './certificates/runtime-products.js';
import { yielding } from './certificates/yielding.js';
import { readFileBytes } from './files.js';
import { interruptedExitCode } from './interrupt.js';
import type { Io, VerifyProofOptions } from './options.js';
import { version } from './version.js';

/** 0 where the proof is accepted, 1 where it is rejected. */
export async function runVerifyProof(options: VerifyProofOptions, io: Io): Promise<number> {
  const bytes = readFileBytes(options.certificate);
  const model = await loadModel(options.model);
  const wanted = options.property === undefined ? undefined : canonicalOf(await readVnnlib(options.property));
  const began = io.clock();
  const runtime = options.independent ? undefined : createInlineRuntime();
  const products = runtime && createRuntimeProducts(runtime);
  const { certificate, judgement } = await judged(bytes, model, wanted, products, io).finally(() =>
    runtime?.close(),
  );
  const checkingMs = io.clock() - began;
  if (!judgement.accepted && judgement.reason === 'stopped') return interruptedExitCode;
  io.stdout.write(
    options.json
      ? `${JSON.stringify(asData(judgement, certificate, model, options, checkingMs), null, 2)}\n`
      : textOf(judgement, certificate, options, io),
  );
  return judgement.accepted ? 0 : 1;
}

type Judged = { readonly certificate: Certificate | undefined; readonly judgement: Judgement };

const otherProperty = 'its boxes and constraints are not those of the VNN-LIB file';

async function judged(
  bytes: Uint8Array,
  model: LoadedModel,
  wanted: CanonicalProperty | undefined,
  products: Products | undefined,
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
  return {
    certificate,
    judgement: await checkCertificate(certificate, model, { isStopped, ...(products && { products }) }),
  };
}

const asData = (
  judgement: Judgement,
  certificate: Certificate | undefined,
  { sha256 }: LoadedModel,
  options: VerifyProofOptions,
  checkingMs: number,
) => ({
  schemaVersion: 1,
  tool: { name: 'marauder', version },
  certificate: options.certificate,
  model: { file: options.model, sha256 },
  engine: options.independent ? 'typescript' : 'onnxruntime',
  arithmetic: certificate?.arithmetic ?? null,
  margin: certificate?.margin ?? null,
  ...judgement,
  timing: { checkingMs },
});

function textOf(
  judgement: Judgement,
  certificate: Certificate | undefined,
  { certificate: file, model }: VerifyProofOptions,
  { style }: Io,
): string {
  if (!judgement.accepted) return `${style.bad('✗ rejected')}  ${oneLine(rejectionWords(judgement))}\n`;
  const { disjuncts, leaves } = judgement;
  const what =
    certificate?.arithmetic === 'real' ? 'in real arithmetic only' : 'for the deployed float32 network';
  return `${style.good('✓ accepted')}  ${oneLine(file)} proves its property of ${oneLine(model)}, ${what}: ${plural(disjuncts, 'disjunct')}, ${count(leaves)} leaves\n`;
}
