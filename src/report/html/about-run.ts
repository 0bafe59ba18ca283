// What was checked, to the byte, and with what: enough to run it again.
import type { FileRef, ModelRef, RunReport } from '../../findings/report.js';
import { oneLine, shellWord } from '../words.js';
import { html, type Markup } from './markup.js';

export const filesSection = ({ policy, models, data, tool, seed, timing }: RunReport): Markup =>
  html`<section id="files" class="panel">
<h2>Files</h2>
<table class="files">
<thead><tr><th scope="col">What</th><th scope="col">File</th><th scope="col">SHA-256</th></tr></thead>
<tbody>${row('policy', policy)}${models.map((model) => row(`model ${oneLine(model.name)}${stepsOf(model)}`, model))}${data.map((one) => row(`data ${oneLine(one.name)}`, one))}</tbody>
</table>
<p class="hint">Marauder ${tool.version} with ONNX Runtime ${tool.onnxruntime}, seed ${seed}, started ${timing.startedAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')}. The same policy, files and seed give the same report:</p>
<div class="command"><code>marauder check ${shellWord(policy.file)} --seed ${seed}</code><button type="button" class="copy" aria-label="Copy the command that checks again">Copy</button></div>
</section>`;

const row = (what: string, { file, sha256 }: Pick<FileRef, 'file' | 'sha256'>): Markup =>
  html`<tr><th scope="row">${what}</th><td>${oneLine(file)}</td><td><code>${sha256}</code></td></tr>`;

const stepsOf = ({ preprocess, derived }: ModelRef): string =>
  `${derived === undefined ? '' : `, as ${derived}`}${preprocess === undefined ? '' : ', after preprocessing'}`;
