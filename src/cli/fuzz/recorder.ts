// Findings of a campaign: each hit is replayed on the original files, put into its cluster and saved. Of a kind (objective,
// instance and what the objective tells apart) only the clearest stays.
import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import type { SavedWitness } from '../../findings/verdict.js';
import { chainOf } from '../../fuzz/chain.js';
import { clusterThreshold } from '../../fuzz/cluster-threshold.js';
import { type Clusters, createClusters } from '../../fuzz/clusters.js';
import type { Corpus } from '../../fuzz/corpus.js';
import type { Hit } from '../../fuzz/events.js';
import { featureProgram } from '../../fuzz/programs/features.js';
import { earlierFinding } from '../../fuzz/seed-visits.js';
import type { Runtime } from '../../program/session.js';
import type { Evidence } from '../check/evidence.js';
import { instanceName } from '../check/instances.js';
import { type Campaign, judged } from './campaign.js';
import type { KnownFinding } from './known.js';
import type { FoundHere, Session } from './session.js';

export type Recorder = {
  /** Whether the hit is a finding; if so it is on disk when this resolves. */
  record(hit: Hit): Promise<boolean>;
  /** Where the lineages of hits lead. */
  corpus: Corpus | undefined;
};

export type RecorderParts = {
  readonly campaign: Campaign;
  readonly evidence: Evidence;
  readonly session: Session;
  readonly known: readonly KnownFinding[];
  readonly cwd: string;
  /** @param isFirst whether it is the first of its kind, and not a clearer one */
  found(finding: FoundHere, isFirst: boolean): void;
};

export async function createRecorder(parts: RecorderParts, runtime: Runtime): Promise<Recorder> {
  const { campaign, session, cwd } = parts;
  const { features, clusters } = await createClustering(campaign, runtime);
  const byKind = new Map<string, FoundHere>();
  const recorder: Recorder = {
    corpus: undefined,
    async record(hit) {
      const { subject, judgement } = await judged(campaign, hit.objective, hit.input, hit.instance);
      if (!judgement.violated) return false;
      const witness = saved(parts, recorder.corpus, hit, (cluster) => ({ subject, judgement, cluster }));
      const { cluster, isNew } = clusters.add({
        objective: hit.objective,
        cluster: hit.cluster,
        features: await features(hit.input),
      });
      const finding: FoundHere = {
        objective: hit.objective,
        cluster,
        instance: instanceName(subject, hit.instance),
        witness: witness(cluster),
        isEarlier: hit.lineage.by === earlierFinding,
      };
      const kind = `${hit.instance}/${hit.cluster}/${hit.objective}`;
      const isFirst = !byKind.has(kind);
      supersede(byKind.get(kind), finding, session, cwd);
      byKind.set(kind, finding);
      if (isNew) session.clusters++;
      parts.found(finding, isFirst);
      return true;
    },
  };
  return recorder;
}

type Judged = { readonly cluster: number } & Awaited<ReturnType<typeof judged>>;

/** An earlier finding is on disk already, unless its input is now one of another objective too. */
function saved(
  { evidence, known }: RecorderParts,
  corpus: Corpus | undefined,
  hit: Hit,
  judgedIn: (cluster: number) => Judged,
): (cluster: number) => SavedWitness {
  const same =
    hit.lineage.by === earlierFinding
      ? known.filter(({ input }) => Buffer.compare(bytes(input), bytes(hit.input)) === 0)
      : [];
  const earlier = same.find(({ objective }) => objective === hit.objective);
  return (cluster) => {
    if (earlier !== undefined) return earlier.witness;
    const { subject, judgement } = judgedIn(cluster);
    const { instance, seed, input, executions, objective } = hit;
    const foundBy = same[0]?.witness.foundBy ?? (hit.lineage.parent < 0 ? 'seed' : 'fuzz');
    const chain = corpus === undefined || foundBy === 'seed' ? [] : chainOf(corpus, hit.lineage, hit.input);
    return evidence.saveFinding(
      subject,
      { instance, seed, input, executions, objective, foundBy, cluster, chain },
      judgement,
    );
  };
}

const bytes = ({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** The new one is on disk before the old one goes. */
function supersede(old: FoundHere | undefined, finding: FoundHere, session: Session, cwd: string): void {
  const at = old === undefined ? -1 : session.findings.indexOf(old);
  if (old === undefined || at < 0) {
    session.findings.push(finding);
    return;
  }
  session.findings[at] = finding;
  if (old.witness.finding !== finding.witness.finding)
    rmSync(resolve(cwd, old.witness.finding), { recursive: true, force: true });
}

type Clustering = {
  features(input: Float32Array): Promise<Float32Array>;
  readonly clusters: Clusters;
};

/** Findings are told apart by their features; the seeds of one class say how near is near. */
async function createClustering({ target }: Campaign, runtime: Runtime): Promise<Clustering> {
  const { width, features } = await featureProgram(target, runtime);
  const seeds = await features(target.set.seeds.data);
  const classes = target.set.instanceOf.map((instance) => target.targets[instance] ?? 0);
  return { features, clusters: createClusters({ threshold: clusterThreshold(seeds, width, classes) }) };
}
