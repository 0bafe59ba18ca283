// What a link leads to may lie in a closed part of the page.

export function revealTarget(): void {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target === null) return;
  let closed = false;
  for (
    let part = target.closest('details');
    part !== null;
    part = part.parentElement?.closest('details') ?? null
  ) {
    closed ||= !part.open;
    part.open = true;
  }
  if (closed) target.scrollIntoView();
}
