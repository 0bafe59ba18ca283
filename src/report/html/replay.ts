// The command that runs a finding again, and a button that copies it.
import { shellWord } from '../words.js';
import { html, type Markup } from './markup.js';

/** The button is shown only where the script runs. */
export const replayCommand = (finding: string): Markup =>
  html`<div class="command"><code>marauder replay ${shellWord(finding)}</code><button type="button" class="copy" aria-label="Copy the command that replays it">Copy</button></div>`;
