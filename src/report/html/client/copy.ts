// Copies the command beside a button.

const shownMs = 2000;

export function copyOnClick(): void {
  document.addEventListener('click', (event) => {
    const button =
      event.target instanceof Element ? event.target.closest<HTMLButtonElement>('button.copy') : null;
    const code = button?.parentElement?.querySelector('code');
    if (!button || !code) return;
    copy(code).then((copied) => {
      button.textContent = copied ? 'Copied' : 'Selected';
      setTimeout(() => {
        button.textContent = 'Copy';
      }, shownMs);
    });
  });
}

/** Where the clipboard is out of reach the text is selected, for the reader to copy. */
async function copy(code: Element): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(code.textContent ?? '');
    return true;
  } catch {
    getSelection()?.selectAllChildren(code);
    return false;
  }
}
