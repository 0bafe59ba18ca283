// Where to go on this page.
import type { PropertyReport } from '../../findings/report.js';
import { oneLine } from '../words.js';
import { html, type Markup } from './markup.js';
import { statusMark } from './verdict-looks.js';

export const navigation = (properties: readonly PropertyReport[], hasPolicy: boolean): Markup =>
  html`<nav aria-label="On this page"><ul>
<li><a href="#overview">Overview</a></li>
<li class="group"><span>Properties</span><ul>${properties.map((property, place) => html`<li><a href="#p${place}">${statusMark(property)}<span>${oneLine(property.name)}</span></a></li>`)}</ul></li>
<li><a href="#time">Time</a></li>
${hasPolicy ? html`<li><a href="#policy">Policy</a></li>` : undefined}
<li><a href="#files">Files</a></li>
</ul></nav>`;

/** Shown only where the script runs. */
export const header = (file: string): Markup =>
  html`<a class="skip" href="#main">Skip to the report</a>
<header><span class="brand">Marauder</span><span class="file">${oneLine(file)}</span><button type="button" class="theme" id="theme">Theme: system</button></header>`;
