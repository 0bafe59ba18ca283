// Annotations of a GitHub Actions step: workflow commands, which the runner reads from the step's output.
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
import { failsGate } from '../findings/gate.js';
import type { RunReport } from '../findings/report.js';
import type { Reporter } from './reporter.js';
import { replayCommand, runShortfalls, type Shortfall, worstFirst } from './shortfalls.js';
import { count, oneLine, plural } from './words.js';

export const github = {
  about: 'annotations of a GitHub Actions step',
  render: (report) => {
    const found = worstFirst(report);
    const of = (isError: boolean) => found.filter(({ property }) => failsGate(property) === isError);
    const lines = [
      ...limited('error', [...runShortfalls(report).map(ofRun), ...of(true).map(annotationOf)]),
      ...limited('warning', of(false).map(annotationOf)),
    ];
    return `${(lines.length > 0 ? lines : [passed(report)]).join('\n')}\n`;
  },
} satisfies Reporter;

/** GitHub shows that many of each level and step; more are dropped in silence. */
const limit = 10;

type Level = 'error' | 'warning' | 'notice';
type Annotation = { readonly place: Readonly<Record<string, string | number>>; readonly message: string };

function annotationOf({ property, message, witness }: Shortfall): Annotation {
  const { file, line, column } = property.at;
  const title = `${property.name}: ${oneLine(property.claim)}`;
  return {
    place: { file, line, col: column, title },
    message: witness === undefined ? message : `${message}\n${replayCommand(witness)}`,
  };
}

const ofRun = (message: string): Annotation => ({ place: { title: 'Marauder' }, message });

/** The last of a full step sums up the rest. */
function limited(level: Level, annotations: readonly Annotation[]): string[] {
  if (annotations.length <= limit) return annotations.map((one) => command(level, one));
  const shown = annotations.slice(0, limit - 1);
  const left = annotations.length - shown.length;
  const rest = ofRun(`and ${count(left)} more, which the other reports have`);
  return [...shown, rest].map((one) => command(level, one));
}

const passed = ({ properties, gate }: RunReport): string =>
  command('notice', ofRun(`gate ${gate}: ${plural(properties.length, 'property', 'properties')}`));

function command(level: Level, { place, message }: Annotation): string {
  const given = Object.entries(place).map(([name, value]) => `${name}=${inProperty(`${value}`)}`);
  return `::${level} ${given.join(',')}::${inData(message)}`;
}

const inData = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const inProperty = (text: string): string => inData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
