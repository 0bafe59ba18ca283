// Every error that a user may read, by its code: the one source of `marauder explain` and of docs/errors.md.

export type Explanation = {
  readonly means: string;
  /** A typical message, without its code. */
  readonly example: string;
  /** Commands and file names between backticks. */
  readonly todo: string;
};

export const errorCodes = {
  USAGE: {
    means: 'The command line is not one that Marauder knows.',
    example: 'marauder check: unknown option --sed; did you mean --seed?',
    todo: 'Follow the hint, or run `marauder COMMAND --help`.',
  },
  FILE_NOT_FOUND: {
    means: 'A file named on the command line or in a policy does not exist, or no policy was found.',
    example: '/home/ada/nets: no marauder.policy.yaml here or in a folder above',
    todo: "Correct the path. Paths on the command line are relative to the working directory, those in a policy to the policy's folder.",
  },
  FILE_UNREADABLE: {
    means:
      'The file exists but cannot be read: a folder, missing permission, not UTF-8 where text is expected.',
    example: 'models/net.onnx: permission denied',
    todo: 'Correct the permissions or the path; save text as UTF-8.',
  },
  FILE_UNWRITABLE: {
    means: 'A report, a finding or standard output cannot be written. The old file, if any, is untouched.',
    example: 'out/report.json: cannot write: no space left on the device',
    todo: 'Free space, correct the permissions, or write elsewhere with `--report` and `--output-dir`.',
  },
  INVALID_MODEL: {
    means: 'The file is not an ONNX model, is cut off, or contradicts itself.',
    example: 'net.onnx: not an ONNX model: the file ends inside a field',
    todo: 'Export or download it again. `onnx.checker.check_model` tells more.',
  },
  INVALID_POLICY: {
    means: 'The policy has a syntax error, an unknown key or a value that makes no sense.',
    example: 'nets.policy.yaml:7:5: unknown key "epsilom"; did you mean "linfEpsilon"?',
    todo: 'Correct the line. An editor that knows `specs/policy.schema.json` completes keys and marks mistakes.',
  },
  INVALID_PROPERTY: {
    means:
      'A VNN-LIB file has a syntax error, an unknown name, a product of variables, or an input without bounds.',
    example: 'prop.vnnlib:7:15: "X_9" is not declared',
    todo: 'Correct the line. Every input needs a lower and an upper bound; only linear constraints are supported.',
  },
  INVALID_DATA: {
    means: 'A data set cannot be read, or does not fit the model that it is for.',
    example: 'digits.npz: rows have 64 values, input "image" of model "cnn" takes 784',
    todo: 'Correct the data set, or the names of its arrays or columns in the policy.',
  },
  INVALID_FINDING: {
    means:
      'A finding or a report that Marauder wrote earlier has been changed, is incomplete or comes from another version.',
    example: '.marauder/findings/robust-17: the model has changed since',
    todo: 'Run `marauder check` again, which writes new ones.',
  },
  INVALID_CORPUS: {
    means: 'A corpus folder has been damaged, or belongs to another model or to inputs of another shape.',
    example: '.marauder/fuzz/corpus: is the corpus of another model: net.onnx had sha256 18c1…',
    todo: 'Name another folder, restore this one from a copy, or delete it to begin anew.',
  },
  INVALID_BASELINE: {
    means:
      'A baseline of accepted violations has a syntax error, an unknown key or comes from another version.',
    example: 'marauder-baseline.json: not a baseline of schema version 1: accepted[0].models: Invalid input',
    todo: 'Correct it, or write it anew with `marauder baseline`.',
  },
  UNSUPPORTED_MODEL: {
    means:
      'The model is valid, but of a form that Marauder cannot handle: its first output is no floats or no scores of classes, its batch axis cannot be made free, its opset is too old.',
    example:
      'net.policy.yaml:9:5: property "robust": output "label" of model "net" is int64 [1], not one score per class',
    todo: 'Export the model with a supported form, or split it.',
  },
  RUNTIME_FAILED: {
    means: 'ONNX Runtime refused to load or run a model.',
    example: 'net.onnx: ONNX Runtime: Non-zero status code returned while running Conv node',
    todo: 'Check that the model runs in ONNX Runtime alone; if it does, report a bug.',
  },
} satisfies Record<string, Explanation>;

export type ErrorCode = keyof typeof errorCodes;

/** Not one of them: our mistake, and never the user's. */
export const bug: Explanation = {
  means: 'A mistake in Marauder, not in your files.',
  example: 'Cannot read properties of undefined',
  todo: 'Run the command again with `--debug` and report what it prints.',
};
