// Light or dark: as the system has it, unless the reader chooses.

const themes = ['system', 'light', 'dark'] as const;
type Theme = (typeof themes)[number];
const key = 'marauder-theme';

export function applyTheme(): void {
  show(chosen());
}

export function offerTheme(): void {
  const button = document.getElementById('theme');
  if (button === null) return;
  const name = () => {
    button.textContent = `Theme: ${current()}`;
  };
  button.addEventListener('click', () => {
    const next = themes[(themes.indexOf(current()) + 1) % themes.length] ?? 'system';
    show(next);
    remember(next);
    name();
  });
  name();
}

const current = (): Theme =>
  themes.find((theme) => theme === document.documentElement.dataset.theme) ?? 'system';

function show(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

function chosen(): Theme {
  try {
    return themes.find((theme) => theme === localStorage.getItem(key)) ?? 'system';
  } catch {
    // Some browsers keep nothing for files.
    return 'system';
  }
}

function remember(theme: Theme): void {
  try {
    localStorage.setItem(key, theme);
  } catch {
    // The choice is for this view only then.
  }
}
