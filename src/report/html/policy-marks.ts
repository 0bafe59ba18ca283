// Which lines of the policy belong to which property.
import type { PropertyReport, RunReport } from '../../findings/report.js';

export type PolicyMark = {
  readonly property: PropertyReport;
  /** In the report. */
  readonly place: number;
  /** Its first and its last line, from 1. */
  readonly line: number;
  readonly end: number;
};

/** @param lines of the policy */
export const marksOf = (
  { policy, properties }: Pick<RunReport, 'policy' | 'properties'>,
  lines: readonly string[],
): PolicyMark[] =>
  properties.flatMap((property, place) => {
    const { file, line, column } = property.at;
    return file === policy.file && line <= lines.length
      ? [{ property, place, line, end: endOf(lines, line, column) }]
      : [];
  });

/** A property of YAML ends before the first line that is indented less than its keys; one of JSON with its closing brace. */
function endOf(lines: readonly string[], line: number, column: number): number {
  const isJson = lines[line - 1]?.[column - 1] === '{';
  let end = line;
  for (let at = line + 1; at <= lines.length; at++) {
    const text = lines[at - 1] ?? '';
    if (text.trim() === '') continue;
    const start = text.search(/\S/) + 1;
    if (isJson && start === column && text[start - 1] === '}') return at;
    if (start < column || (isJson && start === column)) return end;
    end = at;
  }
  return end;
}
