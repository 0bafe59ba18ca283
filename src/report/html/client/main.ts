// What the page does once it is open. It is complete without: only the tables of instances, the theme and copying need it.
import { copyOnClick } from './copy.js';
import { revealTarget } from './reveal.js';
import { createTable } from './table.js';
import { applyTheme, offerTheme } from './theme.js';

document.documentElement.classList.add('scripted');
// Before anything is drawn.
applyTheme();

addEventListener('DOMContentLoaded', () => {
  offerTheme();
  copyOnClick();
  revealTarget();
  addEventListener('hashchange', revealTarget);
  for (const section of document.querySelectorAll<HTMLDetailsElement>('[data-table]')) createTable(section);
});
