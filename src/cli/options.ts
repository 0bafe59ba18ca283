// What each command is given: its options, checked and with defaults filled in, and the world it runs in.
import type { Clock } from '../base/deadline.js';
import type { ShardRef } from '../findings/report.js';
import type { Style } from '../report/style.js';
import type { EngineName } from './certificates/engine-names.js';
import type { ReportTarget } from './check/reports.js';
import type { Environment } from './color.js';
import type { Shell } from './completion/shells.js';

/**
 * A stream that text is written to; a terminal where `isTTY` is true. No type of Node's own: the library's types lead here, and who uses
 * them may not have those.
 */
export type Output = {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
};

/** Everything outside of the process that a command may touch, besides files. */
export type Io = {
  readonly stdout: Output;
  readonly stderr: Output;
  /** For `stdout`. */
  readonly style: Style;
  /** For `stderr`. */
  readonly errorStyle: Style;
  readonly cwd: string;
  readonly env: Environment;
  /** Milliseconds, monotone. */
  readonly clock: Clock;
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal;
};

/** Paths are as typed: relative to `Io.cwd`. */
export type CheckOptions = {
  /** undefined: the nearest policy upwards. */
  readonly policy: string | undefined;
  /** undefined: the policy's own. */
  readonly seed: number | undefined;
  readonly workers: number;
  readonly reports: readonly ReportTarget[];
  /** undefined: the one beside the policy, if there is one. */
  readonly baseline: string | undefined;
  /** Whether stale entries of the baseline fail the gate. */
  readonly strictBaseline: boolean;
  readonly outputDir: string;
  /** The part of the run to do; undefined: all of it. */
  readonly shard: ShardRef | undefined;
  /** Print the policy with its defaults, and do nothing else. */
  readonly printConfig: boolean;
  /** No progress and no passed properties: only failed ones and the summary. */
  readonly quiet: boolean;
  /** Whether proofs are checked. */
  readonly certifies: boolean;
  /** Whether what earlier runs found is looked at. */
  readonly reuses: boolean;
};

export type CompletionOptions = { readonly shell: Shell };

export type OperatorsOptions = { readonly json: boolean };

/** Paths are as typed: relative to `Io.cwd`. */
export type MergeReportsOptions = {
  /** Reports of parts; at least one. */
  readonly parts: readonly string[];
  readonly reports: readonly ReportTarget[];
};

/** Paths are as typed: relative to `Io.cwd`. */
export type InitOptions = {
  readonly model: string;
  readonly data: string | undefined;
  /** Of the data, as in a policy; what is undefined is guessed. */
  readonly inputs: readonly string[] | undefined;
  readonly labels: string | undefined;
  readonly scale: number | undefined;
  /** undefined: standard output. */
  readonly output: string | undefined;
  /** Whether a file that is there may be replaced. */
  readonly force: boolean;
  readonly workers: number;
};

export type InspectOptions = {
  readonly model: string;
  readonly json: boolean;
  /** Every node of a large model, too. */
  readonly allNodes: boolean;
};

/** The inputs that bounds are asked for. */
export type Region =
  /** All inputs within `linfEpsilon` of a row, one box per row. */
  | ({
      readonly kind: 'rows';
      readonly linfEpsilon: number;
      /** Least and greatest value of every element; undefined: any float32 number. */
      readonly clip: readonly [number, number] | undefined;
    } & DataOptions)
  /** All inputs whose every element lies in one range. */
  | { readonly kind: 'box'; readonly range: readonly [number, number] };

export type BoundsOptions = {
  readonly model: string;
  readonly region: Region;
  readonly method: 'ibp' | 'crown';
  readonly arithmetic: 'deployed' | 'real';
  readonly memoryBytes: number;
  readonly workers: number;
  readonly json: boolean;
};

export type ReplayOptions = {
  /** Folders of findings, the `finding.json` in them, or folders above; at least one. */
  readonly findings: readonly string[];
  readonly json: boolean;
};

export type MinimizeOptions = {
  /** As for replay. */
  readonly findings: readonly string[];
  /** The distance that matters most. */
  readonly norm: 'linf' | 'l2' | 'l0';
  /** Of each finding. */
  readonly seconds: number;
  /** undefined: beside the finding. */
  readonly output: string | undefined;
};

/** Paths are as typed: relative to `Io.cwd`. */
export type MergeOptions = {
  /** Corpus folders or .npz files; at least one. */
  readonly corpora: readonly string[];
  /** A folder that holds no corpus. */
  readonly output: string;
};

/** Paths are as typed: relative to `Io.cwd`. */
export type DistillOptions = {
  /** A corpus folder or an .npz file. */
  readonly corpus: string;
  /** undefined: the one that the corpus names. */
  readonly model: string | undefined;
  /** As typed; undefined: the criteria that fuzzing uses. */
  readonly criteria: string | undefined;
  /** A folder that holds no corpus. */
  readonly output: string;
  readonly workers: number;
};

/** Rows that search starts from, as options give them. */
export type DataOptions = {
  readonly file: string;
  /** As in a policy's data set. */
  readonly inputs: readonly string[] | undefined;
  readonly labels: string | undefined;
  readonly scale: number;
  /** undefined: all. */
  readonly rows: { readonly from: number; readonly to: number } | undefined;
};

/** Paths are as typed: relative to `Io.cwd`. */
export type CoverageOptions = {
  readonly model: string;
  readonly data: DataOptions;
  /** undefined: the data itself. */
  readonly calibration: DataOptions | undefined;
  /** As typed; undefined: all. */
  readonly criteria: string | undefined;
  /** Names of values whose neurons count; undefined: results of all activation functions. */
  readonly layers: readonly string[] | undefined;
  readonly workers: number;
  readonly json: boolean;
};

/** Paths are as typed: relative to `Io.cwd`. */
export type FuzzCommandOptions = {
  /** A model or a policy; undefined: the nearest policy upwards. */
  readonly target: string | undefined;
  /** Of a policy; undefined: all. */
  readonly properties: readonly string[] | undefined;
  readonly data: DataOptions | undefined;
  /** Least and greatest value of every element; undefined: what the data has. */
  readonly range: readonly [number, number] | undefined;
  readonly linfEpsilon: number | undefined;
  readonly l2Epsilon: number | undefined;
  readonly l0Count: number | undefined;
  readonly deepHunter: { readonly alpha: number; readonly beta: number } | undefined;
  /** As typed; undefined: what the other options allow. */
  readonly objectives: string | undefined;
  readonly coverage: string | undefined;
  /** Names of values whose neurons are covered; undefined: results of all activation functions. */
  readonly layers: readonly string[] | undefined;
  readonly mutators: string | undefined;
  readonly scheduler: string | undefined;
  readonly gradients: boolean;
  readonly feedback: boolean;
  readonly backend: 'onnxruntime' | 'gpu' | 'auto';
  readonly seconds: number | undefined;
  readonly executions: number | undefined;
  /** undefined: the policy's own, or 1. */
  readonly seed: number | undefined;
  readonly workers: number;
  readonly outputDir: string;
  /** Whether what earlier runs left is set aside. */
  readonly fresh: boolean;
  readonly json: boolean;
};

/** The file that stands for a network of a property. */
export type NamedFile = { readonly name: string; readonly file: string };

/** Paths are as typed: relative to `Io.cwd`. */
export type ProveOptions = {
  /** undefined where networks are named. */
  readonly model: string | undefined;
  readonly networks: readonly NamedFile[];
  /** A VNN-LIB file. */
  readonly property: string;
  /** Of the whole run; undefined: none. */
  readonly timeoutSeconds: number | undefined;
  readonly memoryBytes: number;
  readonly seed: number;
  readonly arithmetic: 'deployed' | 'real';
  readonly workers: number;
  readonly json: boolean;
  /** A result file as VNN-COMP wants it. */
  readonly vnncomp: string | undefined;
  readonly explainStrategy: boolean;
  /** Where a proof is written to. */
  readonly certificate: string | undefined;
  /** Whether a proof is checked. */
  readonly certifies: boolean;
  readonly outputDir: string;
};

/** Paths are as typed: relative to `Io.cwd`. */
export type VerifyProofOptions = {
  readonly certificate: string;
  readonly model: string;
  /** A VNN-LIB file that the certificate's property has to be that of; undefined: any. */
  readonly property: string | undefined;
  /** All have to accept it. */
  readonly engines: readonly EngineName[];
  readonly json: boolean;
};

export type ExplainOptions = {
  /** As typed; undefined: all of them, in short. */
  readonly code: string | undefined;
};

/** Paths are as typed: relative to `Io.cwd`. */
export type BaselineOptions = {
  /** undefined: the nearest policy upwards. */
  readonly policy: string | undefined;
  readonly report: string;
  /** undefined: beside the policy. */
  readonly output: string | undefined;
  /** Of violations that are accepted anew. */
  readonly reason: string | undefined;
};

/** What one command line asks for. */
export type Invocation =
  | { readonly command: 'fuzz'; readonly options: FuzzCommandOptions }
  | { readonly command: 'bounds'; readonly options: BoundsOptions }
  | { readonly command: 'baseline'; readonly options: BaselineOptions }
  | { readonly command: 'check'; readonly options: CheckOptions }
  | { readonly command: 'completion'; readonly options: CompletionOptions }
  | { readonly command: 'operators'; readonly options: OperatorsOptions }
  | { readonly command: 'init'; readonly options: InitOptions }
  | { readonly command: 'explain'; readonly options: ExplainOptions }
  | { readonly command: 'inspect'; readonly options: InspectOptions }
  | { readonly command: 'coverage'; readonly options: CoverageOptions }
  | { readonly command: 'distill'; readonly options: DistillOptions }
  | { readonly command: 'merge-reports'; readonly options: MergeReportsOptions }
  | { readonly command: 'merge'; readonly options: MergeOptions }
  | { readonly command: 'minimize'; readonly options: MinimizeOptions }
  | { readonly command: 'prove'; readonly options: ProveOptions }
  | { readonly command: 'replay'; readonly options: ReplayOptions }
  | { readonly command: 'verify-proof'; readonly options: VerifyProofOptions }
  /** `--help` and `--version`: text to print. */
  | { readonly command: 'print'; readonly text: string };
